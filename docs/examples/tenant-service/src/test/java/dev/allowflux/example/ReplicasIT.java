package dev.allowflux.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two replicas of the example and an export of the command line, each a process of its own, on one
 * credential and one quota in Redis, before a service that blocks for five minutes whoever exceeds
 * it. The short form runs for some windows, the long one for ten minutes each.
 */
@Timeout(1800)
class ReplicasIT {
  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int CALLS = SOAK ? 60 : 20;
  private static final Duration WINDOW = Duration.ofSeconds(SOAK ? 15 : 4);
  private static final Duration RUN = SOAK ? Duration.ofMinutes(10) : Duration.ofSeconds(5);
  private static final int POLICIES = SOAK ? 2000 : 500;

  /** Twice the attempt limit: how long a permit lives that is not used. */
  private static final Duration LEASE = Duration.ofSeconds(4);

  @TempDir private Path folder;

  /**
   * A run.
   *
   * @param headers whether the service tells its count in its rate-limit headers
   * @param disturbed whether processes are killed and stopped, and Redis is restarted
   */
  private record Case(boolean headers, boolean disturbed) {}

  static Stream<Case> cases() {
    return SOAK
        ? Stream.of(
            new Case(true, false),
            new Case(false, false),
            new Case(true, true),
            new Case(false, true))
        : Stream.of(new Case(false, true));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noneOfThemIsRefused(Case each) throws Exception {
    RateLimitRule rule =
        new RateLimitRule(CALLS, WINDOW, Duration.ofMinutes(5), true, each.headers);
    try (ApiSimulator api =
            ApiSimulator.builder()
                .addAccount(ServiceProcess.ACCOUNT, ServiceProcess.TOKEN, POLICIES)
                .rateLimit(rule)
                .start();
        TestRedis redis = new TestRedis(Files.createDirectory(folder.resolve("redis")));
        Replica first = replica(api, redis, 1);
        Replica second = replica(api, redis, 2);
        Exports exports = new Exports(folder, api, redis, CALLS, WINDOW)) {
      List<Replica> replicas = List.of(first, second);
      await().atMost(Duration.ofSeconds(120)).until(() -> calledBy(replicas) && exports.hasPages());
      long end = System.nanoTime() + RUN.toNanos();
      do {
        if (each.disturbed) {
          disturb(replicas, exports, redis, end);
        } else {
          rest(end);
        }
      } while (System.nanoTime() < end);
      replicas.forEach(Replica::stop);
      exports.stop();
      System.out.printf(
          "%s: two replicas and exports on one quota in Redis, %d calls in %s, for %s: responses"
              + " by status %s; replicas answered %s and %s, exports ended with %s%n",
          each,
          CALLS,
          WINDOW,
          RUN,
          api.responseCounts(),
          new ConcurrentHashMap<>(first.answers()),
          new ConcurrentHashMap<>(second.answers()),
          exports.exits());
      assertThat(api.responseCounts()).containsOnlyKeys(200);
      long windows = RUN.dividedBy(WINDOW);
      double used = each.disturbed ? 0.4 : 0.8;
      assertThat(api.requestCount()).isGreaterThan((long) (used * windows * CALLS));
      if (!each.disturbed) {
        assertThat(exports.exits().keySet()).as(exports.err()).containsOnly(0);
      }
    }
  }

  private Replica replica(ApiSimulator api, TestRedis redis, int number) throws IOException {
    return new Replica(folder, api, redis, number, CALLS, WINDOW);
  }

  private static boolean calledBy(List<Replica> replicas) {
    return replicas.stream().allMatch(replica -> replica.answers().containsKey(200));
  }

  /** Each kind once, as far as time allows; between them all go on for two windows. */
  private static void disturb(List<Replica> replicas, Exports exports, TestRedis redis, long end)
      throws Exception {
    replicas.get(0).service().killAndStartAgain();
    rest(end);
    redis.restart(true);
    rest(end);
    if (System.nanoTime() > end) {
      return;
    }
    replicas.get(1).service().stopFor(WINDOW.plus(LEASE.multipliedBy(2)));
    rest(end);
    exports.kill();
    rest(end);
    redis.restart(false);
    rest(end);
    replicas.get(1).service().killAndStartAgain();
    rest(end);
    replicas.get(0).service().stopFor(LEASE.multipliedBy(2));
    rest(end);
  }

  private static void rest(long end) throws InterruptedException {
    long left = Math.min(end - System.nanoTime(), WINDOW.multipliedBy(2).toNanos());
    Thread.sleep(Math.max(0, left / 1_000_000));
  }
}
