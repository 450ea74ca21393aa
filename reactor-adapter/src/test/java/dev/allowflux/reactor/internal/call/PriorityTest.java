package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.Priority;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.call.TrafficModel.Process;
import dev.allowflux.reactor.internal.call.TrafficModel.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Interactive and bulk calls on one quota, the API's own, in virtual time. */
@Timeout(240)
class PriorityTest {

  private static final int QUOTA = 1200;
  private static final int KEPT = 120;
  private static final Duration WINDOW = Duration.ofSeconds(302);
  private static final int WINDOWS = 10;
  private static final long HOLD = Duration.ofSeconds(30).toNanos();

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private VirtualTime time;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  private TrafficModel traffic(int kept, boolean stored) {
    Limits limits = new Limits(QUOTA, WINDOW, kept, 0);
    QuotaStore store = stored ? QuotaStore.inMemory(time.nanos()) : null;
    return new TrafficModel(time, new Random(seed), limits, store, Profile.QUICK);
  }

  private static void saturate(Process process, String account, int calls) {
    for (int i = 0; i < calls; i++) {
      process.saturate(Callers.bulk(account, "job" + i % 5));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bulkCallsUseNearlyAllThatIsNotKept(boolean stored) {
    for (int kept : new int[] {KEPT, 0}) {
      TrafficModel traffic = traffic(kept, stored);
      Process process = traffic.new Process();
      saturate(process, "a", 50);
      time.advance(WINDOW.multipliedBy(WINDOWS));
      double used = process.ended() / (double) (QUOTA - kept) / WINDOWS;
      System.out.printf(
          "bulk calls alone%s, %d kept: %.1f %% of what is not kept used, %d spans over; seed %d%n",
          stored ? " on a store" : "", kept, 100 * used, traffic.spansOver(), seed);
      assertThat(traffic.spansOver()).as("seed " + seed).isZero();
      assertThat(used).as("seed " + seed).isGreaterThan(0.98);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interactiveCallsHardlyWaitBesideBulkCallsThatSaturateTheQuota(boolean stored) {
    TrafficModel traffic = traffic(KEPT, stored);
    Process process = traffic.new Process();
    saturate(process, "a", 50);
    List<Long> waits = new ArrayList<>();
    Random arrivals = new Random(seed);
    // Four fifths of what is kept, at random moments.
    long gap = WINDOW.toNanos() * 5 / 4 / KEPT;
    // With a store, of another process.
    Process other = stored ? traffic.new Process() : process;
    arrive(traffic, other, arrivals, gap, waits);
    time.advance(WINDOW.multipliedBy(WINDOWS));
    Collections.sort(waits);
    double bulk =
        (stored ? process.ended() : process.ended() - waits.size()) / (double) QUOTA / WINDOWS;
    long median = waits.get(waits.size() / 2);
    long worst = waits.get(waits.size() - 1);
    System.out.printf(
        "%d interactive calls beside bulk calls%s: median wait %.3f s, worst %.3f s, bulk calls"
            + " used %.1f %%; seed %d%n",
        waits.size(),
        stored ? " of another process" : "",
        median / 1e9,
        worst / 1e9,
        100 * bulk,
        seed);
    assertThat(traffic.spansOver()).as("seed " + seed).isZero();
    assertThat(waits).as("seed " + seed).hasSizeGreaterThan(KEPT * WINDOWS / 2);
    assertThat(median).as("seed " + seed).isLessThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(worst).as("seed " + seed).isLessThan(WINDOW.toNanos() / 2);
    assertThat(bulk).as("seed " + seed).isGreaterThan(0.85);
  }

  private void arrive(
      TrafficModel traffic, Process process, Random arrivals, long gap, List<Long> waits) {
    Caller caller = new Callers(Priority.INTERACTIVE, "a", "get", HOLD);
    long next = (long) (-Math.log(1 - arrivals.nextDouble()) * gap);
    Schedulers.parallel()
        .schedule(
            () -> {
              process.call(caller, waits::add);
              arrive(traffic, process, arrivals, gap, waits);
            },
            next,
            TimeUnit.NANOSECONDS);
  }

  @Test
  void bulkCallsGetATenthHoweverManyInteractiveCallsWait() {
    TrafficModel traffic = traffic(KEPT, false);
    Process process = traffic.new Process();
    for (int i = 0; i < 500; i++) {
      process.saturate(Callers.ANY);
    }
    time.advance(WINDOW);
    List<Long> bulk = new ArrayList<>();
    bulkOneByOne(process, bulk);
    int before = process.ended();
    time.advance(WINDOW.multipliedBy(WINDOWS));
    int all = process.ended() - before;
    System.out.printf(
        "%d bulk calls of %d beside interactive calls that saturate the quota, longest wait %.1f s;"
            + " seed %d%n",
        bulk.size(), all, Collections.max(bulk) / 1e9, seed);
    assertThat(bulk.size()).as("seed " + seed).isGreaterThanOrEqualTo(all / 10 - 1);
    // Each waits for the nine that pass it, which a quota used in bursts lets in at once.
    assertThat(Collections.max(bulk)).as("seed " + seed).isLessThan(WINDOW.toNanos());
  }

  @Test
  void bulkCallsOfAProcessAreNotStarvedByTheInteractiveCallsOfAnother() {
    TrafficModel traffic = traffic(KEPT, true);
    Process interactive = traffic.new Process();
    Process bulk = traffic.new Process();
    for (int i = 0; i < 500; i++) {
      interactive.saturate(Callers.ANY);
    }
    time.advance(WINDOW);
    saturate(bulk, "a", 50);
    time.advance(WINDOW.multipliedBy(WINDOWS));
    System.out.printf(
        "%d bulk calls of a process beside %d interactive calls of another that saturate the quota;"
            + " seed %d%n",
        bulk.ended(), interactive.ended(), seed);
    assertThat(traffic.spansOver()).as("seed " + seed).isZero();
    assertThat(bulk.ended()).as("seed " + seed).isGreaterThan(QUOTA * WINDOWS / 10 / 2);
  }

  private static void bulkOneByOne(Process process, List<Long> waits) {
    process.call(
        Callers.bulk("a", "export"),
        waited -> {
          waits.add(waited);
          bulkOneByOne(process, waits);
        });
  }

  @Test
  void accountsGetTheSameHoweverManyCallsEachHasWaiting() {
    TrafficModel traffic = traffic(0, false);
    Process process = traffic.new Process();
    Map<String, Integer> served = new HashMap<>();
    for (int account = 1; account <= 4; account++) {
      for (int i = 0; i < account * account * 20; i++) {
        again(process, "account" + account, served);
      }
    }
    // The first calls were let in before the others came.
    time.advance(Duration.ofSeconds(10));
    served.clear();
    time.advance(WINDOW.multipliedBy(WINDOWS));
    int most = Collections.max(served.values());
    int fewest = Collections.min(served.values());
    assertThat(most - fewest).as(served + ", seed " + seed).isLessThanOrEqualTo(1);
  }

  private static void again(Process process, String account, Map<String, Integer> served) {
    process.call(
        Callers.bulk(account, "job"),
        waited -> {
          served.merge(account, 1, Integer::sum);
          again(process, account, served);
        });
  }
}
