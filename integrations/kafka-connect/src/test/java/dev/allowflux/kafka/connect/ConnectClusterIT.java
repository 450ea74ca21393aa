package dev.allowflux.kafka.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.json.PolicyJson;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.SimulatedAccount;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.util.clusters.EmbeddedKafkaCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changes of many accounts through a broker and two workers, while other clients change them: a
 * worker joins, one is killed, the broker restarts, a credential is revoked and given back.
 */
class ConnectClusterIT {

  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int CREDENTIALS = SOAK ? 20 : 4;
  private static final int TASKS = SOAK ? 4 : 2;
  private static final int ACCOUNTS = SOAK ? 50 : 4;
  private static final int POLICIES = SOAK ? 200 : 30;
  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final int CALLS = SOAK ? 90 : 45;

  @TempDir Path folder;

  private final JsonConverter keys = converter(true);
  private final JsonConverter values = converter(false);

  private static JsonConverter converter(boolean key) {
    JsonConverter converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "false"), key);
    return converter;
  }

  private static ApiSimulator simulator() {
    ApiSimulatorBuilder builder =
        ApiSimulator.builder()
            .recordedRequests(1)
            .rateLimit(
                RateLimitRule.of(CALLS, WINDOW)
                    .withSlidingWindow()
                    .withBlock(Duration.ofSeconds(3)));
    for (int c = 0; c < CREDENTIALS; c++) {
      List<String> accounts = new ArrayList<>();
      for (int a = 0; a < ACCOUNTS; a++) {
        String account = "c" + c + "a" + a;
        builder.addAccount(account, "owner-" + account, POLICIES);
        accounts.add(account);
      }
      builder.addUser("token-" + c, accounts.toArray(new String[0]));
    }
    return builder.start();
  }

  private static List<String> accounts() {
    List<String> accounts = new ArrayList<>();
    for (int c = 0; c < CREDENTIALS; c++) {
      for (int a = 0; a < ACCOUNTS; a++) {
        accounts.add("c" + c + "a" + a);
      }
    }
    return accounts;
  }

  private String connector(ApiSimulator api) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("connector.class", AllowPolicySourceConnector.class.getName());
    config.put("tasks.max", Integer.toString(TASKS));
    config.put("exactly.once.support", "required");
    config.put("transaction.boundary", "connector");
    config.put("offsets.storage.topic", "policies-state");
    config.put("topic", "policies");
    config.put("mode", "changes");
    config.put("base.url", api.baseUrl());
    config.put("poll.interval.ms", "500");
    config.put("page.size", "100");
    config.put("quota.calls", Integer.toString(CALLS));
    config.put("quota.window.ms", Long.toString(WINDOW.toMillis()));
    config.put("quota.store", "file:" + folder.resolve("quota"));
    List<String> names = new ArrayList<>();
    for (int c = 0; c < CREDENTIALS; c++) {
      names.add("c" + c);
      config.put("credentials.c" + c + ".token", "token-" + c);
      List<String> own = new ArrayList<>();
      for (int a = 0; a < ACCOUNTS; a++) {
        own.add("c" + c + "a" + a);
      }
      config.put("credentials.c" + c + ".accounts", String.join(",", own));
    }
    config.put("credentials", String.join(",", names));
    return config.entrySet().stream()
        .map(entry -> '"' + entry.getKey() + "\":\"" + entry.getValue() + '"')
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Map<String, String> expected(ApiSimulator api) {
    Map<String, String> expected = new HashMap<>();
    for (String account : accounts()) {
      SimulatedAccount simulated = api.account(account);
      for (String id : simulated.policyIds()) {
        String json = simulated.policyJson(id);
        if (json != null) {
          AllowPolicy policy = PolicyJson.readPolicy(json.getBytes(UTF_8));
          expected.put(
              text(
                  keys.fromConnectData(
                      "policies",
                      PolicyRecords.KEY,
                      PolicyRecords.key(new AccountId(account), id))),
              text(
                  values.fromConnectData(
                      "policies", PolicyRecords.VALUE, PolicyRecords.value(policy))));
        }
      }
    }
    return expected;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static Properties brokerSettings() {
    Properties broker = new Properties();
    broker.put("transaction.state.log.replication.factor", "1");
    broker.put("transaction.state.log.min.isr", "1");
    broker.put("transaction.state.log.num.partitions", "2");
    broker.put("offsets.topic.num.partitions", "2");
    broker.put("group.initial.rebalance.delay.ms", "0");
    return broker;
  }

  private static void until(
      String what, TopicReader topic, List<WorkerProcess> workers, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(SOAK ? 600 : 300).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            what
                + " did not happen; "
                + topic.state().size()
                + " policies in the topic. "
                + workers.stream().map(WorkerProcess::log).collect(Collectors.joining("\n---\n")));
      }
      topic.poll();
    }
  }

  /**
   * A worker that starts listens before it knows its paths, and one that is slow gives up on a
   * request that it carries out; a configuration that is wrong is refused with 400.
   */
  private static void create(WorkerProcess worker, String config) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    HttpResponse<String> response = null;
    while (response == null || !List.of(200, 201, 400).contains(response.statusCode())) {
      assertThat(System.nanoTime())
          .as("%s %s", response == null ? "" : response.body(), worker.log())
          .isLessThan(end);
      response = worker.rest("PUT", "/connectors/policies/config", config);
    }
    assertThat(response.statusCode()).as(response.body()).isLessThan(400);
  }

  @Test
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void theTopicIsWhatTheApiHasWhateverHappens() throws Exception {
    long seed = System.nanoTime();
    EmbeddedKafkaCluster kafka = new EmbeddedKafkaCluster(1, brokerSettings());
    List<WorkerProcess> workers = new ArrayList<>();
    ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
    try (ApiSimulator api = simulator()) {
      kafka.start();
      kafka.createTopic("policies", 4, 1, Map.of("cleanup.policy", "compact"));
      Path logs = folder;
      workers.add(WorkerProcess.start(logs, "first", kafka.bootstrapServers(), Map.of()));
      create(workers.get(0), connector(api));
      try (TopicReader topic = new TopicReader(kafka.bootstrapServers(), "policies")) {
        int all = CREDENTIALS * ACCOUNTS * POLICIES;
        ScheduledFuture<?> changes = changeAllTheTime(api, others, new Random(seed));
        until("a third", topic, workers, () -> topic.state().size() > all / 3);
        workers.add(WorkerProcess.start(logs, "second", kafka.bootstrapServers(), Map.of()));
        until("nearly all", topic, workers, () -> topic.state().size() > all * 9 / 10);
        workers.get(0).kill();
        api.user("token-0").revoked(true);
        until("takeover", topic, workers.subList(1, 2), () -> workers.get(1).runs(TASKS));
        long before = topic.tombstones();
        until(
            "more deletions", topic, workers.subList(1, 2), () -> topic.tombstones() > before + 20);
        if (SOAK) {
          kafka.stopOnlyBrokers();
          kafka.restartOnlyBrokers();
        }
        api.user("token-0").revoked(false);
        long then = topic.tombstones();
        int hanging = 0;
        if (SOAK) {
          hanging = endHangingTransactions(kafka, topic, then + 20);
        }
        until("deletions again", topic, workers, () -> topic.tombstones() > then + 20);
        // Cancelled here, and not ended before by an error.
        assertThat(changes.cancel(false)).isTrue();
        others.shutdown();
        assertThat(others.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        Map<String, String> expected = expected(api);
        until("the same state", topic, workers, () -> topic.state().equals(expected));
        assertThat(topic.twice()).as("seed %d", seed).isEmpty();
        assertThat(api.responseCounts()).as("seed %d", seed).doesNotContainKey(429);
        System.out.printf(
            "%d policies of %d accounts, %d records, %d of them tombstones; %d partitions had a"
                + " hanging transaction; responses %s%n",
            expected.size(),
            CREDENTIALS * ACCOUNTS,
            topic.records(),
            topic.tombstones(),
            hanging,
            api.responseCounts());
      }
    } finally {
      others.shutdownNow();
      for (WorkerProcess worker : workers) {
        worker.close();
      }
      kafka.stop();
    }
  }

  /**
   * After its restart the single broker may hold transactions that no producer owns, and whoever
   * reads what is committed waits; the document says what to do.
   */
  private static int endHangingTransactions(
      EmbeddedKafkaCluster kafka, TopicReader topic, long tombstones) throws Exception {
    HangingTransactions hanging =
        new HangingTransactions(
            kafka.bootstrapServers(), List.of("policies", "policies-state", "connect-offsets"));
    int ended = 0;
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (topic.tombstones() <= tombstones && System.nanoTime() < end) {
      ended += hanging.abort();
      for (int i = 0; i < 50; i++) {
        topic.poll();
      }
    }
    return ended;
  }

  /** Other clients of the API: each change is somewhere else. */
  private static ScheduledFuture<?> changeAllTheTime(
      ApiSimulator api, ScheduledExecutorService others, Random random) {
    List<String> accounts = accounts();
    return others.scheduleWithFixedDelay(
        () -> {
          SimulatedAccount account = api.account(accounts.get(random.nextInt(accounts.size())));
          account.addPolicies(1);
          List<String> ids = account.policyIds();
          account.deletePolicies(List.of(ids.get(random.nextInt(ids.size()))));
        },
        0,
        SOAK ? 20 : 50,
        TimeUnit.MILLISECONDS);
  }
}
