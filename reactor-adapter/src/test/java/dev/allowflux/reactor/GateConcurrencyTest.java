package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.CallGate.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;

/** Many threads at one gate, on the real clock. */
class GateConcurrencyTest {

  private static final long FOREVER = Long.MAX_VALUE / 8;
  private static final int THREADS = 8;
  private static final int QUOTA = 400;
  private static final Duration WINDOW = Duration.ofMillis(10);
  private static final int MAX_OPEN = 300;

  /** A send, known to lie between two readings of the gate's clock. */
  private record Send(long before, long after) {}

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(600)
  void noPermitIsLostOrGrantedTwiceAndEachThreadIsServedInOrder(boolean refusals)
      throws InterruptedException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    int calls = Soak.count(100_000, 1_000_000);
    Crowd crowd = new Crowd(refusals, "refusals " + refusals + ", seed " + seed);
    Random random = new Random(seed);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random own = new Random(random.nextLong());
      threads.add(new Thread(() -> crowd.call(calls / THREADS, own), "caller-" + i));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    crowd.check(calls);
  }

  private static final class Crowd {

    private final boolean refusals;
    private final String what;
    private final CallGate gate =
        new CallGate(QUOTA, WINDOW, Integer.MAX_VALUE, 0, 100_000, System::nanoTime);
    private final Semaphore room = new Semaphore(MAX_OPEN);
    private final Collection<Permit> granted = ConcurrentHashMap.newKeySet();
    private final AtomicInteger grants = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Collection<Send> sends = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Permit> held = new ConcurrentLinkedQueue<>();
    private final Collection<String> faults = new ConcurrentLinkedQueue<>();

    Crowd(boolean refusals, String what) {
      this.refusals = refusals;
      this.what = what;
    }

    void call(int calls, Random random) {
      AtomicInteger last = new AtomicInteger(-1);
      for (int i = 0; i < calls; i++) {
        while (!room.tryAcquire()) {
          endOneHeld(random);
        }
        Caller caller = new Caller(i, last, random.nextInt(4_000), random.nextInt(10) == 0);
        gate.acquire(FOREVER, (reason, wait) -> {}).subscribe(caller);
        if (random.nextInt(10) == 0) {
          for (int spin = random.nextInt(2_000); spin > 0; spin--) {
            Thread.onSpinWait();
          }
          caller.cancel();
          caller.gone();
        }
        if (random.nextBoolean()) {
          endOneHeld(random);
        }
      }
    }

    private void endOneHeld(Random random) {
      Permit permit = held.poll();
      if (permit != null) {
        end(permit, random.nextInt(4_000));
      }
    }

    /** Ends a permit that some other thread was granted. */
    private void end(Permit permit, int dice) {
      long before = gate.now();
      if (dice % 8 != 0 && permit.sent()) {
        sends.add(new Send(before, gate.now()));
        if (refusals && dice < 20) {
          permit.throttled(Duration.ofMillis(1 + dice % 3));
        } else if (refusals && dice < 2_000) {
          permit.answered(new RateLimit("default", 5_000 + dice, Duration.ZERO, null, null));
        } else {
          permit.answered(null);
        }
      }
      permit.close();
      permit.close();
    }

    void check(int calls) throws InterruptedException {
      assertThat(drained()).as(what + ": waits for ever, " + gate.waiting() + " wait").isTrue();
      assertThat(faults).as(what).isEmpty();
      assertThat(grants).as(what + ": permits granted twice").hasValue(granted.size());
      assertThat(gate.waiting()).as(what + ": still in the queue").isZero();
      assertThat(gate.outstanding()).as(what + ": permits lost").isZero();
      assertThat(spansOverTheQuota()).as(what + ": spans over the quota").isZero();
      assertThat(sends.size() + cancelled.get()).as(what + ": calls that count").isPositive();
      long windowOver = gate.now() + WINDOW.toNanos();
      while (gate.now() <= windowOver) {
        Thread.onSpinWait();
      }
      assertThat(gate.available()).as(what + ": free in the end").isEqualTo(QUOTA);
      System.out.printf(
          "gate under %d threads%s: %d calls, %d granted, %d sent, %d cancelled, 0 lost,"
              + " 0 granted twice, 0 out of order, 0 spans over the quota%n",
          THREADS,
          refusals ? " and refusals" : "",
          calls,
          grants.get(),
          sends.size(),
          cancelled.get());
    }

    /** Ends what is held until nobody has a permit or waits for one. */
    private boolean drained() throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      boolean allGone = false;
      while (System.nanoTime() < end) {
        Permit permit = held.poll();
        if (permit != null) {
          permit.sent();
          permit.close();
        } else if (allGone && gate.waiting() == 0) {
          return true;
        } else if (!allGone) {
          allGone = room.tryAcquire(MAX_OPEN, 1, TimeUnit.MILLISECONDS);
        }
      }
      return false;
    }

    private long spansOverTheQuota() {
      List<Send> inOrder =
          sends.stream().sorted((a, b) -> Long.compare(a.before, b.before)).toList();
      return IntStream.range(0, inOrder.size() - QUOTA)
          .filter(
              i ->
                  inOrder.subList(i, i + QUOTA + 1).stream().mapToLong(Send::after).max().orElse(0)
                          - inOrder.get(i).before
                      < WINDOW.toNanos())
          .count();
    }

    private final class Caller extends BaseSubscriber<Permit> {

      private final int number;
      private final AtomicInteger last;
      private final int dice;
      private final boolean atOnce;
      private boolean isGone;

      Caller(int number, AtomicInteger last, int dice, boolean atOnce) {
        this.number = number;
        this.last = last;
        this.dice = dice;
        this.atOnce = atOnce;
      }

      @Override
      protected void hookOnNext(Permit permit) {
        grants.incrementAndGet();
        granted.add(permit);
        int former = last.getAndSet(number);
        if (former >= number) {
          faults.add("call " + number + " after call " + former);
        }
        if (atOnce) {
          end(permit, dice);
        } else {
          held.add(permit);
        }
        gone();
      }

      @Override
      protected void hookOnError(Throwable failure) {
        faults.add(failure.toString());
        gone();
      }

      /** Counts the call as over, once, whether it was granted or cancelled. */
      synchronized void gone() {
        if (!isGone) {
          isGone = true;
          room.release();
        }
      }

      @Override
      protected void hookOnCancel() {
        cancelled.incrementAndGet();
      }
    }
  }

  @Test
  @Timeout(60)
  void aClosedGateNeedsNoTimerAndAnOpenOneNoThread() {
    CallGate gate =
        new CallGate(1, Duration.ofHours(1), Integer.MAX_VALUE, 0, 10, System::nanoTime);
    int threads = Thread.activeCount();
    for (int i = 0; i < 10; i++) {
      gate.acquire(FOREVER, (reason, wait) -> {}).subscribe().dispose();
    }
    assertThat(gate.waiting()).isZero();
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
  }
}
