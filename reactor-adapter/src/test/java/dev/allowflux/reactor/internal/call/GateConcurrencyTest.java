package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;

/** The gate under many threads, on the real clock. */
@Timeout(600)
class GateConcurrencyTest {

  private static final long FOREVER = Long.MAX_VALUE / 8;
  private static final int CALLERS = 6;
  private static final int ENDERS = 3;
  private static final int QUOTA = 400;
  private static final Duration WINDOW = Duration.ofMillis(10);
  private static final int OPEN_AT_ONCE = 300;
  private static final long PATIENCE_SECONDS = 120;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noPermitIsLostOrGrantedTwiceAndEachThreadIsServedInOrder(boolean refusals)
      throws InterruptedException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    int ofEach = Soak.count(10_000, 200_000);
    Crowd crowd = new Crowd(ofEach * CALLERS, refusals, "refusals " + refusals + ", seed " + seed);
    Random random = new Random(seed);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Random own = new Random(random.nextLong());
      threads.add(new Thread(() -> crowd.call(ofEach, own), "caller-" + i));
    }
    for (int i = 0; i < ENDERS; i++) {
      Random own = new Random(random.nextLong());
      threads.add(new Thread(() -> crowd.end(own), "ender-" + i));
    }
    threads.forEach(Thread::start);
    boolean inTime = crowd.over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
    }
    crowd.check(inTime);
  }

  /** A send, known to lie between two readings of the gate's clock. */
  private record Send(long before, long after) {}

  /**
   * Threads that call and threads that end what the former were granted. Nobody spins: callers wait
   * for room, enders for a permit, the test for the last call to be over.
   */
  private static final class Crowd {

    private final int calls;
    private final boolean refusals;
    private final String what;
    private final CallGate gate =
        Callers.gate(QUOTA, 0, WINDOW, Integer.MAX_VALUE, 0, System::nanoTime);
    private final Semaphore room = new Semaphore(OPEN_AT_ONCE);
    private final Semaphore toEnd = new Semaphore(0);
    private final Queue<Caller> held = new ConcurrentLinkedQueue<>();
    private final CountDownLatch over;
    private final Queue<Permit> grants = new ConcurrentLinkedQueue<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger recalled = new AtomicInteger();
    private final Collection<Send> sends = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    Crowd(int calls, boolean refusals, String what) {
      this.calls = calls;
      this.refusals = refusals;
      this.what = what;
      this.over = new CountDownLatch(calls);
    }

    void call(int ofThisThread, Random random) {
      AtomicInteger last = new AtomicInteger(-1);
      try {
        for (int i = 0; i < ofThisThread; i++) {
          room.acquire();
          Caller caller = new Caller(i, last);
          Permit free = gate.tryAcquire(Callers.ANY);
          if (free != null) {
            caller.hookOnNext(free);
          } else {
            gate.acquire(Callers.ANY, FOREVER, (reason, wait) -> {}).subscribe(caller);
          }
          if (random.nextInt(10) == 0) {
            LockSupport.parkNanos(random.nextInt(200_000));
            caller.giveUp();
          }
        }
      } catch (InterruptedException e) {
        wrong.add("a caller still waited for room");
      }
    }

    /** Ends what others were granted. */
    void end(Random random) {
      try {
        while (true) {
          toEnd.acquire();
          held.remove().end(random);
        }
      } catch (InterruptedException e) {
        // The test is over.
      }
    }

    private void over() {
      room.release();
      over.countDown();
    }

    private void await(String what, BooleanSupplier condition) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime()).as(this.what + ": waited for " + what).isLessThan(end);
        LockSupport.parkNanos(WINDOW.toNanos());
      }
    }

    private final class Caller extends BaseSubscriber<Permit> {

      private final int number;
      private final AtomicInteger last;

      /** Whether the call has its permit or has given up; whichever came first. */
      private final AtomicBoolean decided = new AtomicBoolean();

      private Permit permit;

      Caller(int number, AtomicInteger last) {
        this.number = number;
        this.last = last;
      }

      @Override
      protected void hookOnNext(Permit granted) {
        grants.add(granted);
        int former = last.getAndSet(number);
        if (former > number) {
          wrong.add("call " + number + " was let in after call " + former);
        }
        if (decided.compareAndSet(false, true)) {
          permit = granted;
          held.add(this);
          toEnd.release();
        } else {
          granted.close();
        }
      }

      @Override
      protected void hookOnError(Throwable failure) {
        wrong.add("call " + number + ": " + failure);
        over();
      }

      void giveUp() {
        if (decided.compareAndSet(false, true)) {
          cancel();
          cancelled.incrementAndGet();
          over();
        }
      }

      void end(Random random) {
        int dice = random.nextInt(1_000);
        long before = gate.now();
        if (dice >= 100 && permit.send()) {
          sends.add(new Send(before, gate.now()));
          if (refusals && dice < 105) {
            permit.refused(Duration.ofMillis(1 + random.nextInt(3)));
          } else if (refusals && dice < 400) {
            permit.passed(new RateLimit("default", 1_000_000, Duration.ZERO, null, null));
          } else {
            permit.passed(null);
          }
        }
        boolean calledBack = permit.isRecalled();
        permit.close();
        permit.close();
        if (calledBack) {
          recalled.incrementAndGet();
          gate.acquireAgain(Callers.ANY, permit, FOREVER, (reason, wait) -> {})
              .subscribe(new Caller(number, new AtomicInteger(-1)));
        } else {
          over();
        }
      }
    }

    void check(boolean inTime) {
      assertThat(inTime)
          .as(what + ": " + over.getCount() + " calls not over, " + gate.waiting() + " wait")
          .isTrue();
      assertThat(wrong).as(what).isEmpty();
      assertThat(new HashSet<>(grants)).as(what + ": granted twice").hasSameSizeAs(grants);
      await("permits that were lost", () -> gate.outstanding() == 0);
      assertThat(gate.waiting()).as(what + ": still in the queue").isZero();
      assertThat(cancelled).as(what + ": cancelled").hasPositiveValue();
      assertThat(recalled.get() > 0).as(what + ": permits called back").isEqualTo(refusals);
      assertThat(spansOverTheQuota()).as(what + ": spans over the quota").isZero();
      // Once the last send has left the window, all of the quota is free again.
      await("all of the quota", () -> gate.available() == QUOTA);
      System.out.printf(
          "gate under %d threads%s: %d calls, %d permits granted, %d sent, %d called back, %d calls"
              + " cancelled; 0 lost, 0 granted twice, 0 out of order, 0 spans"
              + " over the quota%n",
          CALLERS + ENDERS,
          refusals ? " with refusals" : "",
          calls,
          grants.size(),
          sends.size(),
          recalled.get(),
          cancelled.get());
    }

    private long spansOverTheQuota() {
      List<Send> byStart = sends.stream().sorted(Comparator.comparingLong(Send::before)).toList();
      List<Long> ends = sends.stream().map(Send::after).sorted().toList();
      long spans = 0;
      for (int i = 0; i + QUOTA < byStart.size(); i++) {
        // At least so many sends lay wholly between these two readings.
        long from = byStart.get(i).before;
        int within = countUpTo(ends, from + WINDOW.toNanos()) - i;
        spans += within > QUOTA ? 1 : 0;
      }
      return spans;
    }

    private static int countUpTo(List<Long> sorted, long limit) {
      int low = 0;
      int high = sorted.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sorted.get(middle) < limit) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }
}
