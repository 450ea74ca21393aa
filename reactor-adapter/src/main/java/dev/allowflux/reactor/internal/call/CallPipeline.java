package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.Attempt;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.RetryPolicy;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.reactor.internal.call.CallGate.Refused;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * From a described call to its value or its one failure: permit, attempt, retry, time limit.
 *
 * <p>All state of a call belongs to its subscription. What to repeat and when is decided by {@link
 * RetryPolicy}; this class adds what needs a clock or is shared: the gate, the retry quota, the
 * deadline.
 */
public final class CallPipeline {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicyClient.class);

  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(8);

  public static final long NO_DEADLINE = Long.MAX_VALUE / 8;

  private final Transport transport;
  private final CallGate gate;
  private final QuotaAccess quota;
  private final RetryBudget retryQuota = new RetryBudget();
  private final Retry retry;
  private final Duration operationTimeout;
  private final Duration maxBackoff;
  private final CallEvents events;
  private volatile boolean closed;

  public CallPipeline(ClientSettings settings, QuotaAccess quota, Transport transport) {
    this.transport = transport;
    this.quota = quota;
    this.gate = quota.gate();
    this.operationTimeout = settings.operationTimeout();
    this.maxBackoff = settings.maxBackoff();
    this.events = settings.events();
    RetryPolicy rules =
        new RetryPolicy(settings.maxAttempts(), settings.firstBackoff(), LONGEST_BACKOFF);
    this.retry =
        Retry.of(
            "allowflux",
            RetryConfig.<Object>custom()
                .maxAttempts(settings.maxAttempts())
                .retryOnException(EmailSecurityException.class::isInstance)
                .intervalBiFunction(
                    (attempt, outcome) ->
                        waitMillis(rules, (EmailSecurityException) outcome.getLeft(), attempt))
                .build());
  }

  private static long waitMillis(RetryPolicy rules, EmailSecurityException failure, int attempt) {
    Duration wait = rules.decide(failure, attempt, ThreadLocalRandom.current().nextDouble());
    return wait == null ? -1 : wait.toMillis();
  }

  /** From now on, no attempt is sent. */
  public void close() {
    closed = true;
  }

  /** The moment, on the clock of {@link #call}, at which a time limit that starts now runs out. */
  public long deadlineIn(Duration limit) {
    return limit.isZero() ? NO_DEADLINE : gate.now() + limit.toNanos();
  }

  /** The failure of a listing whose own time limit ran out. */
  public static EmailSecurityException streamOutOfTime(AccountId account, Duration limit) {
    return new Unavailable(
        FailureDetails.builder(Operation.LIST, account).build(),
        "the whole listing was not done within " + limit.toSeconds() + " s",
        null);
  }

  /**
   * Carries out a call.
   *
   * @param deadline when it must be over, if that is sooner than its own time limit
   */
  public <T> Mono<ApiResult<T>> call(ApiCall<T> call, long deadline) {
    return Mono.deferContextual(context -> new Run<>(call, deadline, context).whole())
        .checkpoint(call.request().operation().label());
  }

  /** One call of one subscriber. */
  private final class Run<T> {

    private final ApiCall<T> call;
    private final Operation operation;
    private final CallEvents.Call view;
    private final long deadline;

    /** What the retry layer knows of this call; none before its first failure. */
    private Retry.@Nullable AsyncContext<Object> attempts;

    private int number = 1;
    private long attemptStarted;
    private int retryCost;
    private Duration backoff = Duration.ZERO;

    /** The attempts that failed; replaced, never changed, since a timer thread may read it. */
    private volatile List<Attempt> history = List.of();

    private volatile @Nullable EmailSecurityException lastFailure;

    /** The request of the attempt under way was handed to the connection. */
    private volatile boolean sent;

    /** The call holds a permit. */
    private volatile boolean permitted;

    /** An attempt was sent, and nothing tells whether it was carried out. */
    private volatile boolean doubtful;

    Run(ApiCall<T> call, long streamDeadline, ContextView context) {
      this.call = call;
      this.operation = call.request().operation();
      this.view = new CallEvents.Call(operation, call.request().account(), context);
      this.deadline = Math.min(deadlineIn(operationTimeout), streamDeadline);
    }

    Mono<ApiResult<T>> whole() {
      return deadline == NO_DEADLINE
          ? attempt()
          : attempt()
              .timeout(
                  Duration.ofNanos(Math.max(0, deadline - gate.now())),
                  Mono.error(() -> last(outOfTime())),
                  Schedulers.parallel());
    }

    private Mono<ApiResult<T>> attempt() {
      if (closed) {
        return Mono.error(new IllegalStateException("the client is closed"));
      }
      RateLimiter limiter = quota.foreignLimiter();
      if (limiter != null) {
        return foreignWait(limiter).then(Mono.defer(this::ownAttempt));
      }
      return ownAttempt();
    }

    private Mono<ApiResult<T>> ownAttempt() {
      Permit permit = gate.tryAcquire();
      return permit == null ? exchange(gate.acquire(deadline, this::waiting)) : exchange(permit);
    }

    private Mono<ApiResult<T>> exchange(Mono<Permit> permit) {
      return permit.onErrorMap(Refused.class, this::refused).flatMap(this::exchange);
    }

    /** Waits as long as the caller's limiter says; what it reserved is lost on cancel. */
    private Mono<Void> foreignWait(RateLimiter limiter) {
      long wait = limiter.reservePermission();
      if (wait < 0 || gate.now() + wait > deadline) {
        return Mono.error(
            refused(new Refused(WaitReason.QUOTA, Duration.ofNanos(Math.max(0, wait)))));
      }
      if (wait == 0) {
        return Mono.empty();
      }
      Duration delay = Duration.ofNanos(wait);
      waiting(WaitReason.QUOTA, delay);
      return Mono.delay(delay).then();
    }

    /** One attempt, to be subscribed to at once: whatever ends it gives the permit back. */
    private Mono<ApiResult<T>> exchange(Permit permit) {
      permitted = true;
      sent = false;
      attemptStarted = gate.now();
      if (closed) {
        permit.close();
        return Mono.error(new IllegalStateException("the client is closed"));
      }
      tell(quota.granted());
      return transport
          .exchange(
              call.request(),
              call.reader(),
              () -> {
                sent = permit.sent();
                return sent;
              })
          .doOnNext(result -> succeeded(permit, result))
          .doOnCancel(() -> cancelled(permit))
          .takeUntilOther(permit.recall())
          .onErrorResume(failure -> failed(permit, failure))
          .switchIfEmpty(Mono.defer(() -> afterRecall(permit)));
    }

    /** The same attempt, whose permit was called back while it waited for a connection. */
    private Mono<ApiResult<T>> afterRecall(Permit recalled) {
      return exchange(gate.acquireAgain(recalled, deadline, this::waiting));
    }

    private void succeeded(Permit permit, ApiResult<T> result) {
      permit.answered(result.rateLimit());
      permit.close();
      permitted = false;
      if (attempts != null) {
        attempts.onComplete();
      }
      retryQuota.succeeded(retryCost);
      attempted(result.status(), null);
    }

    /** What follows a failed attempt; nothing if it has not begun after all. */
    private Mono<ApiResult<T>> failed(Permit permit, Throwable cause) {
      if (recalled(permit)) {
        return Mono.empty();
      }
      if (!(cause instanceof EmailSecurityException failure)) {
        permit.close();
        permitted = false;
        return Mono.error(cause);
      }
      if (failure instanceof Throttled && failure.details().status() != null) {
        permit.throttled(failure.details().retryAfter());
      } else if (failure.details().status() != null) {
        permit.answered(failure.details().rateLimit());
      }
      permit.close();
      permitted = false;
      doubtful |= leavesDoubt(failure);
      attempted(failure.details().status(), failure);
      return again(failure);
    }

    private void cancelled(Permit permit) {
      if (!recalled(permit)) {
        permit.close();
        attempted(null, null);
      }
    }

    /** Whether the attempt has not begun after all: its permit was called back. */
    private boolean recalled(Permit permit) {
      if (!permit.isRecalled()) {
        return false;
      }
      permit.close();
      permitted = false;
      return true;
    }

    /** Whether a failed attempt may have been carried out all the same. */
    private boolean leavesDoubt(EmailSecurityException failure) {
      return operation.isWrite()
          && failure.details().requestSent() != Sent.NO
          && (failure instanceof Unavailable || failure instanceof Malformed);
    }

    private Mono<ApiResult<T>> again(EmailSecurityException failure) {
      T gone = call.whenGone();
      if (doubtful
          && gone != null
          && failure instanceof Rejected rejected
          && rejected.reason() == RejectionReason.NOT_FOUND) {
        return Mono.just(
            new ApiResult<>(
                gone, 404, List.of(), failure.details().cfRay(), failure.details().rateLimit()));
      }
      if (attempts == null) {
        attempts = retry.asyncContext();
      }
      long millis = attempts.onError(failure);
      if (millis < 0) {
        return Mono.error(last(failure));
      }
      Duration wait = Duration.ofMillis(millis);
      boolean named = failure.details().retryAfter() != null;
      Duration total = named ? backoff : backoff.plus(wait);
      if (gate.now() + wait.toNanos() >= deadline
          || (!maxBackoff.isZero() && total.compareTo(maxBackoff) > 0)
          || !retryQuota.take(RetryBudget.cost(failure))) {
        return Mono.error(last(failure));
      }
      backoff = total;
      retryCost = RetryBudget.cost(failure);
      tell(() -> events.retrying(view, number, wait, failure));
      number++;
      Mono<ApiResult<T>> next = Mono.defer(this::attempt);
      return wait.isZero() ? next : Mono.delay(wait).then(next);
    }

    /** The failure that the caller sees. */
    private EmailSecurityException last(EmailSecurityException failure) {
      // The refusal of a repetition says nothing about the attempt before it that got no answer.
      EmailSecurityException told = doubtful ? OutcomeUnknown.from(failure, call.hint()) : failure;
      return told.withAttempts(history);
    }

    private EmailSecurityException outOfTime() {
      String limit = "not done within its time limit";
      if (!permitted) {
        EmailSecurityException failure = lastFailure;
        return failure == null || failure instanceof Throttled
            ? new Throttled(details(Sent.NO, null), limit + ", waited for the rate limit")
            : new Unavailable(details(Sent.NO, null), limit + ", waited to repeat it", failure);
      }
      doubtful |= sent && operation.isWrite();
      return new Unavailable(details(sent ? Sent.UNKNOWN : Sent.NO, null), limit, null);
    }

    private EmailSecurityException refused(Refused refused) {
      tell(quota.refused());
      WaitReason reason = refused.reason();
      Duration wait = refused.waitTime();
      String what =
          reason == null
              ? "too many calls wait for the rate limit already"
              : "the rate limit lets it through in "
                  + wait.plusMillis(999).toSeconds()
                  + " s, which is past its time limit";
      return last(new Throttled(details(Sent.NO, reason == null ? null : wait), what));
    }

    private FailureDetails details(Sent requestSent, @Nullable Duration retryAfter) {
      return FailureDetails.builder(operation, call.request().account())
          .requestSent(requestSent)
          .retryAfter(retryAfter)
          .build();
    }

    private void waiting(WaitReason reason, Duration expected) {
      LOG.debug("{} waits for {}, {} or more", operation.label(), reason, expected);
      tell(() -> events.waiting(view, reason, expected));
    }

    private void attempted(@Nullable Integer status, @Nullable EmailSecurityException failure) {
      Duration elapsed = Duration.ofNanos(gate.now() - attemptStarted);
      if (failure != null) {
        List<Attempt> longer = new ArrayList<>(history);
        longer.add(new Attempt(number, elapsed, outcome(status, failure)));
        history = longer;
        lastFailure = failure;
      }
      if (LOG.isDebugEnabled()) {
        LOG.debug(
            "{}, attempt {}, {}: {}", operation.label(), number, elapsed, outcome(status, failure));
      }
      tell(() -> events.attempted(view, number, elapsed, status, failure));
    }
  }

  private static String outcome(
      @Nullable Integer status, @Nullable EmailSecurityException failure) {
    String message = failure == null ? null : failure.getMessage();
    if (message != null) {
      return message;
    }
    return status == null ? "no answer" : "status " + status;
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      LOG.warn("an observer of calls failed", e);
    }
  }
}
