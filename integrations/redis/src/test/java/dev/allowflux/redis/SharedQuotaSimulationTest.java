package dev.allowflux.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four processes on the quota of the API, in virtual time, with the real script on a real server.
 */
class SharedQuotaSimulationTest {

  private static final Duration SPAN = Duration.ofSeconds(300);

  /** With the margin that {@code ApiQuota} adds. */
  private static final Duration WINDOW = Duration.ofSeconds(302);

  private static final int CALLS = 1200;
  private static final int KEPT = 120;
  private static final Limits LIMITS = new Limits(CALLS, WINDOW, KEPT, 0);
  private static final Limits NONE_KEPT = new Limits(CALLS, WINDOW, 0, 0);
  private static final Duration ATTEMPT_LIMIT = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofSeconds(35);
  private static final long SECOND = 1_000_000_000;

  private static ScriptServer server;

  @BeforeAll
  static void start() {
    server = new ScriptServer();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void empty() {
    server.reset();
  }

  @ParameterizedTest
  @EnumSource
  void noSpanHoldsMoreThanTheQuotaWhateverHappens(WhenAway whenAway) {
    int windows = Soak.count(3, 20);
    long seed = Soak.count(1, 0) == 1 ? 7 : System.nanoTime();
    for (int round = 0; round < Soak.count(1, 5); round++) {
      server.reset();
      SimulatedWorld world = new SimulatedWorld(server, seed + round, LEASE, ATTEMPT_LIMIT, true);
      Random random = new Random(seed + round);
      List<SimulatedProcess> processes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        processes.add(new SimulatedProcess(world, "p" + i, whenAway, true, NONE_KEPT));
      }
      int names = 4;
      long end = windows * SPAN.toNanos();
      StringBuilder story = new StringBuilder("seed " + (seed + round));
      while (world.now() < end) {
        world.time.advanceTimeBy(Duration.ofMillis(random.nextInt(30_000)));
        int which = random.nextInt(4);
        switch (random.nextInt(12)) {
          case 0, 1 -> {
            processes.get(which).kill();
            processes.set(
                which, new SimulatedProcess(world, "p" + names++, whenAway, true, NONE_KEPT));
          }
          case 2, 3 -> processes.get(which).stop(random.nextInt(60) * SECOND);
          case 4 -> world.stopServer(random.nextInt(8) * SECOND);
          case 5 -> {
            boolean keepsData = random.nextBoolean();
            story.append(", restart at ").append(world.now() / SECOND).append(keepsData);
            world.restartServer(random.nextInt(8) * SECOND, keepsData);
          }
          default -> processes.get(which).callInteractively();
        }
      }
      assertThat(world.wire.size()).as("%s: calls went out", story).isGreaterThan(CALLS);
      assertThat(world.wire.most(SPAN.toNanos())).as("%s", story).isLessThanOrEqualTo(CALLS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nearlyAllOfTheQuotaIsUsedWhereNothingHappens(WhenAway whenAway) {
    SimulatedWorld world = new SimulatedWorld(server, 3, LEASE, ATTEMPT_LIMIT, false);
    for (int i = 0; i < 4; i++) {
      new SimulatedProcess(world, "p" + i, whenAway, true, LIMITS);
    }
    int windows = Soak.count(3, 20);
    world.time.advanceTimeBy(SPAN.multipliedBy(windows));
    assertThat(world.wire.most(SPAN.toNanos())).isLessThanOrEqualTo(CALLS - KEPT);
    double used = (double) world.wire.size() / ((CALLS - KEPT) * windows);
    assertThat(used).isGreaterThan(0.97);
  }

  @Test
  void interactiveCallsHardlyWaitBesideBulkCallsOfOtherProcesses() {
    SimulatedWorld world = new SimulatedWorld(server, 4, LEASE, ATTEMPT_LIMIT, false);
    for (int i = 0; i < 3; i++) {
      new SimulatedProcess(world, "p" + i, WhenAway.LOCAL_SHARE, true, LIMITS);
    }
    SimulatedProcess people =
        new SimulatedProcess(world, "people", WhenAway.LOCAL_SHARE, false, LIMITS);
    int windows = Soak.count(2, 20);
    // One call in ten seconds: a fourth of what is kept.
    for (int i = 0; i < 30 * windows; i++) {
      world.time.advanceTimeBy(Duration.ofSeconds(10));
      people.callInteractively();
    }
    world.time.advanceTimeBy(Duration.ofSeconds(10));
    List<Long> waits = people.waits.stream().sorted().toList();
    assertThat(waits.size()).isEqualTo(30 * windows);
    assertThat(waits.get(waits.size() / 2)).isLessThan(SECOND);
    assertThat(waits.get(waits.size() - 1)).isLessThan(3 * SECOND);
    int bulk = world.wire.size() - waits.size();
    assertThat((double) bulk / (CALLS * windows)).isGreaterThan(0.85);
  }

  @Test
  void waitingTakesFewExchanges() {
    SimulatedWorld world = new SimulatedWorld(server, 5, LEASE, ATTEMPT_LIMIT, false);
    for (int i = 0; i < 4; i++) {
      new SimulatedProcess(world, "p" + i, WhenAway.CLOSED, true, LIMITS);
    }
    world.time.advanceTimeBy(SPAN);
    // One to report a call and to ask for the next, and few more.
    assertThat((double) server.runs / world.wire.size()).isLessThan(3);
  }
}
