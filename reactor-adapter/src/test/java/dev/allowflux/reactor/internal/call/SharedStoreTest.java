package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.Priority;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.reactor.internal.call.TrafficModel.Process;
import dev.allowflux.reactor.internal.call.TrafficModel.Profile;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.util.context.Context;

/** Several processes on one store, in virtual time. */
@Timeout(300)
class SharedStoreTest {

  private static final int QUOTA = 1200;
  private static final Duration WINDOW = Duration.ofSeconds(302);
  private static final int PROCESSES = 4;
  private static final long FOREVER = Long.MAX_VALUE / 8;

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Disposable.Composite calls = Disposables.composite();
  private VirtualTime time;
  private QuotaStore store;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
    store = QuotaStore.inMemory(time.nanos());
  }

  @AfterEach
  void restoreTheClock() {
    calls.dispose();
    time.close();
  }

  /** A gate with a call that is under way all the time. */
  private CallGate gate(int quota, QuotaStore with) {
    CallGate gate = idleGate(quota, with);
    calls.add(gate.during(Mono.never()).subscribe());
    return gate;
  }

  private CallGate idleGate(int quota, QuotaStore with) {
    return new CallGate(
        new Limits(quota, WINDOW, 0, 0),
        new BurstLimit(Integer.MAX_VALUE, false),
        20_000,
        time.nanos(),
        with);
  }

  /** A call that ends with its permit. */
  private static Mono<Permit> call(CallGate gate) {
    return gate.during(gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}));
  }

  private static Permit take(CallGate gate) {
    Permit permit = call(gate).block(Duration.ZERO);
    assertThat(permit).isNotNull();
    return permit;
  }

  private static AtomicBoolean waitFor(CallGate gate) {
    AtomicBoolean letIn = new AtomicBoolean();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(permit -> letIn.set(true));
    return letIn;
  }

  @Test
  void theProcessesTogetherUseNearlyAllOfTheQuotaAndNoSpanIsOver() {
    Limits limits = new Limits(QUOTA, WINDOW, 0, 0);
    TrafficModel traffic = new TrafficModel(time, random, limits, store, Profile.QUICK);
    int windows = Soak.count(5, 20);
    for (int i = 0; i < PROCESSES; i++) {
      Process process = traffic.new Process();
      for (int call = 0; call < 30; call++) {
        process.saturate(Callers.ANY);
      }
    }
    time.advance(WINDOW.multipliedBy(windows));
    double used = traffic.counted() / (double) QUOTA / windows;
    System.out.printf(
        "%d processes on one store, %d windows: %d spans over, %.1f %% used; seed %d%n",
        PROCESSES, windows, traffic.spansOver(), 100 * used, seed);
    assertThat(traffic.spansOver()).as("seed " + seed).isZero();
    assertThat(used).as("seed " + seed).isGreaterThan(0.97);
  }

  @Test
  void noSpanIsOverWithKilledProcessesCancelsLostResponsesAndPermitsUsedLate() {
    Limits limits = new Limits(QUOTA, WINDOW, 120, 0);
    Profile profile = new Profile(Duration.ofSeconds(5), 0.02, 0.2);
    TrafficModel traffic = new TrafficModel(time, random, limits, store, profile);
    int windows = Soak.count(5, 20);
    List<Process> processes = new ArrayList<>();
    List<Disposable> waiting = new ArrayList<>();
    int killed = 0;
    long start = traffic.now();
    for (long end = start + WINDOW.toNanos() * windows; traffic.now() < end; ) {
      while (processes.size() < PROCESSES) {
        processes.add(traffic.new Process());
      }
      Process process = processes.get(random.nextInt(PROCESSES));
      Caller caller =
          random.nextBoolean()
              ? Callers.bulk("account" + random.nextInt(3), "job" + random.nextInt(3))
              : Callers.ANY;
      for (int i = random.nextInt(60); i > 0; i--) {
        waiting.add(process.call(caller, waited -> {}));
      }
      for (int i = random.nextInt(20); i > 0 && !waiting.isEmpty(); i--) {
        waiting.remove(random.nextInt(waiting.size())).dispose();
      }
      long windowsPassed = (traffic.now() - start) / WINDOW.toNanos();
      if (killed <= windowsPassed || random.nextInt(200) == 0) {
        process.kill();
        processes.remove(process);
        killed++;
      }
      time.advance(Duration.ofNanos(traffic.upTo(5_000_000_000L)));
    }
    System.out.printf(
        "%d calls of processes of which %d were killed, %d windows: %d spans over; seed %d%n",
        traffic.counted(), killed, windows, traffic.spansOver(), seed);
    assertThat(traffic.spansOver()).as("seed " + seed).isZero();
    assertThat(traffic.counted()).as("seed " + seed).isGreaterThan(QUOTA * windows / 2);
    assertThat(killed).as("seed " + seed).isGreaterThanOrEqualTo(windows);
  }

  @Test
  void nothingIsAskedBeforeSubscription() {
    AtomicInteger exchanges = new AtomicInteger();
    CallGate gate =
        idleGate(
            1,
            exchange -> {
              exchanges.incrementAndGet();
              return store.exchange(exchange);
            });
    Mono<Permit> call = call(gate);
    assertThat(exchanges).hasValue(0);
    call.subscribe();
    assertThat(exchanges).hasValue(1);
  }

  @Test
  void anExchangeSeesTheContextOfACallThatIsUnderWay() {
    List<String> seen = new ArrayList<>();
    CallGate gate =
        idleGate(
            1,
            exchange ->
                Mono.deferContextual(
                    context -> {
                      seen.add(context.getOrDefault("call", "none"));
                      return store.exchange(exchange);
                    }));
    Disposable first =
        gate.during(Mono.never()).contextWrite(Context.of("call", "first")).subscribe();
    gate.during(Mono.never()).contextWrite(Context.of("call", "second")).subscribe();
    Permit permit = take(gate);
    first.dispose();
    permit.close();
    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void theCancelOfACallLeavesTheExchangeToTheOthersAndLosesNoPlace() {
    List<MonoSink<Runnable>> late = new ArrayList<>();
    CallGate gate = idleGate(2, slow(late));
    List<Permit> granted = new ArrayList<>();
    call(gate).subscribe(granted::add);
    late.remove(0).success();
    assertThat(granted).hasSize(1);
    granted.remove(0).close();
    late.remove(0).success();
    Disposable first = call(gate).subscribe(granted::add);
    call(gate).subscribe(granted::add);
    first.dispose();
    while (!late.isEmpty()) {
      late.remove(0).success();
    }
    assertThat(granted).hasSize(1);
    take(gate(2, store)).close();
  }

  @Test
  void theReportOfTheLastCallArrivesAfterItsEnd() {
    List<MonoSink<Runnable>> late = new ArrayList<>();
    AtomicBoolean isSlow = new AtomicBoolean();
    CallGate gate = idleGate(1, exchange -> (isSlow.get() ? slow(late) : store).exchange(exchange));
    gate.during(Mono.fromRunnable(() -> takeIn(gate, isSlow)).then()).subscribe();
    assertThat(late).hasSize(1);
    time.advance(Duration.ofSeconds(4));
    late.get(0).success();
    take(gate(1, store)).close();
  }

  private static void takeIn(CallGate gate, AtomicBoolean isSlow) {
    Permit permit = take(gate);
    isSlow.set(true);
    permit.close();
  }

  @Test
  void nothingIsSubscribedToOnceNoCallIsLeftAndTheNextCallReportsWhatIsLeft() {
    AtomicInteger open = new AtomicInteger();
    AtomicBoolean hangs = new AtomicBoolean();
    CallGate gate =
        idleGate(
            1,
            exchange ->
                (hangs.get() ? Mono.<Reply>never() : store.exchange(exchange))
                    .doOnSubscribe(subscription -> open.incrementAndGet())
                    .doFinally(end -> open.decrementAndGet()));
    gate.during(Mono.fromRunnable(() -> takeIn(gate, hangs)).then()).subscribe();
    assertThat(open).hasValue(1);
    time.advance(Duration.ofSeconds(7));
    assertThat(open).hasValue(0);
    time.advance(Duration.ofSeconds(60));
    assertThat(open).hasValue(0);
    hangs.set(false);
    AtomicBoolean letIn = new AtomicBoolean();
    call(gate).subscribe(permit -> letIn.set(true));
    assertThat(letIn).isTrue();
  }

  /** The store, which replies when the test says so. */
  private QuotaStore slow(List<MonoSink<Runnable>> late) {
    return exchange ->
        Mono.<Runnable>create(late::add).then(Mono.defer(() -> store.exchange(exchange)));
  }

  @Test
  void aCallThatIsCancelledGivesItsPlaceToAnotherProcess() {
    CallGate first = gate(1, store);
    CallGate second = gate(1, store);
    Permit unused = take(first);
    AtomicBoolean letIn = waitFor(second);
    assertThat(letIn).isFalse();
    unused.close();
    time.advance(Duration.ofSeconds(1));
    assertThat(letIn).isTrue();
  }

  @Test
  void aCallThatIsCancelledWhileTheStoreIsAskedGivesThePlaceBack() {
    List<MonoSink<Runnable>> late = new ArrayList<>();
    Disposable waiting = call(idleGate(1, slow(late))).subscribe();
    waiting.dispose();
    late.get(0).success();
    late.get(1).success();
    take(gate(1, store)).close();
  }

  @Test
  void aPermitThatIsNotUsedInTimeIsVoidAndTheCallWaitsAgain() {
    CallGate gate = gate(1, store);
    Permit late = take(gate);
    AtomicBoolean recalled = new AtomicBoolean();
    late.recall().subscribe(nothing -> {}, failure -> {}, () -> recalled.set(true));
    time.advance(Duration.ofSeconds(31));
    assertThat(late.send()).isFalse();
    assertThat(recalled).isTrue();
    late.close();
    Permit again =
        gate.acquireAgain(Callers.ANY, late, FOREVER, (reason, wait) -> {}).block(Duration.ZERO);
    assertThat(again).isNotNull();
    assertThat(again.send()).isTrue();
  }

  @Test
  void aKilledProcessKeepsItsPlaceForItsLeaseAndAWindow() {
    Permit lost = take(gate(1, store));
    lost.send();
    CallGate other = gate(1, store);
    AtomicBoolean letIn = waitFor(other);
    time.advance(WINDOW.plusSeconds(59));
    assertThat(letIn).isFalse();
    time.advance(Duration.ofSeconds(2));
    assertThat(letIn).isTrue();
  }

  @Test
  void anotherProcessWaitsForThePauseAfterA429() {
    Permit refused = take(gate(10, store));
    refused.send();
    refused.refused(Duration.ofSeconds(40));
    refused.close();
    List<WaitReason> reasons = new ArrayList<>();
    AtomicBoolean letIn = new AtomicBoolean();
    gate(10, store)
        .acquire(Callers.ANY, FOREVER, (reason, wait) -> reasons.add(reason))
        .subscribe(permit -> letIn.set(true));
    assertThat(reasons).containsExactly(WaitReason.THROTTLED);
    time.advance(Duration.ofSeconds(39));
    assertThat(letIn).isFalse();
    time.advance(Duration.ofSeconds(2));
    assertThat(letIn).isTrue();
  }

  @Test
  void anotherProcessStopsWhenTheServiceSaysThatNothingIsLeft() {
    Permit last = take(gate(10, store));
    last.send();
    last.passed(new RateLimit("default", 0, Duration.ofSeconds(20), null, null));
    last.close();
    AtomicBoolean letIn = waitFor(gate(10, store));
    time.advance(Duration.ofSeconds(19));
    assertThat(letIn).isFalse();
    time.advance(Duration.ofSeconds(4));
    assertThat(letIn).isTrue();
  }

  @Test
  void aStoreThatFailsRefusesTheCallsThatWaitAndGetsItsReportsLater() {
    AtomicBoolean away = new AtomicBoolean();
    QuotaStore shaky =
        exchange ->
            away.get()
                ? Mono.error(new IllegalStateException("the store is away"))
                : store.exchange(exchange);
    CallGate gate = gate(1, shaky);
    Permit unused = take(gate);
    away.set(true);
    unused.close();
    List<Throwable> failures = new ArrayList<>();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(permit -> {}, failures::add);
    assertThat(failures)
        .singleElement()
        .isInstanceOf(CallRefusedException.class)
        .extracting(failure -> failure.getCause().getMessage())
        .isEqualTo("the store is away");
    away.set(false);
    take(gate).close();
    take(gate(1, store)).close();
  }

  @Test
  void aStoreThatNeverRepliesIsTakenForOneThatFails() {
    CallGate gate = gate(1, exchange -> Mono.never());
    List<Throwable> failures = new ArrayList<>();
    gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(permit -> {}, failures::add);
    time.advance(Duration.ofSeconds(6));
    assertThat(failures).singleElement().isInstanceOf(CallRefusedException.class);
  }

  @Test
  void aCallWhoseDeadlineIsNearerThanThePlaceIsRefusedAtOnce() {
    Permit only = take(gate(1, store));
    only.send();
    only.passed(null);
    only.close();
    List<Throwable> failures = new ArrayList<>();
    CallGate other = gate(1, store);
    other
        .acquire(Callers.ANY, other.now() + 10_000_000_000L, (reason, wait) -> {})
        .subscribe(permit -> {}, failures::add);
    assertThat(failures).singleElement().isInstanceOf(CallRefusedException.class);
  }

  @Test
  void theKeptShareIsKeptFromTheBulkCallsOfAllProcesses() {
    Limits limits = new Limits(10, WINDOW, 2, 0);
    TrafficModel traffic = new TrafficModel(time, random, limits, store, Profile.QUICK);
    Process first = traffic.new Process();
    Process second = traffic.new Process();
    for (int i = 0; i < 20; i++) {
      first.call(Callers.bulk("a", "job"), waited -> {});
      second.call(Callers.bulk("a", "job"), waited -> {});
    }
    time.advance(Duration.ofSeconds(10));
    assertThat(traffic.counted()).isEqualTo(8);
    AtomicBoolean letIn = new AtomicBoolean();
    second.call(
        new Callers(Priority.INTERACTIVE, "a", "get", 1_000_000_000L), waited -> letIn.set(true));
    time.advance(Duration.ofMillis(10));
    assertThat(letIn).isTrue();
  }
}
