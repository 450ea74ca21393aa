package dev.allowflux.kafka.connect;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.apache.kafka.connect.util.clusters.EmbeddedConnectCluster;

/**
 * A program, and no test: how much of its quota a task uses, and how fast it is without one beside
 * a source that emits records which are ready. docs/kafka-connect.md has the figures.
 */
final class ThroughputMeasurement {

  private static final int POLICIES = 100_000;

  private ThroughputMeasurement() {}

  /** Emits the same records as often as needed. */
  public static final class ReadyConnector extends SourceConnector {
    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> props) {
      settings = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
      return ReadyTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
      return List.of(settings);
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
      return new ConfigDef();
    }

    @Override
    public String version() {
      return "1";
    }
  }

  /** The task of it. */
  public static final class ReadyTask extends SourceTask {
    static volatile List<SourceRecord> ready = List.of();
    private String topic = "";
    private int sent;

    @Override
    public void start(Map<String, String> props) {
      topic = props.get("topic");
    }

    @Override
    public List<SourceRecord> poll() throws InterruptedException {
      if (sent >= POLICIES) {
        TimeUnit.MILLISECONDS.sleep(100);
        return null;
      }
      List<SourceRecord> records = new ArrayList<>(ready.size());
      for (SourceRecord record : ready) {
        records.add(
            record.newRecord(
                topic,
                null,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                null));
      }
      sent += records.size();
      return records;
    }

    @Override
    public void stop() {}

    @Override
    public String version() {
      return "1";
    }
  }

  public static void main(String[] arguments) throws Exception {
    quota();
    if (arguments.length > 0 && arguments[0].equals("quota")) {
      return;
    }
    callsOfARound();
    unlimited(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5);
  }

  /** How many calls a round of an account takes. */
  private static void callsOfARound() throws InterruptedException {
    for (int policies : new int[] {0, 200, 999, 1000, 5000, 20_000}) {
      try (ApiSimulator api =
          ApiSimulator.builder().noRateLimit().addAccount("a", "token", policies).start()) {
        TaskFixture connect = new TaskFixture(true);
        Map<String, String> settings = settings(api, "t");
        settings.put("mode", "changes");
        AllowPolicySourceTask task = connect.start(settings);
        do {
          connect.keep(connect.poll(task));
        } while (connect.topic.size() < policies || api.requestCount() == 0);
        connect.poll(task);
        task.stop();
        System.out.println(
            "a round of " + policies + " policies: " + api.requestCount() + " calls");
      }
    }
  }

  /**
   * With the API's own quota, so for a quarter of an hour: what is lost of a window is a second or
   * two, by which the service's count is rounded, and a 150th.
   */
  private static void quota() throws InterruptedException {
    int calls = 1200;
    Duration window = Duration.ofMinutes(5);
    ApiSimulatorBuilder builder = ApiSimulator.builder();
    List<String> accounts = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      accounts.add("a" + i);
      builder.addAccount("a" + i, "token-" + i, 5000);
    }
    try (ApiSimulator api =
        builder
            .addUser("token", accounts.toArray(new String[0]))
            .latency(Duration.ofMillis(50))
            .rateLimit(RateLimitRule.of(calls, window).withSlidingWindow())
            .start()) {
      Map<String, String> settings = new HashMap<>();
      settings.put("topic", "t");
      settings.put("base.url", api.baseUrl());
      settings.put("page.size", "5");
      settings.put("quota.calls", Integer.toString(calls));
      settings.put("quota.window.ms", Long.toString(window.toMillis()));
      settings.put("accounts.in.parallel", "8");
      settings.put("credentials", "a");
      settings.put("credentials.a.token", "token");
      settings.put("credentials.a.accounts", String.join(",", accounts));
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings);
      while (api.requestCount() <= calls) {
        connect.poll(task);
      }
      // Each window begins with a burst of all its calls: from the second one to the fourth one.
      long start = System.nanoTime();
      while (api.requestCount() <= 3L * calls) {
        connect.poll(task);
      }
      double windows = (System.nanoTime() - start) / (double) window.toNanos();
      System.out.printf(
          Locale.ROOT,
          "saturated quota: %.3f of what it allows over %.2f windows; responses %s%n",
          2 / windows,
          windows,
          api.responseCounts());
      task.stop();
    }
  }

  private static void unlimited(int rounds) throws Exception {
    Properties broker = new Properties();
    broker.put("offsets.topic.num.partitions", "2");
    EmbeddedConnectCluster connect =
        new EmbeddedConnectCluster.Builder()
            .name("measured")
            .numWorkers(1)
            .numBrokers(1)
            .brokerProps(broker)
            .workerProps(new HashMap<>(Map.of("plugin.discovery", "hybrid_warn")))
            .build();
    try (ApiSimulator api =
        ApiSimulator.builder()
            .noRateLimit()
            .recordedRequests(1)
            .addAccount("a", "token", POLICIES)
            .start()) {
      connect.start();
      List<Double> ours = new ArrayList<>();
      List<Double> ready = new ArrayList<>();
      TaskFixture one = new TaskFixture(true);
      Map<String, String> settings = settings(api, "ours");
      AllowPolicySourceTask task = one.start(settings);
      one.pollUntil(task, () -> one.topic.size() >= 1000);
      task.stop();
      ReadyTask.ready = List.copyOf(one.topic.subList(0, 1000));
      for (int round = 0; round <= rounds; round++) {
        double a = seconds(connect, "ours" + round, settings(api, "ours" + round));
        Map<String, String> other = new HashMap<>();
        other.put("connector.class", ReadyConnector.class.getName());
        other.put("topic", "ready" + round);
        double b = seconds(connect, "ready" + round, other);
        System.out.printf(Locale.ROOT, "round %d: ours %.2f s, ready %.2f s%n", round, a, b);
        if (round > 0) {
          ours.add(a);
          ready.add(b);
        }
      }
      Collections.sort(ours);
      Collections.sort(ready);
      double a = ours.get(rounds / 2);
      double b = ready.get(rounds / 2);
      System.out.printf(
          Locale.ROOT,
          "without a quota: %.0f policies/s, ready records %.0f/s, ratio %.2f%n",
          POLICIES / a,
          POLICIES / b,
          b / a);
    } finally {
      connect.stop();
    }
  }

  private static Map<String, String> settings(ApiSimulator api, String topic) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", AllowPolicySourceConnector.class.getName());
    settings.put("topic", topic);
    settings.put("base.url", api.baseUrl());
    settings.put("poll.interval.ms", "3600000");
    settings.put("quota.calls", "1000000");
    settings.put("credentials", "a");
    settings.put("credentials.a.token", "token");
    settings.put("credentials.a.accounts", "a");
    return settings;
  }

  /** From the first record in the topic to the last one. */
  private static double seconds(
      EmbeddedConnectCluster connect, String topic, Map<String, String> settings) throws Exception {
    connect.kafka().createTopic(topic, 1);
    settings.put("tasks.max", "1");
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer = connect.kafka().createConsumer(Map.of())) {
      connect.configureConnector(topic, settings);
      long first = 0;
      while (true) {
        long end = consumer.endOffsets(List.of(partition)).get(partition);
        if (end > 0 && first == 0) {
          first = System.nanoTime();
        }
        if (end >= POLICIES) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
      double seconds = (System.nanoTime() - first) / 1e9;
      connect.deleteConnector(topic);
      return seconds;
    }
  }
}
