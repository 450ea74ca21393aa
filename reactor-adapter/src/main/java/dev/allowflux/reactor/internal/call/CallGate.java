package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.internal.quota.CallLine;
import dev.allowflux.internal.quota.CallQuota;
import dev.allowflux.internal.quota.CallQuota.Turn;
import dev.allowflux.internal.quota.QuotaPermit;
import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents.QuotaState;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.internal.call.StoreLink.Asked;
import dev.allowflux.reactor.internal.call.StoreLink.Held;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * The line in front of the quota: the state behind {@link ApiQuota}. Who may go when is decided by
 * {@link CallQuota} and, if there is one, by the store of {@link StoreLink}; {@link CallLine}
 * orders those who wait. This class adds the clock, one timer and the signals. Longer than most,
 * since all of that is guarded by one monitor.
 *
 * <p>State is guarded by the monitor of this object; each section under it is short and calls
 * nobody. Signals are sent outside it. No thread waits for a permit: waiters are entries of the
 * line, and one timer wakes the first.
 */
public final class CallGate {

  private static final long UNKNOWN = CallQuota.UNKNOWN;
  private static final boolean[] KINDS = {false, true};

  /** How soon to look again at calls that another quota of the process has overtaken. */
  private static final long LOOK_AGAIN = 5_000_000;

  private static final Turn NOW = new Turn(0, CallQuota.Reason.QUOTA);

  /**
   * How long exchanges go on after the last call: longer than one may take, so that what was asked
   * for a call that was cancelled is given back, and what a call reported at its end arrives.
   */
  private static final Duration AFTER_LAST_CALL = StoreLink.LONGEST_EXCHANGE.plusSeconds(1);

  private final int maxWaiting;
  private final LongSupplier nanos;
  private final long epoch;
  private final CallQuota<Permit> quota;
  private final @Nullable StoreLink store;
  private final Mono<Void> exchanges;

  /** Where exchanges begin, while a call is subscribed to them. */
  private @Nullable FluxSink<Asked> asks;

  private @Nullable Asked underWay;

  private final CallLine<Waiter> line = new CallLine<>();
  private long positions;

  /** Added under the monitor and sent outside it. */
  private final OrderedSignals signals = new OrderedSignals();

  private final @Nullable Scheduler scheduler;
  private @Nullable Disposable timer;
  private long timerAt;
  private long announced;

  /** The first call waited for the service, and not for the quota of this process. */
  private boolean serviceWaits;

  /**
   * Makes a gate that lets everything through which the quota allows.
   *
   * @param limits how many calls any window may hold, the largest integer for no limit; how many of
   *     them are kept for interactive calls, and how many of the service's are left to others
   * @param burst how many calls any second may hold
   * @param maxWaiting how many calls may wait at once
   * @param nanos the clock
   * @param store what other processes share, or null
   */
  public CallGate(
      Limits limits,
      BurstLimit burst,
      int maxWaiting,
      LongSupplier nanos,
      @Nullable QuotaStore store) {
    this(limits, burst, maxWaiting, nanos, null, store);
  }

  /**
   * Makes a gate with a timer of its own.
   *
   * @param scheduler wakes the calls that wait; null for {@link Schedulers#parallel()}
   */
  public CallGate(
      Limits limits,
      BurstLimit burst,
      int maxWaiting,
      LongSupplier nanos,
      @Nullable Scheduler scheduler,
      @Nullable QuotaStore store) {
    this.maxWaiting = maxWaiting;
    this.scheduler = scheduler;
    this.nanos = nanos;
    this.epoch = burst.epoch(nanos.getAsLong());
    this.quota =
        new CallQuota<>(
            limits.calls(), limits.kept(), limits.window().toNanos(), burst, limits.reserve());
    this.store = store == null ? null : new StoreLink(store, limits);
    this.exchanges =
        Flux.create(this::connect)
            .concatMap(this::exchange, 1)
            .publish(1)
            .refCount(1, AFTER_LAST_CALL)
            .then()
            // A call may come in the instant in which the exchanges end.
            .retryWhen(Retry.indefinitely().filter(CancellationException.class::isInstance));
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

    /** The place of the store that the permit stands for, until its end was reported. */
    private @Nullable Place place;

    /** After that, the permit is void. */
    private long unsentUntil = Long.MAX_VALUE;

    private Permit(long position, boolean bulk) {
      super(bulk);
      this.position = position;
    }

    /**
     * Completes if the permit is called back before its request is sent: the service takes no call
     * now, or the permit is void. The call may wait for another one, in the same position.
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
        long now = CallGate.this.now();
        if (now <= unsentUntil || super.isSent() || !quota.recall(this)) {
          return quota.send(this, now);
        }
        signals.add(recall::tryEmitEmpty);
      }
      drain();
      return false;
    }

    @Override
    public void written() {
      synchronized (CallGate.this) {
        quota.written(this, CallGate.this.now());
        if (line.isEmpty()) {
          return;
        }
      }
      drain();
    }

    @Override
    public void responded() {
      synchronized (CallGate.this) {
        long now = CallGate.this.now();
        quota.responded(this, now);
        reportEnd(now);
        if (isQuiet()) {
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
        if (!end(hold.toNanos()) || isQuiet()) {
          return;
        }
      }
      drain();
    }

    /** Returns whether it was not over before. */
    private boolean end(long hold) {
      long now = CallGate.this.now();
      if (!quota.close(this, now, hold)) {
        return false;
      }
      reportEnd(now + hold);
      return true;
    }

    /** The service responded, with or without its rate-limit state. */
    void passed(@Nullable RateLimit state) {
      synchronized (CallGate.this) {
        long now = CallGate.this.now();
        if (state == null) {
          quota.passed(this, now, null, 0);
          reportEnd(now);
        } else {
          long reset = toNanos(state.reset());
          quota.passed(this, now, state.remaining(), reset);
          reportEnd(now);
          if (store != null) {
            store.counted(state.remaining(), now + reset);
          }
        }
        if (isQuiet()) {
          return;
        }
      }
      drain();
    }

    /** The service responded with 429. {@code wait} is the one that it named, or null. */
    void refused(@Nullable Duration wait) {
      synchronized (CallGate.this) {
        Long named = wait == null ? null : toNanos(wait);
        long now = CallGate.this.now();
        callBack(quota.refused(this, now, named));
        reportEnd(now);
        if (store != null) {
          store.paused(now + quota.pauseLeft(now));
        }
      }
      drain();
    }

    /** The call cannot count after {@code at}, or was never sent. */
    private void reportEnd(long at) {
      Place held = place;
      if (store == null || held == null) {
        return;
      }
      place = null;
      if (super.isSent()) {
        store.ended(held, at);
      } else {
        store.unused(held);
      }
    }
  }

  private final class Waiter implements CallLine.Member {

    private final MonoSink<Permit> sink;
    private final WaitObserver observer;
    private final long deadline;
    private final Permit permit;
    private final Caller caller;
    private final boolean again;
    private @Nullable WaitReason reason;
    private boolean granted;

    Waiter(
        Permit permit,
        boolean again,
        Caller caller,
        MonoSink<Permit> sink,
        WaitObserver observer,
        long deadline) {
      this.permit = permit;
      this.again = again;
      this.caller = caller;
      this.sink = sink;
      this.observer = observer;
      this.deadline = deadline;
    }

    @Override
    public long position() {
      return permit.position;
    }

    @Override
    public boolean isBulk() {
      return caller.isBulk();
    }

    @Override
    public boolean isAgain() {
      return again;
    }

    @Override
    public Object account() {
      return caller.account();
    }

    @Override
    public Object job() {
      return caller.job();
    }

    void cancel() {
      synchronized (CallGate.this) {
        line.remove(this);
        // The grant may have won the race against the cancel, and nobody will take it. If its
        // request is sent, the call itself was cancelled, too, and knows how long to hold it.
        boolean givenBack = granted && !permit.isSent() && permit.end(0);
        if (isQuiet() || (!givenBack && store == null)) {
          return;
        }
      }
      drain();
    }
  }

  /**
   * Takes a permit that is free now. Whoever takes it has to close it.
   *
   * @return null if a call has to wait
   */
  synchronized @Nullable Permit tryAcquire(Caller caller) {
    // A call that was let in before may still be about to be notified.
    if (store != null || !line.isEmpty() || !signals.isIdle()) {
      return null;
    }
    long now = now();
    boolean bulk = caller.isBulk();
    if (quota.next(now, 0, bulk).at() > now) {
      return null;
    }
    Permit permit = new Permit(positions++, bulk);
    return quota.grant(permit, now) ? permit : null;
  }

  /**
   * Waits for a permit. It goes back if it is not demanded before a cancel.
   *
   * @param deadline the reading of this gate's clock after which the permit is of no use
   * @param observer notified if the call has to wait
   */
  Mono<Permit> acquire(Caller caller, long deadline, WaitObserver observer) {
    return enqueue(caller, null, deadline, observer);
  }

  /** Waits for another permit, in the position of one that was called back. */
  Mono<Permit> acquireAgain(Caller caller, Permit recalled, long deadline, WaitObserver observer) {
    return enqueue(caller, recalled, deadline, observer);
  }

  /** The reading of the gate's clock, in nanoseconds. */
  long now() {
    return nanos.getAsLong() - epoch;
  }

  /**
   * Runs a call. While it has a subscriber, the exchanges with the store are carried out, in its
   * Reactor context or that of another call.
   */
  <T> Mono<T> during(Mono<T> call) {
    return store == null ? call : call.takeUntilOther(exchanges);
  }

  /** How long the next call waits at least, whoever makes it; zero if that is not known. */
  synchronized Duration pause() {
    long now = now();
    Turn turn = quota.next(now, 0, false);
    return turn.at() >= UNKNOWN || turn.at() <= now
        ? Duration.ZERO
        : Duration.ofNanos(turn.at() - now);
  }

  /**
   * What the quota allows an interactive call now.
   *
   * @param server what the service says of its own count, or null if it did not say
   */
  public synchronized QuotaState state(@Nullable RateLimit server) {
    long now = now();
    Turn turn = quota.next(now, 0, false);
    boolean waits = turn.at() > now;
    return new Reports.QuotaState(
        quota.available(now),
        line.size(),
        !waits || turn.at() >= UNKNOWN ? Duration.ZERO : Duration.ofNanos(turn.at() - now),
        waits ? reason(turn) : null,
        server);
  }

  /**
   * Sends {@code calls} at once or not at all, for callers that never wait; none where a store
   * would have to be asked.
   */
  public synchronized boolean trySend(int calls) {
    return store == null && line.isEmpty() && quota.sendUnwatched(calls, now());
  }

  public synchronized int waiting() {
    return line.size();
  }

  /** How many more calls the quota of this client allows now. */
  public synchronized int available() {
    return quota.available(now());
  }

  public synchronized int outstanding() {
    return quota.outstanding();
  }

  /** Changes the quota, for waiting calls too. */
  public void changeLimit(int calls, int kept) {
    synchronized (this) {
      quota.changeLimit(calls, kept);
    }
    drain();
  }

  /** Uses up what the quota still allows in this window. */
  public synchronized void useUp() {
    quota.useUp(now());
  }

  private Mono<Permit> enqueue(
      Caller caller, @Nullable Permit recalled, long deadline, WaitObserver observer) {
    return Mono.create(
        sink -> {
          Waiter waiter;
          synchronized (this) {
            Permit permit =
                new Permit(recalled == null ? positions++ : recalled.position, caller.isBulk());
            waiter = new Waiter(permit, recalled != null, caller, sink, observer, deadline);
            if (store != null) {
              store.knows(caller.hold());
            }
            long now = now();
            if (line.size() >= maxWaiting && recalled == null) {
              signals.add(() -> sink.error(new CallRefusedException(null, Duration.ZERO)));
            } else if (mayWait(
                waiter, quota.next(now, 0, caller.isBulk()), now, line.ahead(waiter))) {
              line.add(waiter);
            }
          }
          sink.onCancel(waiter::cancel);
          drain();
        });
  }

  /** Whether there is nobody to serve and nothing to report. */
  private boolean isQuiet() {
    return line.isEmpty() && store == null;
  }

  private void callBack(List<Permit> permits) {
    for (Permit unused : permits) {
      signals.add(unused.recall::tryEmitEmpty);
    }
  }

  /** Lets in whoever may go, refuses whoever cannot in time, and sets the timer for the next. */
  private void drain() {
    synchronized (this) {
      long now = now();
      Turn turn = serve(now);
      if (line.isEmpty()) {
        stopTimer();
      } else {
        announce(turn, now);
        startTimer(turn.at(), now);
      }
      askStore(now);
      if (turn.at() == UNKNOWN && asks != null && underWay == null) {
        lookAgainSoon(now);
      }
    }
    signals.send();
  }

  /**
   * The store was to be asked for calls that wait, and was not: in between, another quota took what
   * was left of the burst that both share, and it tells nobody when that is free again.
   */
  private void lookAgainSoon(long now) {
    long soonest = UNKNOWN;
    for (boolean bulk : KINDS) {
      if (line.first(bulk) != null) {
        soonest = Math.min(soonest, quota.next(now, 0, bulk).at());
      }
    }
    startTimer(soonest == UNKNOWN ? UNKNOWN : Math.max(soonest, now + LOOK_AGAIN), now);
  }

  /** Lets in whoever may go and returns when the next one may. */
  private Turn serve(long now) {
    while (!line.isEmpty()) {
      boolean bulk = line.isTurnOfBulk();
      Turn turn = turn(bulk, now);
      if (turn.at() > now && line.first(!bulk) != null) {
        // Calls of the other kind may go where this one may not.
        Turn other = turn(!bulk, now);
        bulk ^= other.at() <= now;
        turn = other.at() < turn.at() ? other : turn;
      }
      Waiter waiter = line.first(bulk);
      if (turn.at() > now || waiter == null) {
        return turn;
      }
      if (!quota.grant(waiter.permit, now)) {
        return quota.next(now, 0, bulk);
      }
      line.serve(bulk);
      Held held = store == null ? null : store.take(bulk);
      if (held != null) {
        waiter.permit.place = held.place();
        waiter.permit.unsentUntil = held.leaseEnd() - waiter.caller.hold();
      }
      waiter.granted = true;
      signals.add(() -> waiter.sink.success(waiter.permit));
    }
    return NOW;
  }

  private Turn turn(boolean bulk, long now) {
    Turn turn = quota.next(now, 0, bulk);
    return store == null || turn.at() > now || store.has(bulk) ? turn : store.turn(bulk, now);
  }

  /** Reports to the store, and asks it for places where it alone holds calls back. */
  private void askStore(long now) {
    FluxSink<Asked> sink = asks;
    if (store == null || sink == null) {
      return;
    }
    Asked asked = store.ask(now, line.interactive(), line.bulk(), quota.room(now));
    if (asked != null) {
      underWay = asked;
      signals.add(() -> sink.next(asked));
    }
  }

  /** A call has subscribed to the exchanges where none was. */
  private void connect(FluxSink<Asked> sink) {
    synchronized (this) {
      abandon();
      asks = sink;
    }
    sink.onDispose(() -> disconnect(sink));
    drain();
  }

  private synchronized void disconnect(FluxSink<Asked> sink) {
    if (asks == sink) {
      abandon();
      asks = null;
    }
  }

  /** The exchange under way goes on no longer. It can only have reported: no call is left. */
  private void abandon() {
    if (store != null && underWay != null) {
      store.failed(underWay, now());
    }
    underWay = null;
  }

  private Mono<Void> exchange(Asked asked) {
    return store == null
        ? Mono.empty()
        : store
            .exchange(asked)
            .onErrorResume(failure -> Mono.fromRunnable(() -> failed(asked, failure)))
            .doOnNext(reply -> replied(asked, reply))
            .then();
  }

  private void replied(Asked asked, Reply reply) {
    synchronized (this) {
      if (store == null || !asked.equals(underWay)) {
        return;
      }
      underWay = null;
      long now = now();
      long wait = toNanos(reply.askAgain());
      store.replied(asked, reply, wait, now);
      WaitReason reason = reply.reason();
      if (reason == WaitReason.THROTTLED) {
        callBack(quota.paused(now, wait));
      }
      serve(now);
      if (reason != null) {
        Turn turn = new Turn(now + wait, StoreLink.reason(reason));
        if (reply.interactive().size() < asked.exchange().interactive()) {
          lookAgain(false, turn, now);
        }
        if (reply.bulk().size() < asked.exchange().bulk()) {
          lookAgain(true, turn, now);
        }
      }
    }
    drain();
  }

  private void failed(Asked asked, Throwable failure) {
    synchronized (this) {
      if (!asked.equals(underWay)) {
        return;
      }
      abandon();
      for (boolean bulk : KINDS) {
        for (Waiter waiter : line.inOrder(bulk)) {
          line.remove(waiter);
          signals.add(() -> waiter.sink.error(new CallRefusedException(failure)));
        }
      }
    }
    drain();
  }

  /** Looks again at every waiting call when the service has put the next call off. */
  private void announce(Turn turn, long now) {
    if (turn.reason() == CallQuota.Reason.QUOTA) {
      if (serviceWaits) {
        serviceWaits = false;
        announceQuota(turn, now);
      }
      return;
    }
    serviceWaits = true;
    if (turn.at() == announced) {
      return;
    }
    announced = turn.at();
    for (boolean bulk : KINDS) {
      lookAgain(bulk, turn, now);
    }
  }

  /** Notifies the calls that waited for the service and now wait for the quota of this process. */
  private void announceQuota(Turn turn, long now) {
    for (boolean bulk : KINDS) {
      int ahead = 0;
      for (Waiter waiter : line.inOrder(bulk)) {
        long at = Math.max(turn.at(), quota.estimate(now, ahead++, bulk));
        notifyOf(waiter, WaitReason.QUOTA, Duration.ofNanos(Math.max(0, at - now)));
      }
    }
  }

  private void notifyOf(Waiter waiter, WaitReason reason, Duration wait) {
    if (waiter.reason != reason) {
      waiter.reason = reason;
      signals.add(() -> waiter.observer.waiting(reason, wait));
    }
  }

  /** Refuses the calls that wait past their deadlines, and notifies the others. */
  private void lookAgain(boolean bulk, Turn turn, long now) {
    int ahead = 0;
    for (Waiter waiter : line.inOrder(bulk)) {
      if (mayWait(waiter, turn, now, ahead)) {
        ahead++;
      } else {
        line.remove(waiter);
      }
    }
  }

  /**
   * Whether the wait can end in time, as far as can be known now. Notifies the waiter when the
   * reason of its wait is new, and refuses it when its turn comes too late.
   */
  private boolean mayWait(Waiter waiter, Turn turn, long now, int ahead) {
    WaitReason reason = reason(turn);
    long at =
        Math.max(
            turn.at() == UNKNOWN ? now : turn.at(), quota.estimate(now, ahead, waiter.isBulk()));
    Duration wait = Duration.ofNanos(Math.max(0, at - now));
    if (at > waiter.deadline) {
      signals.add(() -> waiter.sink.error(new CallRefusedException(reason, wait)));
      return false;
    }
    if (at > now) {
      notifyOf(waiter, reason, wait);
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
          (scheduler == null ? Schedulers.parallel() : scheduler)
              .schedule(this::wake, Math.max(0, at - now), TimeUnit.NANOSECONDS);
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
