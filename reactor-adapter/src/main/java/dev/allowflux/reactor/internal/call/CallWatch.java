package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.CallEvents.AttemptEnd;
import dev.allowflux.reactor.CallEvents.CallEnd;
import dev.allowflux.reactor.CallEvents.Outcome;
import dev.allowflux.reactor.CallEvents.QuotaState;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.OutgoingRequest;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the observer hears of one call: everything once and in order, and nothing after the end.
 * There is none where there is no observer.
 *
 * <p>The call is driven by one thread at a time, but its time limit, its cancel and the closing of
 * the client may come from another. So what is known is guarded by the monitor of this object, and
 * the observer is notified outside it, by one thread at a time.
 */
final class CallWatch {

  private final CallEvents events;
  private final CallEvents.Call call;
  private final CallGate gate;
  private final OrderedSignals signals = new OrderedSignals();
  private final long startedAt;

  private final Map<WaitReason, Duration> waits = new EnumMap<>(WaitReason.class);
  private Duration backoff = Duration.ZERO;

  /** The call waits, for a permit or, without a reason, between two attempts. */
  private boolean waiting;

  private @Nullable WaitReason reason;
  private long waitingSince;

  /** A retry that goes back to the gate at once, and that the gate may still refuse. */
  private @Nullable Runnable heldRetry;

  private int attempts;
  private boolean attemptOpen;
  private long attemptSince;
  private Map<String, String> headers = Map.of();

  private boolean ended;

  CallWatch(CallEvents events, CallEvents.Call call, CallGate gate) {
    this.events = events;
    this.call = call;
    this.gate = gate;
    this.startedAt = gate.now();
  }

  void started() {
    add(() -> events.started(call));
    signals.send();
  }

  /** The call waits for its permit. */
  void waiting(WaitReason why, Duration expected) {
    synchronized (this) {
      retryGoesOn();
      startWait(why);
      add(() -> events.waiting(call, why, expected));
    }
    signals.send();
  }

  /**
   * An attempt has its permit. One whose permit was called back before it was sent goes on here,
   * and is not reported again.
   *
   * @return the headers that the observer adds to it
   */
  Map<String, String> attemptStarts(ApiRequest request, int number, String baseUrl) {
    OutgoingRequest outgoing;
    synchronized (this) {
      retryGoesOn();
      endWait();
      if (attemptOpen) {
        return headers;
      }
      attemptOpen = true;
      attempts = number;
      attemptSince = gate.now();
      outgoing =
          new OutgoingRequest(
              call.operation(), number, request.method().name(), baseUrl, request.pathAndQuery());
      add(() -> events.sending(call, outgoing));
    }
    signals.send();
    Map<String, String> added = outgoing.headers();
    synchronized (this) {
      headers = added;
    }
    return added;
  }

  /** The attempt under way has ended; without a status and a failure, it was cancelled. */
  void attemptEnds(
      @Nullable Integer status,
      @Nullable String cfRay,
      @Nullable RateLimit server,
      @Nullable EmailSecurityException failure) {
    synchronized (this) {
      if (!attemptOpen) {
        return;
      }
      closeAttempt(status, cfRay, failure);
      if (status != null) {
        QuotaState state = gate.state(server);
        add(() -> events.quota(call, state));
      }
    }
    signals.send();
  }

  private void closeAttempt(
      @Nullable Integer status, @Nullable String cfRay, @Nullable EmailSecurityException failure) {
    attemptOpen = false;
    Duration elapsed = since(attemptSince);
    AttemptEnd end = new Reports.AttemptEnd(attempts, elapsed, status, cfRay, failure);
    add(() -> events.attempted(call, end));
  }

  /** An attempt will be retried after a wait, or once the gate lets it go. */
  void retrying(int number, Duration wait, EmailSecurityException failure) {
    synchronized (this) {
      Runnable event = () -> events.retrying(call, number, wait, failure);
      if (wait.isZero()) {
        heldRetry = event;
      } else {
        add(event);
        startWait(null);
      }
    }
    signals.send();
  }

  void succeeded() {
    end(Outcome.SUCCESS, null);
  }

  void failed(Throwable failure, boolean closed) {
    end(outcome(failure, closed), failure);
  }

  void cancelled() {
    end(Outcome.CANCELLED, null);
  }

  private void end(Outcome outcome, @Nullable Throwable failure) {
    synchronized (this) {
      if (ended) {
        return;
      }
      endWait();
      if (attemptOpen) {
        closeAttempt(null, null, null);
      }
      CallEnd end =
          new Reports.CallEnd(outcome, attempts, since(startedAt), waits, backoff, failure);
      add(() -> events.ended(call, end));
      ended = true;
    }
    signals.send();
  }

  private static Outcome outcome(Throwable failure, boolean closed) {
    if (failure instanceof Rejected) {
      return Outcome.REJECTED;
    }
    if (failure instanceof Throttled) {
      return Outcome.THROTTLED;
    }
    if (failure instanceof Unavailable) {
      return Outcome.UNAVAILABLE;
    }
    if (failure instanceof OutcomeUnknown) {
      return Outcome.OUTCOME_UNKNOWN;
    }
    if (failure instanceof Malformed) {
      return Outcome.MALFORMED;
    }
    return closed && failure instanceof IllegalStateException ? Outcome.CLOSED : Outcome.ERROR;
  }

  private void retryGoesOn() {
    Runnable retry = heldRetry;
    if (retry != null) {
      heldRetry = null;
      add(retry);
    }
  }

  private void startWait(@Nullable WaitReason why) {
    endWait();
    waiting = true;
    reason = why;
    waitingSince = gate.now();
  }

  private void endWait() {
    if (waiting) {
      waiting = false;
      Duration waited = since(waitingSince);
      WaitReason why = reason;
      if (why == null) {
        backoff = backoff.plus(waited);
      } else {
        waits.merge(why, waited, Duration::plus);
      }
    }
  }

  private Duration since(long then) {
    return Duration.ofNanos(Math.max(0, gate.now() - then));
  }

  private synchronized void add(Runnable event) {
    if (!ended) {
      signals.add(event);
    }
  }
}
