package dev.allowflux.reactor.internal.call;

import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents.WaitReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.Set;
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
 * Who may call next, and when: the state behind {@link ApiQuota}.
 *
 * <p>Four things hold a call back: the pause after a 429, the service's own count of the calls
 * left, the quota of this process in any window, and the burst in any second. The quota is exact
 * because it counts sends, not grants: a permit that was granted and not yet used occupies a place,
 * becomes a time in {@link SendTimes} when its request is written, and is given back when it never
 * is.
 *
 * <p>State is guarded by the monitor of this object; each section under it is short and calls
 * nobody. Signals are sent outside it. Nobody waits on it for a permit: waiters are entries of a
 * queue, and one timer wakes the first.
 */
public final class CallGate {

  private static final long SECOND = 1_000_000_000L;
  private static final long NO_PLACE = -1;
  private static final long FOREVER = Long.MAX_VALUE / 4;
  private static final long FIRST_UNNAMED_PAUSE = 2 * SECOND;
  private static final long LAST_UNNAMED_PAUSE = 300 * SECOND;

  private final long window;
  private final int burst;
  private final int reserve;
  private final int maxWaiting;
  private final LongSupplier nanos;
  private final long epoch;

  private final SendTimes sends = new SendTimes();

  /** Who waits, by place: a call that was called back keeps the place it had. */
  private final NavigableSet<Waiter> queue =
      new TreeSet<>(Comparator.comparingLong((Waiter waiter) -> waiter.permit.place));

  private long places;
  private int quota;

  /** Permits granted whose request is not written yet. */
  private final Set<Permit> unsent = new LinkedHashSet<>();

  /** Permits granted whose attempt has not ended yet, sent or not. */
  private int outstanding;

  /** Permits whose attempt has ended. */
  private long ended;

  private long pausedUntil;
  private long unnamedPause;

  /** How many calls the service will still take before {@link #serverReset}, if it said so. */
  private long serverLeft = FOREVER;

  private long serverLowest = FOREVER;
  private long serverReset;

  /** The call that goes ahead and asks, once the service's count ran out and its reset passed. */
  private @Nullable Permit probe;

  /** What is to be signalled, in order; sent by one thread at a time, outside the monitor. */
  private final Queue<Runnable> signals = new ArrayDeque<>();

  private boolean signalling;

  private @Nullable Disposable timer;
  private long timerAt;
  private long announced;

  public CallGate(
      int quota, Duration window, int burst, int reserve, int maxWaiting, LongSupplier nanos) {
    this.quota = quota;
    this.window = window.toNanos();
    this.burst = burst;
    this.reserve = reserve;
    this.maxWaiting = maxWaiting;
    this.nanos = nanos;
    this.epoch = nanos.getAsLong();
    if (reserve > 0) {
      // Until the service has said more: others may spend their share while the first calls run.
      serverLeft = (long) quota + reserve;
    }
  }

  /** Is told what a waiting call waits for. */
  interface WaitObserver {
    void waiting(WaitReason reason, Duration expected);
  }

  /** A call was not let in: its wait would outlast its deadline, or too many wait already. */
  static final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable WaitReason reason;
    private final Duration wait;

    Refused(@Nullable WaitReason reason, Duration wait) {
      super(null, null, false, false);
      this.reason = reason;
      this.wait = wait;
    }

    /** What the call would wait for, or null if the queue is full. */
    @Nullable WaitReason reason() {
      return reason;
    }

    Duration waitTime() {
      return wait;
    }
  }

  /** Leave to send one request. */
  final class Permit {

    private final long place;

    /** Signalled once, in the order of the other signals, so that it needs no guard of its own. */
    private final Sinks.Empty<Void> recall = Sinks.unsafe().empty();

    private boolean sent;
    private boolean closed;
    private boolean recalled;
    private long sentAt;

    /** How many attempts had ended when the request was written. */
    private long endedBefore;

    private Permit(long place) {
      this.place = place;
    }

    /**
     * Completes if the permit is called back before its request is written: the service wants
     * nobody to call now. The call may wait for another one, in the same place.
     */
    Mono<Void> recall() {
      return recall.asMono();
    }

    boolean isRecalled() {
      synchronized (CallGate.this) {
        return recalled;
      }
    }

    /**
     * The request is about to be written: from now on the permit is used up.
     *
     * @return false if it must not be written: the permit was called back or closed meanwhile
     */
    boolean sent() {
      synchronized (CallGate.this) {
        if (closed || recalled) {
          return false;
        }
        if (sent) {
          return true;
        }
        sent = true;
        sentAt = now();
        endedBefore = ended;
        unsent.remove(this);
        record(sentAt);
        if (queue.isEmpty() || timer != null) {
          return true;
        }
      }
      // The first in the queue waited for this send to have a time.
      drain();
      return true;
    }

    /** The attempt is over. A permit that was not used goes back. Only the first call counts. */
    void close() {
      synchronized (CallGate.this) {
        if (closed) {
          return;
        }
        closed = true;
        outstanding--;
        ended++;
        if (!sent) {
          unsent.remove(this);
          if (!recalled && serverLeft != FOREVER) {
            serverLeft++;
          }
        }
        if (probe == this) {
          // The call that went ahead brought no answer, so another one must.
          probe = null;
        }
        if (queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    /** The service answered, with or without its rate-limit state. */
    void answered(@Nullable RateLimit said) {
      synchronized (CallGate.this) {
        if (sentAt >= pausedUntil) {
          unnamedPause = 0;
        }
        if (said != null) {
          learn(said, this);
        } else if (probe == this || serverLowest == FOREVER) {
          forgetServer();
        }
        if (queue.isEmpty()) {
          return;
        }
      }
      drain();
    }

    /** The service answered 429. {@code wait} is what it named, or null. */
    void throttled(@Nullable Duration wait) {
      synchronized (CallGate.this) {
        long now = now();
        long pause;
        if (wait != null && !wait.isZero()) {
          pause = toNanos(wait);
        } else if (now < pausedUntil) {
          // One burst of refusals is one step of the doubling.
          pause = 0;
        } else {
          unnamedPause =
              unnamedPause == 0
                  ? FIRST_UNNAMED_PAUSE
                  : Math.min(LAST_UNNAMED_PAUSE, unnamedPause * 2);
          pause = unnamedPause;
        }
        pausedUntil = Math.max(pausedUntil, now + pause);
        serverLeft = reserve;
        serverLowest = 0;
        serverReset = pausedUntil;
        probe = null;
        for (Permit waiting : unsent) {
          waiting.recalled = true;
          signals.add(waiting.recall::tryEmitEmpty);
        }
        unsent.clear();
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

    Waiter(long place, MonoSink<Permit> sink, WaitObserver observer, long deadline) {
      this.permit = new Permit(place);
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
      if (giveBack) {
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
    // Whoever was let in before may still be about to be told.
    boolean told = !signalling && signals.isEmpty();
    if (!queue.isEmpty() || !told || next(now, 0).at > now) {
      return null;
    }
    Permit permit = new Permit(places++);
    take(permit);
    return permit;
  }

  /**
   * Waits for a permit. It goes back if it is not demanded before a cancel.
   *
   * @param deadline the reading of this gate's clock after which the permit is of no use
   * @param observer told if the call has to wait
   */
  Mono<Permit> acquire(long deadline, WaitObserver observer) {
    return enqueue(NO_PLACE, deadline, observer);
  }

  /** Waits for another permit, in the place of one that was called back. */
  Mono<Permit> acquireAgain(Permit recalled, long deadline, WaitObserver observer) {
    return enqueue(recalled.place, deadline, observer);
  }

  /** The reading of the gate's clock, in nanoseconds. */
  long now() {
    return nanos.getAsLong() - epoch;
  }

  /** Sends {@code calls} at once or not at all, for callers that never wait. */
  public synchronized boolean trySend(int calls) {
    long now = now();
    for (int i = 0; i < calls; i++) {
      if (!queue.isEmpty() || next(now, i).at > now) {
        return false;
      }
    }
    for (int i = 0; i < calls; i++) {
      record(now);
      if (serverLeft != FOREVER) {
        serverLeft--;
      }
    }
    return true;
  }

  public synchronized int waiting() {
    return queue.size();
  }

  /** How many more calls the quota of this process allows now. */
  public synchronized int available() {
    long start = now() - window;
    int old = 0;
    while (old < sends.size() && sends.get(old) <= start) {
      old++;
    }
    return Math.max(0, quota - (sends.size() - old) - unsent.size());
  }

  public synchronized int outstanding() {
    return outstanding;
  }

  public void changeQuota(int calls) {
    synchronized (this) {
      quota = calls;
    }
    drain();
  }

  /** Uses up what the quota of this process still allows in this window. */
  public synchronized void useUp() {
    if (quota == Integer.MAX_VALUE) {
      return;
    }
    long now = now();
    for (int left = available(); left > 0; left--) {
      sends.add(now);
    }
  }

  private Mono<Permit> enqueue(long formerPlace, long deadline, WaitObserver observer) {
    return Mono.create(
        sink -> {
          boolean again = formerPlace != NO_PLACE;
          Waiter waiter;
          synchronized (this) {
            waiter = new Waiter(again ? formerPlace : places++, sink, observer, deadline);
            long now = now();
            if (queue.size() >= maxWaiting && !again) {
              signals.add(() -> sink.error(new Refused(null, Duration.ZERO)));
            } else {
              int ahead = again ? queue.headSet(waiter).size() : queue.size();
              if (mayWait(waiter, next(now, 0), now, ahead)) {
                queue.add(waiter);
              }
            }
          }
          sink.onCancel(waiter::cancel);
          drain();
        });
  }

  private void take(Permit permit) {
    unsent.add(permit);
    outstanding++;
    if (serverLeft != FOREVER) {
      if (serverLeft <= reserve) {
        probe = permit;
      }
      serverLeft--;
    }
  }

  private void record(long now) {
    if (quota != Integer.MAX_VALUE || burst != Integer.MAX_VALUE) {
      sends.add(now);
    }
  }

  /** When the next call may go and what it waits for until then. */
  private record Turn(long at, WaitReason reason) {}

  private static final Turn NOW = new Turn(0, WaitReason.QUOTA);

  /** The turn of the call that stands behind {@code ahead} others. */
  private Turn next(long now, int ahead) {
    if (now < pausedUntil) {
      return new Turn(pausedUntil, WaitReason.THROTTLED);
    }
    if (serverLeft != FOREVER) {
      long left = serverLeft - ahead;
      if (left <= reserve) {
        if (now < serverReset) {
          return new Turn(serverReset, WaitReason.SERVER_QUOTA);
        }
        if (probe != null || ahead > 0) {
          return new Turn(FOREVER, WaitReason.SERVER_QUOTA);
        }
      } else if (left - (long) reserve * (outstanding + ahead) <= reserve) {
        // Others may spend their share before the answer to each call that is under way.
        return new Turn(FOREVER, WaitReason.SERVER_QUOTA);
      }
    }
    sends.forgetUntil(now - Math.max(window, SECOND));
    Turn turn = turnOf(quota, window, now, ahead);
    return turn.at > now ? turn : turnOf(burst, SECOND, now, ahead);
  }

  /** The turn under the rule of at most {@code limit} sends in any {@code span}. */
  private Turn turnOf(int limit, long span, long now, int ahead) {
    if (limit == Integer.MAX_VALUE) {
      return NOW;
    }
    // The send that must have left the span before this call may go.
    int before = sends.size() + unsent.size() + ahead - limit;
    if (before < 0) {
      return NOW;
    }
    if (before >= sends.size()) {
      return new Turn(FOREVER, WaitReason.QUOTA);
    }
    long at = sends.get(before) + span;
    return at <= now ? NOW : new Turn(at, WaitReason.QUOTA);
  }

  private void learn(RateLimit said, Permit by) {
    long now = now();
    long reset = toNanos(said.reset());
    if (said.remaining() <= serverLowest) {
      // The calls under way, but for the one that was answered, may not be counted in it yet.
      serverLeft = said.remaining() - (outstanding - 1);
    } else if (now >= serverReset || by.sentAt + reset - SECOND >= serverReset) {
      // A later window, or calls that left a sliding one. The answer may be older than others that
      // were seen before, so none that was under way beside it counts as counted.
      serverLeft = said.remaining() - (ended + outstanding - by.endedBefore - 1);
    } else {
      return;
    }
    serverLowest = said.remaining();
    // Whole seconds, which may have been rounded down.
    serverReset = now + reset + SECOND;
    probe = null;
  }

  private void forgetServer() {
    serverLeft = FOREVER;
    serverLowest = FOREVER;
    probe = null;
  }

  /** Lets in whoever may go, refuses whoever cannot in time, and sets the timer for the next. */
  private void drain() {
    synchronized (this) {
      long now = now();
      Turn turn = NOW;
      Iterator<Waiter> waiters = queue.iterator();
      while (waiters.hasNext()) {
        turn = next(now, 0);
        if (turn.at > now) {
          break;
        }
        Waiter waiter = waiters.next();
        waiters.remove();
        take(waiter.permit);
        waiter.granted = true;
        signals.add(() -> waiter.sink.success(waiter.permit));
      }
      if (queue.isEmpty()) {
        stopTimer();
      } else {
        announce(turn, now);
        startTimer(turn.at, now);
      }
    }
    signal();
  }

  /**
   * Sends the signals. A signal may lead to another one, through this method again or on another
   * thread; whoever is sending already sends that too, so that nobody overtakes.
   */
  private void signal() {
    synchronized (this) {
      if (signalling) {
        return;
      }
      signalling = true;
    }
    boolean done = false;
    try {
      for (Runnable signal = nextSignal(); signal != null; signal = nextSignal()) {
        signal.run();
      }
      done = true;
    } finally {
      if (!done) {
        stopSignalling();
      }
    }
  }

  private synchronized void stopSignalling() {
    signalling = false;
  }

  private synchronized @Nullable Runnable nextSignal() {
    Runnable signal = signals.poll();
    signalling = signal != null;
    return signal;
  }

  /** Looks again at everyone who waits when the service has put the next call off. */
  private void announce(Turn turn, long now) {
    if (turn.reason == WaitReason.QUOTA || turn.at == announced) {
      return;
    }
    announced = turn.at;
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
   * Whether the wait can end in time, as far as can be known now. Tells the waiter what it waits
   * for when that is new, and refuses it when it comes too late.
   */
  private boolean mayWait(Waiter waiter, Turn turn, long now, int ahead) {
    long at = Math.max(turn.at == FOREVER ? now : turn.at, estimate(now, ahead));
    Duration wait = Duration.ofNanos(Math.max(0, at - now));
    if (at > waiter.deadline) {
      signals.add(() -> waiter.sink.error(new Refused(turn.reason, wait)));
      return false;
    }
    if (at > now && waiter.reason != turn.reason) {
      waiter.reason = turn.reason;
      signals.add(() -> waiter.observer.waiting(turn.reason, wait));
    }
    return true;
  }

  /** The earliest time at which the quota lets a call through that stands behind others. */
  private long estimate(long now, int ahead) {
    if (quota == Integer.MAX_VALUE || sends.size() == 0) {
      return now;
    }
    int before = sends.size() + unsent.size() + ahead - quota;
    return before < 0 ? now : sends.get(before % sends.size()) + window * (1 + before / quota);
  }

  private void startTimer(long at, long now) {
    if (timer != null && timerAt == at) {
      return;
    }
    stopTimer();
    if (at != FOREVER) {
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
    return wait.toSeconds() >= FOREVER / SECOND ? FOREVER : wait.toNanos();
  }
}
