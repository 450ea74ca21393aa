package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.redis.RedisQuota;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.connect.util.clusters.EmbeddedConnectCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * Two connectors in a worker: one credential, whose quota Redis keeps, different accounts, and one
 * topic. What they count is read where people read it, by JMX.
 */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SharedTopicIT {

  private static final int POLICIES = 60;
  private static final int CALLS = 20;
  private static final Duration WINDOW = Duration.ofSeconds(1);

  @TempDir File programs;
  @TempDir Path folder;

  /**
   * The 64-bit program for Linux wants OpenSSL, which a bare machine has not; the other one none.
   */
  private File redisProgram() throws IOException {
    Map<OsArchitecture, String> versions = ExecutableProvider.newProvidedVersionsMap();
    File first = ExecutableProvider.newJarResourceProvider(() -> programs, versions).get();
    if (new ProcessBuilder(first.getPath(), "--version").start().onExit().join().exitValue() == 0) {
      return first;
    }
    versions.put(OsArchitecture.UNIX_x86_64, versions.get(OsArchitecture.UNIX_x86));
    return ExecutableProvider.newJarResourceProvider(() -> programs, versions).get();
  }

  private RedisServer startRedis() throws IOException {
    File program = redisProgram();
    RedisServer redis =
        RedisServer.newRedisServer()
            .executableProvider(() -> program)
            .port(freePort())
            .bind("127.0.0.1")
            .setting("dir " + folder)
            .build();
    redis.start();
    return redis;
  }

  /**
   * A call, so that the server knows the quota: a new one would wait, since it may have lost it.
   */
  private static void begin(ApiSimulator api, RedisServer redis) throws Exception {
    Credential credential = Credential.apiToken("token");
    try (RedisQuota store =
            RedisQuota.builder(address(redis)).credential(credential).startsUnused(true).build();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                ClientSettings.builder(credential)
                    .baseUrl(api.baseUrl())
                    .rateLimiter(
                        ApiQuota.builder()
                            .quota(CALLS)
                            .window(WINDOW)
                            .interactiveShare(0)
                            .store(store)
                            .build())
                    .build())) {
      client.check(new AccountId("a1")).block(Duration.ofMinutes(1));
    }
  }

  private static String address(RedisServer redis) {
    return "redis://127.0.0.1:" + redis.ports().get(0);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static EmbeddedConnectCluster cluster() {
    Properties broker = new Properties();
    broker.put("offsets.topic.num.partitions", "2");
    return new EmbeddedConnectCluster.Builder()
        .name("shared")
        .numWorkers(1)
        .numBrokers(1)
        .brokerProps(broker)
        .workerProps(
            new HashMap<>(
                Map.of(
                    "plugin.discovery", "service_load",
                    "key.converter", "org.apache.kafka.connect.json.JsonConverter",
                    "key.converter.schemas.enable", "false",
                    "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                    "value.converter.schemas.enable", "false")))
        .build();
  }

  private static Map<String, String> connector(
      ApiSimulator api, RedisServer redis, String mode, String accounts) {
    Map<String, String> settings = new HashMap<>();
    settings.put("connector.class", AllowPolicySourceConnector.class.getName());
    settings.put("tasks.max", "1");
    settings.put("topic", "policies");
    settings.put("mode", mode);
    settings.put("base.url", api.baseUrl());
    settings.put("page.size", "25");
    settings.put("poll.interval.ms", "200");
    settings.put("quota.calls", Integer.toString(CALLS));
    settings.put("quota.window.ms", Long.toString(WINDOW.toMillis()));
    settings.put("quota.store", address(redis));
    settings.put("credentials", "a");
    settings.put("credentials.a.token", "token");
    settings.put("credentials.a.accounts", accounts);
    return settings;
  }

  /** What a task counts; -1 while there is none, as when the worker joins its group again. */
  private static double metric(String connector, String name) {
    try {
      ObjectName task =
          new ObjectName("kafka.connect:type=plugins,connector=" + connector + ",task=0");
      return ((Number) ManagementFactory.getPlatformMBeanServer().getAttribute(task, name))
          .doubleValue();
    } catch (InstanceNotFoundException notNow) {
      return -1;
    } catch (JMException e) {
      throw new AssertionError(name, e);
    }
  }

  private static void until(TopicReader topic, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as("%d policies in the topic", topic.state().size())
          .isLessThan(end);
      topic.poll();
    }
  }

  private static Set<String> keys(ApiSimulator api, List<String> accounts) {
    Set<String> keys = new HashSet<>();
    for (String account : accounts) {
      for (String id : api.account(account).policyIds()) {
        keys.add("{\"account\":\"" + account + "\",\"id\":\"" + id + "\"}");
      }
    }
    return keys;
  }

  @Test
  void twoConnectorsShareATopicAndAQuotaAndAreSeenByJmx() throws Exception {
    List<String> accounts = List.of("a1", "a2", "a3");
    RedisServer redis = startRedis();
    EmbeddedConnectCluster connect = cluster();
    try (ApiSimulator api =
        ApiSimulator.builder()
            .rateLimit(
                RateLimitRule.of(CALLS, WINDOW)
                    .withSlidingWindow()
                    .withBlock(Duration.ofSeconds(5)))
            .addAccount("a1", "owner-1", POLICIES)
            .addAccount("a2", "owner-2", POLICIES)
            .addAccount("a3", "owner-3", POLICIES)
            .addUser("token", accounts.toArray(new String[0]))
            .start()) {
      begin(api, redis);
      connect.start();
      connect.kafka().createTopic("policies", 2);
      connect.configureConnector("all", connector(api, redis, "snapshot", "a1,a2"));
      connect.configureConnector("changed", connector(api, redis, "changes", "a3"));
      try (TopicReader topic = new TopicReader(connect.kafka().bootstrapServers(), "policies")) {
        until(topic, () -> topic.state().size() == 3 * POLICIES);
        assertThat(topic.state().keySet()).isEqualTo(keys(api, accounts));
        api.account("a3").deletePolicies(api.account("a3").policyIds().subList(5, 12));
        until(topic, () -> topic.tombstones() == 7);
        assertThat(topic.state().keySet()).isEqualTo(keys(api, accounts));
        // Both have used up several windows by then.
        until(topic, () -> api.requestCount() > 3 * CALLS);
        // A task that was started again has begun to count anew; the rounds go on.
        until(topic, () -> metric("all", "policies-total") >= 2 * POLICIES);
        until(topic, () -> metric("all", "records-total") >= 2 * POLICIES);
        until(topic, () -> metric("all", "rounds-total") >= 2);
        until(topic, () -> metric("all", "policies-known") == 0);
        until(topic, () -> metric("changed", "pages-total") >= 6);
        until(topic, () -> metric("changed", "policies-known") == POLICIES - 7);
        assertThat(topic.twice()).isEmpty();
        assertThat(topic.tombstones()).isEqualTo(7);
      }
      assertThat(api.responseCounts()).containsOnlyKeys(200);
      assertThat(metric("changed", "records-total")).isLessThanOrEqualTo(POLICIES + 7);
      assertThat(metric("changed", "tombstones-total")).isLessThanOrEqualTo(7);
      for (String name :
          List.of("failures-total", "accounts-refused", "calls-waiting", "credentials-waiting")) {
        assertThat(metric("changed", name)).as(name).isNotNegative();
      }
      api.user("token").revoked(true);
      connect
          .assertions()
          .assertConnectorIsRunningAndTasksHaveFailed("all", 1, "the task whose token is revoked");
      assertThat(connect.connectorStatus("all").tasks().get(0).trace())
          .contains("The API refuses every account of this task");
    } finally {
      connect.stop();
      redis.stop();
    }
  }
}
