package dev.allowflux.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.testkit.Soak;
import dev.allowflux.testkit.WallClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four processes on one quota as a recorder of raw sockets sees them, while processes are killed
 * and stopped, Redis is killed and stopped, and one of five responses goes wrong.
 */
@Timeout(900)
class ProcessesOnTheWireIT {

  private static final int CALLS = 60;
  private static final Duration WINDOW = Duration.ofSeconds(Soak.count(3, 15));
  private static final int WINDOWS = Soak.count(4, 20);
  private static final int PROCESSES = 4;

  @TempDir private Path folder;
  private WallClock wallClock;

  @BeforeEach
  void setTheClock() throws IOException {
    wallClock = new WallClock(folder.resolve("wall-clock"));
  }

  @ParameterizedTest
  @EnumSource
  void noSpanHoldsMoreThanTheQuota(WhenAway whenAway) throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    StringBuilder story = new StringBuilder("seed " + seed);
    List<CallingProcess> processes = new ArrayList<>();
    try (TestRedis redis = TestRedis.start("--appendonly", "yes");
        RecordingServer service = RecordingServer.start(0.2, seed)) {
      long began = System.nanoTime();
      firstUse(redis);
      for (int i = 0; i < PROCESSES; i++) {
        processes.add(start(service, redis, whenAway, seed + i));
      }
      await(service, CALLS / 2);
      long calling = System.nanoTime();
      long end = calling + WINDOW.toNanos() * WINDOWS;
      for (int turn = 0; System.nanoTime() < end; turn++) {
        LockSupport.parkNanos(random.nextLong(WINDOW.toNanos() * Soak.count(1, 3) / 2));
        int which = random.nextInt(PROCESSES);
        int what = turn < 5 ? turn : random.nextInt(5);
        story.append(", ").append((System.nanoTime() - began) / 1_000_000).append(" ms ");
        long pause = random.nextLong(WINDOW.toNanos() / 2);
        wallClock.jump(random);
        switch (what) {
          case 0 -> {
            story.append("process stopped");
            processes.get(which).signal("STOP");
            LockSupport.parkNanos(pause + 2 * CallingProcess.ATTEMPT_LIMIT.toNanos());
            processes.get(which).signal("CONT");
          }
          case 1 -> {
            story.append("process killed");
            processes.get(which).kill();
            processes.set(which, start(service, redis, whenAway, seed + 100 + turn));
          }
          case 2 -> {
            story.append("Redis restarted with its data");
            redis.kill();
            LockSupport.parkNanos(pause / 4);
            redis.startAgain();
          }
          case 3 -> {
            story.append("Redis stopped");
            redis.signal("STOP");
            LockSupport.parkNanos(pause / 2);
            redis.signal("CONT");
          }
          default -> {
            story.append("Redis restarted empty");
            redis.kill();
            redis.loseData();
            redis.startAgain();
          }
        }
      }
      // However slow the machine is: what was away is back, and the quota is used again.
      await(service, CALLS + 1);
      System.out.printf(
          "on the wire, %s, %s: %d calls in %d windows of %d, at most %d in one; %s%n",
          whenAway,
          wallClock,
          service.record.size(),
          WINDOWS,
          CALLS,
          service.record.most(WINDOW.toNanos()),
          story);
      assertThat(service.record.most(WINDOW.toNanos())).as("%s", story).isLessThanOrEqualTo(CALLS);
    } finally {
      processes.forEach(CallingProcess::close);
    }
  }

  /** Makes the quota known, so that it need not be taken for lost. */
  private static void firstUse(TestRedis redis) {
    RedisQuota first = RedisQuota.builder(redis.uri()).name("wire").startsUnused(true).build();
    Limits limits = new Limits(CALLS, WINDOW, 0, 0);
    Reply reply =
        first
            .exchange(new Exchange(limits, 0, 0, Duration.ofSeconds(1), List.of()))
            .block(Duration.ofSeconds(60));
    assertThat(reply).isNotNull();
    first.close();
  }

  private CallingProcess start(
      RecordingServer service, TestRedis redis, WhenAway whenAway, long seed) {
    return CallingProcess.start(
        service.baseUrl(), redis.uri(), whenAway, CALLS, WINDOW, wallClock, seed);
  }

  private static void await(RecordingServer service, int calls) {
    long end = System.nanoTime() + Duration.ofSeconds(180).toNanos();
    while (service.record.size() < calls && System.nanoTime() < end) {
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(service.record.size()).as("calls that went out").isGreaterThanOrEqualTo(calls);
  }
}
