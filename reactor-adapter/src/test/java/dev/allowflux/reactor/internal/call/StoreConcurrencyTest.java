package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** A gate with a store under many threads, on the real clock. */
@Timeout(300)
class StoreConcurrencyTest {

  private static final long FOREVER = Long.MAX_VALUE / 8;
  private static final int THREADS = 4;
  private static final int QUOTA = 200;
  private static final Duration WINDOW = Duration.ofMillis(10);
  private static final Limits LIMITS = new Limits(QUOTA, WINDOW, 0, 0);

  /** Less than the lease of a place that nothing is reported of, which is a minute. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final QuotaStore shared = QuotaStore.inMemory();
  private final AtomicInteger used = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  private CallGate gate() {
    return new CallGate(
        LIMITS,
        new BurstLimit(Integer.MAX_VALUE, false),
        20_000,
        System::nanoTime,
        exchange -> shared.exchange(exchange).publishOn(Schedulers.parallel()));
  }

  @Test
  void noPlaceIsLostThoughCallsAreCancelledAtAnyTime() throws InterruptedException {
    CallGate gate = gate();
    int calls = Soak.count(5_000, 100_000);
    CountDownLatch over = new CountDownLatch(THREADS * calls);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed + i);
      threads.add(new Thread(() -> call(gate, calls, random, over), "caller-" + i));
    }
    threads.forEach(Thread::start);
    boolean inTime = over.await(120, TimeUnit.SECONDS);
    threads.forEach(Thread::interrupt);
    String what = "seed " + seed + ", " + over.getCount() + " of " + THREADS * calls + " left";
    assertThat(inTime).as(what).isTrue();
    assertThat(gate.waiting()).as(what).isZero();
    System.out.printf(
        "a gate with a store under %d threads: %d calls used their permits, %d were cancelled;"
            + " seed %d%n",
        THREADS, used.get(), cancelled.get(), seed);
    // Every place is free again: another process gets all of them.
    CallGate other = gate();
    List<Permit> all =
        Flux.range(0, QUOTA).flatMap(i -> other(other), QUOTA).collectList().block(PATIENCE);
    assertThat(all).as(what).hasSize(QUOTA);
  }

  private Mono<Permit> other(CallGate otherGate) {
    return otherGate.during(otherGate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}));
  }

  private void call(CallGate gate, int calls, Random random, CountDownLatch over) {
    for (int i = 0; i < calls; i++) {
      Disposable call =
          gate.during(
                  gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {})
                      .doOnDiscard(Permit.class, Permit::close)
                      .doOnNext(StoreConcurrencyTest::use))
              .doOnCancel(cancelled::incrementAndGet)
              .doOnNext(permit -> used.incrementAndGet())
              .doFinally(end -> over.countDown())
              .subscribe();
      if (random.nextInt(4) == 0) {
        LockSupport.parkNanos(random.nextInt(100_000));
        call.dispose();
      }
    }
  }

  private static void use(Permit permit) {
    if (permit.send()) {
      permit.passed(null);
    }
    permit.close();
  }
}
