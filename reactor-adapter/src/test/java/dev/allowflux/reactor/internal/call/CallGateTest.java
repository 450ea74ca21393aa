package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.subscriber.TestSubscriber;

@Timeout(240)
class CallGateTest {

  private static final long FOREVER = Long.MAX_VALUE / 8;
  private static final Duration WINDOW = Duration.ofSeconds(300);

  private final List<String> log = new ArrayList<>();
  private VirtualTime time;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  private CallGate gate(int quota) {
    return gate(quota, Integer.MAX_VALUE, 0);
  }

  private CallGate gate(int quota, int burst, int reserve) {
    return Callers.gate(quota, 0, WINDOW, burst, reserve, time.nanos());
  }

  private Disposable call(CallGate gate, String name) {
    return call(gate, name, FOREVER);
  }

  /** A call that is sent and answered the moment it is let in. */
  private Disposable call(CallGate gate, String name, long deadline) {
    return gate.acquire(Callers.ANY, deadline, (reason, wait) -> log.add(name + " waits " + reason))
        .subscribe(
            permit -> {
              log.add(name);
              permit.send();
              permit.close();
            },
            failure -> {
              CallRefusedException refused = (CallRefusedException) failure;
              log.add(name + " refused " + refused.waitTime().toSeconds() + " s");
            });
  }

  private static Permit take(CallGate gate) {
    Permit permit = gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).block(Duration.ZERO);
    assertThat(permit).isNotNull();
    return permit;
  }

  /** Calls, each sent and answered the moment it is let in. */
  private void call(CallGate gate, int times) {
    for (int i = 0; i < times; i++) {
      call(gate, "call");
    }
  }

  /** A call whose response says what the service counts. */
  private static void respond(CallGate gate, RateLimit counted) {
    Permit permit = take(gate);
    permit.send();
    permit.passed(counted);
    permit.close();
  }

  private static void use(Permit permit) {
    permit.send();
    permit.close();
  }

  private static RateLimit left(long calls, long seconds) {
    return new RateLimit("default", calls, Duration.ofSeconds(seconds), null, null);
  }

  /** Everything that arrives, in whatever pattern, obeys the quota in every span. */
  private record Pattern(String name, double burstShare, double cancelShare, int meanGapMillis) {}

  @Test
  void noSpanEverHoldsMoreThanTheQuotaWhateverTheArrivals() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    int events = Soak.count(1_000_000, 10_000_000);
    List<Pattern> patterns =
        List.of(
            new Pattern("flood", 1.0, 0.1, 0),
            new Pattern("bursts", 0.2, 0.3, 150),
            new Pattern("steady", 0.0, 0.1, 260),
            new Pattern("sparse", 0.05, 0.5, 2_000));
    for (Pattern pattern : patterns) {
      Arrivals arrivals = new Arrivals(pattern, new Random(random.nextLong()));
      arrivals.run(events / patterns.size());
      arrivals.check(pattern.name + ", seed " + seed);
      System.out.printf(
          "limiter, %s: %d arrivals, %d sent, 0 spans of 300 s above the quota, %s, order kept, 0"
              + " permits out; seed %d%n",
          pattern.name,
          events / patterns.size(),
          arrivals.sends.size(),
          arrivals.saturated()
              ? "%.1f %% of it used while saturated".formatted(100 * arrivals.used())
              : "not saturated",
          seed);
    }
  }

  private final class Arrivals {

    private static final int QUOTA = 1200;

    private final Pattern pattern;
    private final Random random;
    private final CallGate gate = gate(QUOTA, 150, 0);
    private final List<Long> sends = new ArrayList<>();
    private final List<Integer> granted = new ArrayList<>();
    private final List<Disposable> waiting = new ArrayList<>();
    private long saturatedFrom = -1;
    private long saturatedTo;

    Arrivals(Pattern pattern, Random random) {
      this.pattern = pattern;
      this.random = random;
    }

    void run(int events) {
      for (int arrived = 0; arrived < events; ) {
        int together = random.nextDouble() < pattern.burstShare ? 1 + random.nextInt(500) : 1;
        for (int i = 0; i < together && arrived < events; i++) {
          arrive(arrived++);
        }
        if (gate.waiting() > 0) {
          saturatedFrom = saturatedFrom < 0 ? gate.now() : saturatedFrom;
          saturatedTo = gate.now();
        }
        long pause =
            gate.waiting() > 2_000
                ? 60_000
                : (long) (random.nextDouble() * 2 * pattern.meanGapMillis);
        time.advance(Duration.ofMillis(pause));
      }
      for (int i = 0; i < 100_000 && gate.waiting() > 0; i++) {
        saturatedTo = gate.now();
        time.advance(Duration.ofSeconds(1));
      }
      time.advance(Duration.ofSeconds(10));
    }

    private void arrive(int number) {
      boolean cancelled = random.nextDouble() < pattern.cancelShare;
      Duration delay = Duration.ofMillis(random.nextInt(400));
      boolean neverSent = random.nextInt(50) == 0;
      Disposable call =
          gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {})
              .flatMap(
                  permit -> {
                    granted.add(number);
                    Mono<Long> wire = neverSent ? Mono.empty() : Mono.delay(delay);
                    return wire.doOnNext(
                            sent -> {
                              permit.send();
                              sends.add(gate.now());
                            })
                        .doFinally(signal -> permit.close());
                  })
              .subscribe();
      if (cancelled) {
        waiting.add(call);
      }
      if (waiting.size() > 20) {
        waiting.remove(random.nextInt(waiting.size())).dispose();
      }
    }

    void check(String what) {
      assertThat(gate.waiting()).as(what + ": still waiting").isZero();
      assertThat(gate.outstanding()).as(what + ": permits out").isZero();
      assertThat(granted).as(what + ": order").isSorted();
      long window = WINDOW.toNanos();
      int over = 0;
      for (int i = QUOTA; i < sends.size(); i++) {
        over += sends.get(i) - sends.get(i - QUOTA) < window ? 1 : 0;
      }
      assertThat(over).as(what + ": spans over the quota among " + sends.size()).isZero();
      if (saturated()) {
        assertThat(used())
            .as(what + ": share of the quota used while saturated")
            .isGreaterThan(0.98);
      }
    }

    /** Whether there were always more calls than the quota allows. */
    boolean saturated() {
      return pattern.burstShare == 1.0;
    }

    /** What was sent while calls waited, as a share of what no limiter could exceed. */
    double used() {
      long sent = sends.stream().filter(at -> at >= saturatedFrom && at <= saturatedTo).count();
      double windows = (saturatedTo - saturatedFrom) / (double) WINDOW.toNanos();
      // One more, since the last window may begin as the time ends.
      return sent / (QUOTA * (windows + 1));
    }
  }

  @Test
  void cancelledWaitersLeaveAllPermitsBackAndSendNothing() {
    CallGate gate = gate(10);
    for (int i = 0; i < 10; i++) {
      call(gate, "x");
    }
    List<Disposable> calls = new ArrayList<>();
    log.clear();
    for (int i = 0; i < 10_000; i++) {
      calls.add(call(gate, "waiter"));
    }
    assertThat(gate.waiting()).isEqualTo(10_000);
    calls.forEach(Disposable::dispose);
    assertThat(gate.waiting()).isZero();
    time.advance(WINDOW);
    assertThat(gate.available()).isEqualTo(10);
    assertThat(gate.outstanding()).isZero();
    assertThat(log).doesNotContain("waiter");
    System.out.println("limiter: 10000 cancelled waiters, all permits back, 0 requests");
  }

  @Test
  void aPermitThatIsNotUsedGoesToTheNextAtOnce() {
    CallGate gate = gate(1);
    Permit unused = take(gate);
    call(gate, "next");
    assertThat(log).doesNotContain("next");
    unused.close();
    assertThat(log).contains("next");
  }

  @Test
  void aPlaceEndsAWindowAfterTheResponseAndNotAfterTheSend() {
    CallGate gate = gate(1);
    Permit slow = take(gate);
    slow.send();
    time.advance(Duration.ofSeconds(20));
    slow.responded();
    call(gate, "next");
    time.advance(WINDOW.minusMillis(1));
    assertThat(log).doesNotContain("next");
    time.advance(Duration.ofMillis(1));
    assertThat(log).contains("next");
  }

  @Test
  void aCallThatIsGivenUpKeepsItsPlaceForItsHoldAndAWindow() {
    CallGate gate = gate(1);
    Permit lost = take(gate);
    call(gate, "next");
    lost.send();
    lost.close(Duration.ofSeconds(30));
    time.advance(WINDOW.plusMillis(29_999));
    assertThat(log).doesNotContain("next");
    time.advance(Duration.ofMillis(1));
    assertThat(log).contains("next");
  }

  @Test
  void aCallThatIsUnderWayHoldsItsPlaceHoweverLongItTakes() {
    CallGate gate = gate(1);
    Permit hanging = take(gate);
    call(gate, "next");
    hanging.send();
    hanging.written();
    time.advance(WINDOW.multipliedBy(3));
    assertThat(log).doesNotContain("next");
  }

  @Test
  void theBurstIsCountedWhenTheRequestIsWritten() {
    CallGate gate = gate(1200, 1, 0);
    Permit slow = take(gate);
    slow.send();
    call(gate, "next");
    time.advance(Duration.ofSeconds(5));
    assertThat(log).doesNotContain("next");
    slow.written();
    time.advance(Duration.ofMillis(999));
    assertThat(log).doesNotContain("next");
    time.advance(Duration.ofMillis(1));
    assertThat(log).contains("next");
  }

  @Test
  void aWaitLongerThanTwiceTheDocumentedBlockIsNotBelieved() {
    CallGate gate = gate(1200);
    Permit permit = take(gate);
    permit.send();
    permit.refused(Duration.ofSeconds(999_999_999));
    permit.close();
    call(gate, "next");
    time.advance(Duration.ofSeconds(299));
    assertThat(log).doesNotContain("next");
    time.advance(Duration.ofSeconds(1));
    assertThat(log).contains("next");
  }

  @Test
  void aResetLongerThanTwiceTheDocumentedBlockIsNotBelieved() {
    CallGate gate = gate(1200);
    respond(gate, left(0, 999_999_999));
    call(gate, "next");
    time.advance(Duration.ofSeconds(300));
    assertThat(log).doesNotContain("next");
    time.advance(Duration.ofSeconds(1));
    assertThat(log).contains("next");
  }

  @Test
  void aBurstIsSpreadOverSeconds() {
    CallGate gate = gate(1200, 3, 0);
    call(gate, 7);
    assertThat(log.stream().filter("call"::equals)).hasSize(3);
    time.advance(Duration.ofSeconds(1));
    assertThat(log.stream().filter("call"::equals)).hasSize(6);
    time.advance(Duration.ofSeconds(1));
    assertThat(log.stream().filter("call"::equals)).hasSize(7);
  }

  @Test
  void aRefusalPausesEveryoneForTheNamedWaitAndThenLetsOneGoAhead() {
    CallGate gate = gate(1200);
    Permit permit = take(gate);
    permit.send();
    permit.refused(Duration.ofSeconds(40));
    permit.close();
    call(gate, "a");
    call(gate, "b");
    assertThat(log).containsExactly("a waits THROTTLED", "b waits THROTTLED");
    time.advance(Duration.ofSeconds(39));
    assertThat(log).hasSize(2);
    time.advance(Duration.ofSeconds(1));
    // The first one is answered without a word about the quota, so the other follows.
    assertThat(log).containsExactly("a waits THROTTLED", "b waits THROTTLED", "a", "b");
  }

  @Test
  void afterAPauseOnlyOneGoesUntilItIsAnswered() {
    CallGate gate = gate(1200);
    Permit permit = take(gate);
    permit.send();
    permit.refused(Duration.ofSeconds(5));
    permit.close();
    List<Permit> granted = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    }
    time.advance(Duration.ofSeconds(5));
    assertThat(granted).hasSize(1);
    granted.get(0).send();
    granted.get(0).passed(left(100, 300));
    assertThat(granted).hasSize(3);
  }

  @Test
  void refusalsWithoutAWaitPauseTwoSecondsAndDoubleToFiveMinutes() {
    CallGate gate = gate(1200);
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Permit permit = waitFor(gate, pauses);
      permit.send();
      permit.refused(null);
      permit.close();
    }
    assertThat(pauses).containsExactly(0L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L);
  }

  private Permit waitFor(CallGate gate, List<Long> pauses) {
    List<Permit> granted = new ArrayList<>();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    long seconds = 0;
    for (; granted.isEmpty(); seconds++) {
      time.advance(Duration.ofSeconds(1));
    }
    pauses.add(seconds);
    return granted.get(0);
  }

  @Test
  void severalRefusalsOfOneBurstAreOneStepOfTheDoubling() {
    CallGate gate = gate(1200);
    List<Permit> burst = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      burst.add(take(gate));
    }
    burst.forEach(Permit::send);
    burst.forEach(permit -> permit.refused(null));
    burst.forEach(Permit::close);
    call(gate, "next");
    time.advance(Duration.ofSeconds(2));
    assertThat(log).contains("next");
  }

  @Test
  void theServiceSaysNothingIsLeftAndTheGateWaitsForItsReset() {
    CallGate gate = gate(1200);
    respond(gate, left(0, 30));
    call(gate, "next");
    assertThat(log).containsExactly("next waits SERVER_QUOTA");
    time.advance(Duration.ofSeconds(30));
    assertThat(log).hasSize(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(log).contains("next");
  }

  @Test
  void theFirstAnswerSetsAFreshProcessRight() {
    CallGate gate = gate(1200);
    respond(gate, left(3, 100));
    call(gate, 5);
    assertThat(log.stream().filter("call"::equals)).hasSize(3);
  }

  @Test
  void anOlderAnswerThatComesLateRaisesNothing() {
    CallGate gate = gate(1200);
    Permit older = take(gate);
    Permit newer = take(gate);
    older.send();
    newer.send();
    newer.passed(left(1, 100));
    newer.close();
    older.passed(left(50, 100));
    older.close();
    call(gate, 5);
    assertThat(log.stream().filter("call"::equals)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void theReserveIsLeftToOthers() {
    CallGate gate = gate(1200, Integer.MAX_VALUE, 10);
    respond(gate, left(14, 100));
    call(gate, 20);
    assertThat(log.stream().filter("call"::equals)).hasSize(4);
  }

  @Test
  void thePaceRecoversAfterTheReset() {
    CallGate gate = gate(1200);
    respond(gate, left(1, 10));
    use(take(gate));
    time.advance(Duration.ofSeconds(11));
    for (int i = 0; i < 50; i++) {
      Permit next = take(gate);
      next.send();
      next.passed(null);
      next.close();
    }
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void aProbeWithoutAnAnswerIsFollowedByAnother() {
    CallGate gate = gate(1200);
    Permit permit = take(gate);
    permit.send();
    permit.refused(Duration.ofSeconds(1));
    permit.close();
    List<Permit> granted = new ArrayList<>();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    time.advance(Duration.ofSeconds(1));
    assertThat(granted).hasSize(1);
    use(granted.get(0));
    assertThat(granted).hasSize(2);
  }

  @Test
  void aWaitThatOutlastsTheDeadlineFailsAtOnceAndSaysWhenToComeBack() {
    CallGate gate = gate(1);
    use(take(gate));
    call(gate, "hasty", gate.now() + Duration.ofSeconds(100).toNanos());
    assertThat(log).containsExactly("hasty refused 300 s");
  }

  @Test
  void aCallFarBackInTheQueueFailsAtOnceWhenItsTurnComesTooLate() {
    CallGate gate = gate(1);
    use(take(gate));
    call(gate, "first");
    call(gate, "second", gate.now() + Duration.ofSeconds(400).toNanos());
    assertThat(log).contains("second refused 600 s").doesNotContain("first refused 300 s");
  }

  @Test
  void aPauseThatBeginsWhileCallsWaitRefusesThoseItComesTooLateFor() {
    CallGate gate = gate(2);
    use(take(gate));
    Permit inFlight = take(gate);
    inFlight.send();
    call(gate, "hasty", gate.now() + Duration.ofSeconds(500).toNanos());
    call(gate, "patient");
    inFlight.refused(Duration.ofSeconds(599));
    assertThat(log)
        .containsExactly(
            "hasty waits QUOTA",
            "patient waits QUOTA",
            "hasty refused 599 s",
            "patient waits THROTTLED");
  }

  @Test
  void theQueueIsBounded() {
    CallGate gate = Callers.gate(1, 0, WINDOW, Integer.MAX_VALUE, 0, 2, time.nanos());
    use(take(gate));
    call(gate, "a");
    call(gate, "b");
    List<@Nullable WaitReason> reasons = new ArrayList<>();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {})
        .subscribe(permit -> {}, failure -> reasons.add(((CallRefusedException) failure).reason()));
    assertThat(reasons).hasSize(1).containsOnlyNulls();
    assertThat(gate.waiting()).isEqualTo(2);
  }

  @Test
  void aCancelInTheMomentOfTheGrantGivesThePermitBack() {
    CallGate gate = gate(1);
    use(take(gate));
    for (int i = 0; i < 100; i++) {
      Disposable[] call = new Disposable[1];
      call[0] =
          gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {})
              .doOnNext(
                  permit -> {
                    permit.send();
                    call[0].dispose();
                    permit.close();
                  })
              .subscribe();
      time.advance(WINDOW);
      assertThat(gate.outstanding()).isZero();
    }
    time.advance(WINDOW);
    assertThat(gate.available()).isEqualTo(1);
  }

  @Test
  void aPermitThatIsNotDemandedGoesBackOnCancel() {
    CallGate gate = gate(1);
    TestSubscriber<Permit> idle = TestSubscriber.builder().initialRequest(0).build();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(idle);
    assertThat(gate.outstanding()).isEqualTo(1);
    idle.cancel();
    assertThat(gate.outstanding()).isZero();
    assertThat(gate.available()).isEqualTo(1);
  }

  @Test
  void oneTimerIsEnoughForAnyNumberOfWaiters() {
    CallGate gate = gate(1);
    use(take(gate));
    for (int i = 0; i < 1_000; i++) {
      call(gate, "w");
    }
    assertThat(Schedulers.parallel().now(TimeUnit.SECONDS)).isZero();
    for (int i = 1; i <= 5; i++) {
      time.advance(WINDOW);
      assertThat(log.stream().filter("w"::equals)).hasSize(i);
    }
  }

  @Test
  void aRefusalCallsBackPermitsThatWereNotUsedYetAndTheyKeepTheirPlace() {
    CallGate gate = gate(3);
    Permit refused = take(gate);
    refused.send();
    Permit connecting = take(gate);
    Permit underWay = take(gate);
    underWay.send();
    List<String> recalls = new ArrayList<>();
    connecting.recall().subscribe(never -> {}, failure -> {}, () -> recalls.add("connecting"));
    underWay.recall().subscribe(never -> {}, failure -> {}, () -> recalls.add("under way"));
    call(gate, "later");
    refused.refused(Duration.ofSeconds(5));
    assertThat(recalls).containsExactly("connecting");
    assertThat(connecting.send()).as("may be written").isFalse();
    connecting.close();
    gate.acquireAgain(Callers.ANY, connecting, FOREVER, (reason, wait) -> {})
        .subscribe(
            permit -> {
              log.add("again");
              permit.send();
              permit.passed(left(100, 300));
              permit.close();
            });
    refused.close();
    underWay.close();
    log.clear();
    time.advance(Duration.ofSeconds(5));
    assertThat(log).startsWith("again");
    time.advance(WINDOW);
    assertThat(log.get(log.size() - 1)).isEqualTo("later");
    assertThat(gate.outstanding()).isZero();
  }

  @Test
  void aPermitThatIsClosedMayNotBeUsed() {
    CallGate gate = gate(1);
    Permit permit = take(gate);
    permit.close();
    assertThat(permit.send()).isFalse();
    assertThat(gate.available()).isEqualTo(1);
  }

  @Test
  void aLaterWindowIsLearntBeforeTheGateForgetsTheOldOne() {
    CallGate gate = gate(1200);
    respond(gate, left(2, 10));
    time.advance(Duration.ofMillis(10_500));
    respond(gate, left(5, 300));
    time.advance(Duration.ofSeconds(2));
    call(gate, 20);
    assertThat(log.stream().filter("call"::equals)).hasSize(5);
  }

  @Test
  void aWindowThatIsOverLeavesWhatWasLeftAndOneThatAsks() {
    CallGate gate = gate(1200);
    respond(gate, left(3, 10));
    time.advance(Duration.ofSeconds(60));
    List<Permit> granted = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    }
    // In a sliding window the first calls to leave it leave little room.
    assertThat(granted).hasSize(4);
    granted.get(0).send();
    granted.get(0).passed(left(6, 10));
    assertThat(granted).hasSize(7);
  }

  @Test
  void theReserveIsKeptForEachCallUnderWay() {
    CallGate gate = gate(1200, Integer.MAX_VALUE, 5);
    respond(gate, left(30, 100));
    List<Permit> granted = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    }
    // Each of them, and five others before its answer: 4 x 6 leaves the reserve and one more.
    assertThat(granted).hasSize(5);
    int remaining = 30;
    for (int i = 0; i < granted.size(); i++) {
      remaining -= i == 0 ? 1 : 6;
      Permit next = granted.get(i);
      next.send();
      assertThat(remaining).as("left at call " + i).isNotNegative();
      next.passed(left(remaining, 100));
      next.close();
    }
    assertThat(granted).hasSize(5);
    assertThat(gate.waiting()).isEqualTo(35);
  }

  @Test
  void theReserveIsKeptForEachCallUnderWayBeforeTheFirstAnswerToo() {
    CallGate gate = gate(20, Integer.MAX_VALUE, 4);
    List<Permit> granted = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(granted::add);
    }
    assertThat(granted).hasSize(4);
    granted.get(0).send();
    granted.get(0).passed(null);
    granted.get(0).close();
    assertThat(granted).hasSize(20);
  }

  @Test
  void aPermitTakenWithoutWaitingDoesNotHoldUpTheCallsAfterAPause() {
    CallGate gate = gate(1200);
    Permit permit = take(gate);
    permit.send();
    permit.refused(Duration.ofSeconds(5));
    permit.close();
    assertThat(gate.trySend(1)).isFalse();
    time.advance(Duration.ofSeconds(5));
    assertThat(gate.trySend(1)).isTrue();
    call(gate, "next");
    assertThat(log).containsExactly("next");
  }

  @Test
  void refusalsGoOnDoublingAlthoughOlderAnswersComeInBetween() {
    CallGate gate = gate(1200);
    Permit first = take(gate);
    Permit older = take(gate);
    first.send();
    older.send();
    first.refused(null);
    first.close();
    older.passed(null);
    older.close();
    List<Long> pauses = new ArrayList<>();
    Permit second = waitFor(gate, pauses);
    second.send();
    second.refused(null);
    second.close();
    waitFor(gate, pauses).close();
    assertThat(pauses).containsExactly(2L, 4L);
  }

  @Test
  void aQuotaWithoutALimitRemembersNothing() {
    ApiQuota quota = ApiQuota.unlimited();
    quota.drainPermissions();
    assertThat(quota.acquirePermission(1_000_000)).isTrue();
    assertThat(quota.getMetrics().getAvailablePermissions()).isEqualTo(Integer.MAX_VALUE);
  }
}
