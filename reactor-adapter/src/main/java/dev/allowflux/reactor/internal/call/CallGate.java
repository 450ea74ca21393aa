package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.quota.CallQuota;
import dev.allowflux.internal.quota.CallQuota.Turn;
import dev.allowflux.internal.quota.QuotaPermit;
import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents.WaitReason;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The queue in front of the quota: the state behind {@link ApiQuota}. Who may go when is decided by
 * {@link CallQuota}; this class adds the clock, the queue, one timer and the signals. Longer than
 * most, since all of that is guarded by one monitor.
 *
 * <p>State is guarded by the monitor of this object; each section under it is short and calls
 * nobody. Signals are sent outside it. No thread waits for a permit: waiters are entries of the
 * queue, and one timer wakes the first.
 */
public final class CallGate {

  private static final long UNKNOWN = CallQuota.UNKNOWN;
  private static final long NO_POSITION = -1;
  private static final Turn NOW = new Turn(0, CallQuota.Reason.QUOTA);

  private final int maxWaiting;
  private final LongSupplier nanos;
  private final long epoch;
  private final CallQuota<Permit> quota;

  /** The waiting calls, by position: a call whose permit was called back keeps its position. */
  private final NavigableSet<Waiter> queue =
      new TreeSet<>(Comparator.comparingLong((Waiter waiter) -> waiter.permit.position));

  private long positions;

  /** Added under the monitor and sent outside it. */
  private final OrderedSignals signals = new OrderedSignals();

  private @Nullable Disposable timer;
  private long timerAt;
  private long announced;

  /**
   * Makes a gate that lets everything through which the quota allows.
   *
   * @param calls how many calls any window may hold; the largest integer for no limit
   * @param window how long a window is
   * @param burst how many calls any second may hold; the largest integer for no limit
   * @param reserve how many of the service's calls are left to others
   * @param maxWaiting how many calls may wait at once
   * @param nanos the clock
   */
  public CallGate(
      int calls, Duration window, int burst, int reserve, int maxWaiting, LongSupplier nanos) {
    this.maxWaiting = maxWaiting;
    this.nanos = nanos;
    this.epoch = nanos.getAsLong();
    this.quota = new CallQuota<>(calls, window.toNanos(), burst, reserve);
  }

  /** Observes the waits of a call. */
  interface WaitObserver {
    void waiting(WaitReason reason, Duration expected);
  }

  /** Permission to send one request. */
  final class Permit extends QuotaPermit implements SendPermit {

    private final long position;

    /** Signalled once, in the order of the other signals, so that it needs no guard of its own. */
    private final Sinks.Empty<Void> recall = Sinks.unsafe().empty();

    private Permit(long position) {
      this.position = position;
    }

    /**
     * Completes if the permit is called back before its request is sent: the service wants nobody
     * to call now. The call may wait for another one, in the same position.
     */
    Mono<Void> recall() {
      return recall.asMono();
    }

    @Override
    public boolean isRecalled() {
      synchronized (CallGate.this) {
        return super.isRecalled();
      }
    }

    @Override
    public boolean isSent() {
      synchronized (CallGate.this) {
        return super.isSent();
      }
    }

    @Override
    public long sentAt() {
      synchronized (CallGate.this) {
        return super.sentAt();
      }
    }

    @Override
    public boolean send() {
      synchronized (CallGate.this) {
        return quota.send(this, CallGate.this.now());
      }
    }

    @Override
    public void written() {
      synchronized (CallGate.this) {
        quota.written(this, CallGate.this.now());
        if (queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    @Override
    public void responded() {
      synchronized (CallGate.this) {
        quota.responded(this, CallGate.this.now());
        if (queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    @Override
    public long now() {
      return CallGate.this.now();
    }

    /** The attempt is over. A permit that was not used goes back. Only the first call counts. */
    void close() {
      close(Duration.ZERO);
    }

    /**
     * The attempt is over.
     *
     * @param hold how long a request without a response may still be on its way to the service
     */
    void close(Duration hold) {
      synchronized (CallGate.this) {
        if (!quota.close(this, CallGate.this.now(), hold.toNanos()) || queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    /** The service responded, with or without its rate-limit state. */
    void passed(@Nullable RateLimit state) {
      synchronized (CallGate.this) {
        long now = CallGate.this.now();
        if (state == null) {
          quota.passed(this, now, null, 0);
        } else {
          quota.passed(this, now, state.remaining(), toNanos(state.reset()));
        }
        if (queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    /** The service responded with 429. {@code wait} is the one that it named, or null. */
    void refused(@Nullable Duration wait) {
      synchronized (CallGate.this) {
        Long nanos = wait == null ? null : toNanos(wait);
        for (Permit unused : quota.refused(this, CallGate.this.now(), nanos)) {
          signals.add(unused.recall::tryEmitEmpty);
        }
      }
      drain();
    }
  }

  private final class Waiter {

    private final MonoSink<Permit> sink;
    private final WaitObserver observer;
    private final long deadline;
    private final Permit permit;
    private @Nullable WaitReason reason;
    private boolean granted;

    Waiter(long position, MonoSink<Permit> sink, WaitObserver observer, long deadline) {
      this.permit = new Permit(position);
      this.sink = sink;
      this.observer = observer;
      this.deadline = deadline;
    }

    void cancel() {
      boolean giveBack;
      synchronized (CallGate.this) {
        queue.remove(this);
        giveBack = granted;
      }
      // The grant may have won the race against the cancel, and nobody will take it.
      // If its request is sent, the call itself was cancelled, too, and knows how long to hold it.
      if (giveBack && !permit.isSent()) {
        permit.close();
      }
    }
  }

  /**
   * Takes a permit that is free now. Whoever takes it has to close it.
   *
   * @return null if a call has to wait
   */
  synchronized @Nullable Permit tryAcquire() {
    long now = now();
    // A call that was let in before may still be about to be notified.
    if (!queue.isEmpty() || !signals.isIdle() || quota.next(now, 0).at() > now) {
      return null;
    }
    Permit permit = new Permit(positions++);
    quota.grant(permit);
    return permit;
  }

  /**
   * Waits for a permit. It goes back if it is not demanded before a cancel.
   *
   * @param deadline the reading of this gate's clock after which the permit is of no use
   * @param observer notified if the call has to wait
   */
  Mono<Permit> acquire(long deadline, WaitObserver observer) {
    return enqueue(NO_POSITION, deadline, observer);
  }

  /** Waits for another permit, in the position of one that was called back. */
  Mono<Permit> acquireAgain(Permit recalled, long deadline, WaitObserver observer) {
    return enqueue(recalled.position, deadline, observer);
  }

  /** The reading of the gate's clock, in nanoseconds. */
  long now() {
    return nanos.getAsLong() - epoch;
  }

  /** How long the next call waits at least, whoever makes it; zero if that is not known. */
  synchronized Duration pause() {
    long now = now();
    Turn turn = quota.next(now, 0);
    return turn.at() >= UNKNOWN || turn.at() <= now
        ? Duration.ZERO
        : Duration.ofNanos(turn.at() - now);
  }

  /** Sends {@code calls} at once or not at all, for callers that never wait. */
  public synchronized boolean trySend(int calls) {
    return queue.isEmpty() && quota.sendUnwatched(calls, now());
  }

  public synchronized int waiting() {
    return queue.size();
  }

  /** How many more calls the quota of this client allows now. */
  public synchronized int available() {
    return quota.available(now());
  }

  public synchronized int outstanding() {
    return quota.outstanding();
  }

  /** Changes the quota, for waiting calls too. */
  public void changeLimit(int calls) {
    synchronized (this) {
      quota.changeLimit(calls);
    }
    drain();
  }

  /** Uses up what the quota still allows in this window. */
  public synchronized void useUp() {
    quota.useUp(now());
  }

  private Mono<Permit> enqueue(long formerPosition, long deadline, WaitObserver observer) {
    return Mono.create(
        sink -> {
          boolean again = formerPosition != NO_POSITION;
          Waiter waiter;
          synchronized (this) {
            waiter = new Waiter(again ? formerPosition : positions++, sink, observer, deadline);
            long now = now();
            if (queue.size() >= maxWaiting && !again) {
              signals.add(() -> sink.error(new CallRefusedException(null, Duration.ZERO)));
            } else {
              int ahead = again ? queue.headSet(waiter).size() : queue.size();
              if (mayWait(waiter, quota.next(now, 0), now, ahead)) {
                queue.add(waiter);
              }
            }
          }
          sink.onCancel(waiter::cancel);
          drain();
        });
  }

  /** Lets in whoever may go, refuses whoever cannot in time, and sets the timer for the next. */
  private void drain() {
    synchronized (this) {
      long now = now();
      Turn turn = NOW;
      Iterator<Waiter> waiters = queue.iterator();
      while (waiters.hasNext()) {
        turn = quota.next(now, 0);
        if (turn.at() > now) {
          break;
        }
        Waiter waiter = waiters.next();
        waiters.remove();
        quota.grant(waiter.permit);
        waiter.granted = true;
        signals.add(() -> waiter.sink.success(waiter.permit));
      }
      if (queue.isEmpty()) {
        stopTimer();
      } else {
        announce(turn, now);
        startTimer(turn.at(), now);
      }
    }
    signals.send();
  }

  /** Looks again at every waiting call when the service has put the next call off. */
  private void announce(Turn turn, long now) {
    if (turn.reason() == CallQuota.Reason.QUOTA || turn.at() == announced) {
      return;
    }
    announced = turn.at();
    int ahead = 0;
    for (Iterator<Waiter> waiters = queue.iterator(); waiters.hasNext(); ) {
      if (mayWait(waiters.next(), turn, now, ahead)) {
        ahead++;
      } else {
        waiters.remove();
      }
    }
  }

  /**
   * Whether the wait can end in time, as far as can be known now. Notifies the waiter when the
   * reason of its wait is new, and refuses it when its turn comes too late.
   */
  private boolean mayWait(Waiter waiter, Turn turn, long now, int ahead) {
    WaitReason reason = reason(turn);
    long at = Math.max(turn.at() == UNKNOWN ? now : turn.at(), quota.estimate(now, ahead));
    Duration wait = Duration.ofNanos(Math.max(0, at - now));
    if (at > waiter.deadline) {
      signals.add(() -> waiter.sink.error(new CallRefusedException(reason, wait)));
      return false;
    }
    if (at > now && waiter.reason != reason) {
      waiter.reason = reason;
      signals.add(() -> waiter.observer.waiting(reason, wait));
    }
    return true;
  }

  private static WaitReason reason(Turn turn) {
    return switch (turn.reason()) {
      case QUOTA -> WaitReason.QUOTA;
      case SERVER_COUNT -> WaitReason.SERVER_QUOTA;
      case PAUSE -> WaitReason.THROTTLED;
    };
  }

  private void startTimer(long at, long now) {
    if (timer != null && timerAt == at) {
      return;
    }
    stopTimer();
    if (at != UNKNOWN) {
      timerAt = at;
      timer =
          Schedulers.parallel().schedule(this::wake, Math.max(0, at - now), TimeUnit.NANOSECONDS);
    }
  }

  private void wake() {
    synchronized (this) {
      timer = null;
    }
    drain();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.dispose();
      timer = null;
    }
  }

  private static long toNanos(Duration wait) {
    return wait.toSeconds() >= UNKNOWN / 1_000_000_000L ? UNKNOWN : wait.toNanos();
  }
}
