package dev.allowflux.redis;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Unused;
import dev.allowflux.testkit.BlockingGuard;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.Disposable;

/** The quota in a real server, through real sockets. */
@Timeout(240)
@ExtendWith(BlockingGuard.class)
class RedisQuotaIT {

  private static final Duration WINDOW = Duration.ofMinutes(5);
  private static final Limits LIMITS = new Limits(10, WINDOW, 1, 0);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static RedisQuota quota(String uri) {
    return RedisQuota.builder(uri).name("test").startsUnused(true).build();
  }

  /** Asks as {@code ApiQuota} does: again where there was nothing, until there is something. */
  private static Reply ask(RedisQuota quota, int calls) {
    Reply[] last = new Reply[1];
    await(
        () -> {
          Reply reply = exchangeIfThere(quota, calls);
          if (reply != null) {
            last[0] = reply;
          }
          return reply != null && !reply.interactive().isEmpty();
        });
    return last[0];
  }

  private static Reply exchange(RedisQuota quota, int calls) {
    return quota
        .exchange(new Exchange(LIMITS, calls, 0, Duration.ofSeconds(40), List.of()))
        .block(PATIENCE);
  }

  private static boolean isGranted(RedisQuota quota) {
    Reply reply = exchangeIfThere(quota, 1);
    return reply != null && !reply.interactive().isEmpty();
  }

  /** Returns null if the server is not there, or not there yet. */
  private static Reply exchangeIfThere(RedisQuota quota, int calls) {
    return quota
        .exchange(new Exchange(LIMITS, calls, 0, Duration.ofSeconds(40), List.of()))
        .onErrorComplete()
        .block(PATIENCE);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it took too long").isLessThan(end);
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void twoProcessesShareOneQuota() {
    try (TestRedis redis = TestRedis.start();
        RedisQuota one = quota(redis.uri());
        RedisQuota two = quota(redis.uri())) {
      // The standby of the one that came first is kept for it.
      int granted = ask(one, 3).interactive().size() + ask(two, 3).interactive().size();
      await(() -> exchange(one, 10).interactive().isEmpty());
      assertThat(granted).isEqualTo(6);
      assertThat(exchange(two, 10).interactive()).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void aServerThatForgotTheScriptIsTaughtAgain() {
    try (TestRedis redis = TestRedis.start();
        RedisQuota quota = quota(redis.uri())) {
      ask(quota, 1);
      RedisClient other = RedisClient.create(redis.uri());
      other.connect().sync().scriptFlush();
      other.shutdown();
      assertThat(exchange(quota, 1).interactive()).hasSize(1);
    }
  }

  @Test
  void userAndPasswordAreProven() {
    try (TestRedis redis = TestRedis.start("--requirepass", "s3cret")) {
      RedisURI admin = RedisURI.create(redis.uri());
      admin.setCredentialsProvider(
          io.lettuce.core.RedisCredentialsProvider.from(
              () -> io.lettuce.core.RedisCredentials.just(null, "s3cret".toCharArray())));
      RedisClient client = RedisClient.create(admin);
      RedisCommands<String, String> commands = client.connect().sync();
      // All that a user of a quota needs.
      commands.aclSetuser(
          "quota",
          io.lettuce.core.AclSetuserArgs.Builder.on()
              .addPassword("pa55")
              .keyPattern("allowflux:*")
              .addCategory(io.lettuce.core.AclCategory.READ)
              .addCategory(io.lettuce.core.AclCategory.WRITE)
              .addCategory(io.lettuce.core.AclCategory.SCRIPTING)
              .addCategory(io.lettuce.core.AclCategory.CONNECTION)
              .addCommand(io.lettuce.core.protocol.CommandType.TIME)
              .addCommand(io.lettuce.core.protocol.CommandType.INFO));
      client.shutdown();
      String address = "127.0.0.1:" + redis.port();
      try (RedisQuota quota = quota("redis://quota:pa55@" + address)) {
        assertThat(ask(quota, 1).interactive()).hasSize(1);
        assertThat(quota).hasToString("RedisQuota[test, " + address + "]");
      }
      try (RedisQuota quota =
          RedisQuota.builder("redis://" + address)
              .login("quota", "pa55")
              .name("test of a login")
              .startsUnused(true)
              .build()) {
        assertThat(ask(quota, 1).interactive()).hasSize(1);
      }
      try (RedisQuota wrong = quota("redis://quota:wr0ng@" + address)) {
        assertThatThrownBy(
                () -> {
                  for (long end = System.nanoTime() + PATIENCE.toNanos();
                      System.nanoTime() < end; ) {
                    exchange(wrong, 1);
                    LockSupport.parkNanos(50_000_000);
                  }
                })
            .hasMessageContaining("Redis at " + address)
            .hasMessageContaining("WRONGPASS")
            .hasMessageNotContaining("wr0ng");
      }
    }
  }

  @Test
  void aClusterKeepsTheQuotaOnOneNode() {
    try (TestRedis redis = TestRedis.start("--cluster-enabled", "yes")) {
      RedisClient client = RedisClient.create(redis.uri());
      RedisCommands<String, String> commands = client.connect().sync();
      commands.clusterAddSlots(IntStream.range(0, 16384).toArray());
      await(() -> commands.clusterInfo().contains("cluster_state:ok"));
      client.shutdown();
      String node = "127.0.0.1:" + redis.port();
      try (RedisQuota quota = quota("redis://" + node + "," + node)) {
        assertThat(ask(quota, 2).interactive()).hasSize(2);
      }
    }
  }

  @Test
  void aReplicaThatTakesOverIsTaughtWhatIsHeld() {
    try (TestRedis master = TestRedis.start();
        TestRedis replica = TestRedis.start("--replicaof", "127.0.0.1", "" + master.port());
        TestRedis sentinel = TestRedis.startSentinel("quotas", master)) {
      String uri = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#quotas";
      try (RedisQuota quota =
          RedisQuota.builder(uri)
              .name("test")
              .startsUnused(true)
              .whenAway(WhenAway.CLOSED)
              .build()) {
        int before = ask(quota, 6).interactive().size();
        awaitReplica(sentinel);
        master.kill();
        int after = ask(quota, 10).interactive().size();
        assertThat(before + after).isEqualTo(10);
        assertThat(replica.port()).isNotEqualTo(master.port());
      }
    }
  }

  /** Until the sentinel knows of the replica, which it asks the master for. */
  private static void awaitReplica(TestRedis sentinel) {
    RedisClient client = RedisClient.create(sentinel.uri());
    await(
        () ->
            client
                .connectSentinel(RedisURI.create(sentinel.uri()))
                .sync()
                .replicas("quotas")
                .stream()
                .anyMatch(replica -> "ok".equals(replica.get("master-link-status"))));
    client.shutdown();
  }

  @Test
  void aClientThatIsThereAlreadyStaysOpen() {
    try (TestRedis redis = TestRedis.start()) {
      RedisURI uri = RedisURI.create(redis.uri());
      RedisClient client = RedisClient.create(uri);
      RedisQuota quota = RedisQuota.builder(client, uri).name("test").startsUnused(true).build();
      ask(quota, 1);
      quota.closeGracefully().block(PATIENCE);
      assertThat(client.connect().sync().ping()).isEqualTo("PONG");
      client.shutdown();
    }
  }

  @Test
  void aCancelWhileWaitingSendsNothingAndGivesThePlaceBack() {
    try (TestRedis redis = TestRedis.start();
        RecordingServer service = RecordingServer.start(0, 1);
        RedisQuota quota = quota(redis.uri());
        AllowPolicyClient client = client(service, quota)) {
      for (int i = 0; i < 10; i++) {
        get(client, i);
      }
      Disposable waiting =
          client
              .get(CallingProcess.ACCOUNT, new PolicyId("waits"))
              .subscribe(done -> {}, failure -> {});
      waiting.dispose();
      assertThat(service.record.size()).isEqualTo(10);
    }
  }

  private static AllowPolicyClient client(RecordingServer service, RedisQuota quota) {
    return CallingProcess.client(
        service.baseUrl(), quota, LIMITS.calls(), WINDOW.toMillis(), Duration.ofSeconds(30));
  }

  private static void get(AllowPolicyClient client, int i) {
    client.get(CallingProcess.ACCOUNT, new PolicyId("id" + i)).block(PATIENCE);
  }

  @Test
  void callsOfAClosedQuotaFailWhileRedisIsAwayAndGoOnOnceItIsBack() {
    try (TestRedis redis = TestRedis.start("--appendonly", "yes");
        RecordingServer service = RecordingServer.start(0, 1);
        RedisQuota quota =
            RedisQuota.builder(redis.uri())
                .name("test")
                .startsUnused(true)
                .whenAway(WhenAway.CLOSED)
                .build();
        AllowPolicyClient client = client(service, quota)) {
      get(client, 1);
      redis.kill();
      assertThatThrownBy(() -> get(client, 2))
          .isInstanceOf(Throttled.class)
          .hasMessageContaining("Redis at 127.0.0.1:" + redis.port());
      assertThat(service.record.size()).isOne();
      redis.startAgain();
      await(() -> isGranted(quota));
    }
  }

  @Test
  void aCloseWhileTheServerDoesNotAnswerEndsItsConnectionAndThreads() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      silent.setSoTimeout((int) PATIENCE.toMillis());
      RedisQuota quota = quota("redis://127.0.0.1:" + silent.getLocalPort());
      Set<Thread> before = lettuceThreads();
      Disposable waiting =
          quota.exchange(new Exchange(LIMITS, 1, 0, WINDOW, List.of())).subscribe();
      try (Socket connection = silent.accept()) {
        connection.setSoTimeout((int) PATIENCE.toMillis());
        Set<Thread> own = lettuceThreads();
        own.removeAll(before);
        assertThat(own).isNotEmpty();
        waiting.dispose();
        quota.closeGracefully().block(PATIENCE);
        while (connection.getInputStream().read() >= 0) {
          // What the client says before it closes.
        }
        await(() -> own.stream().noneMatch(Thread::isAlive));
      }
    }
  }

  private static Set<Thread> lettuceThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("lettuce-"))
        .collect(toCollection(HashSet::new));
  }

  @Test
  void callsOfASharedQuotaGoOnWhileRedisIsAway() {
    try (TestRedis redis = TestRedis.start();
        RecordingServer service = RecordingServer.start(0, 1);
        RedisQuota quota = quota(redis.uri());
        AllowPolicyClient client = client(service, quota)) {
      get(client, 1);
      redis.kill();
      get(client, 2);
      assertThat(service.record.size()).isEqualTo(2);
    }
  }

  @Test
  void aPauseOfOneProcessHoldsForAll() {
    try (TestRedis redis = TestRedis.start();
        RecordingServer service = RecordingServer.start(0, 1);
        RedisQuota one = quota(redis.uri());
        RedisQuota two = quota(redis.uri());
        AllowPolicyClient client = client(service, one)) {
      ask(two, 1);
      service.respondWith(429, "Retry-After: 120\r\n");
      Disposable waits =
          client
              .get(CallingProcess.ACCOUNT, new PolicyId("id"))
              .subscribe(done -> {}, failure -> {});
      await(() -> exchange(two, 1).askAgain().compareTo(Duration.ofSeconds(90)) > 0);
      waits.dispose();
      assertThat(service.record.size()).isOne();
    }
  }

  @Test
  void aQuotaNeedsANameAndAnAddress() {
    assertThatThrownBy(() -> RedisQuota.builder("redis://localhost").build())
        .hasMessage("a shared quota needs a name or a credential");
    assertThatThrownBy(() -> RedisQuota.builder("redis://localhost").name("a{b"))
        .hasMessageContaining("without braces");
    assertThatThrownBy(() -> RedisQuota.builder("http://user:pa55@localhost"))
        .hasMessageStartingWith("the address of Redis must be like redis://host:6379")
        .hasMessageNotContaining("pa55");
    assertThatThrownBy(
            () ->
                RedisQuota.builder("redis://localhost")
                    .credential(Credential.supplied(() -> Credential.apiToken("t"))))
        .hasMessageContaining("needs a name");
  }

  @Test
  void theKeysNameTheQuotaAndNotTheCredential() {
    try (TestRedis redis = TestRedis.start()) {
      String token = "t0p-s3cret-token";
      try (RedisQuota quota =
          RedisQuota.builder(redis.uri())
              .credential(Credential.apiToken(token))
              .startsUnused(true)
              .build()) {
        Reply reply = ask(quota, 1);
        quota
            .exchange(
                new Exchange(
                    LIMITS,
                    0,
                    0,
                    Duration.ofSeconds(40),
                    List.of(new Unused(reply.interactive().get(0)))))
            .block(PATIENCE);
      }
      RedisClient client = RedisClient.create(redis.uri());
      assertThat(client.connect().sync().keys("*"))
          .isNotEmpty()
          .allMatch(key -> key.matches("allowflux:\\{[0-9a-f]{32}}:[a-z-]+"))
          .noneMatch(key -> key.contains(token));
      client.shutdown();
    }
  }
}
