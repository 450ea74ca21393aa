package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.Attempt;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.RetryPolicy;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import dev.allowflux.reactor.internal.call.CallGate.Refused;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * From a described call to its result or its one failure: permit, attempt, retry, time limit.
 *
 * <p>All state of a call belongs to its subscription. What to retry and when is decided by {@link
 * RetryPolicy}; this class adds what needs a clock or is shared: the gate, the retry budget, the
 * deadline.
 */
public final class CallPipeline {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicyClient.class);

  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(8);

  /** How long a request without a response may be on its way where no attempt limit says so. */
  private static final Duration DEFAULT_HOLD = Duration.ofSeconds(30);

  public static final long NO_DEADLINE = Long.MAX_VALUE / 8;

  private final Transport transport;
  private final CallGate gate;
  private final QuotaAccess quota;
  private final RetryBudget retryBudget = new RetryBudget();
  private final Retry retry;
  private final Duration operationTimeout;
  private final Duration maxBackoff;

  /** How long a request that was sent and got no response keeps its place in the quota. */
  private final Duration hold;

  private final CallEvents events;

  /** Ends a wait each, once the client is closed. */
  private final Set<MonoSink<Void>> waits = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * Makes a pipeline.
   *
   * @param settings the limits of a call
   * @param quota the quota that its calls share
   * @param transport carries the attempts
   */
  public CallPipeline(CallSettings settings, QuotaAccess quota, Transport transport) {
    this.transport = transport;
    this.quota = quota;
    this.gate = quota.gate();
    this.operationTimeout = settings.operationTimeout();
    this.maxBackoff = settings.maxBackoff();
    this.hold = settings.attemptTimeout().isZero() ? DEFAULT_HOLD : settings.attemptTimeout();
    this.events = settings.events();
    RetryPolicy policy =
        new RetryPolicy(settings.maxAttempts(), settings.firstBackoff(), LONGEST_BACKOFF);
    this.retry =
        Retry.of(
            "allowflux",
            RetryConfig.<Object>custom()
                .maxAttempts(settings.maxAttempts())
                .retryOnException(EmailSecurityException.class::isInstance)
                .intervalBiFunction(
                    (attempt, outcome) ->
                        waitMillis(policy, (EmailSecurityException) outcome.getLeft(), attempt))
                .build());
  }

  private static long waitMillis(RetryPolicy policy, EmailSecurityException failure, int attempt) {
    Duration wait = policy.decide(failure, attempt, ThreadLocalRandom.current().nextDouble());
    return wait == null ? -1 : wait.toMillis();
  }

  /** From now on, no attempt is sent. Waiting calls end at once. */
  public void close() {
    closed = true;
    waits.forEach(MonoSink::success);
  }

  /** Completes when the client is closed. */
  private Mono<Void> whenClosed() {
    return Mono.create(
        sink -> {
          waits.add(sink);
          sink.onDispose(() -> waits.remove(sink));
          if (closed) {
            sink.success();
          }
        });
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

    /** The permit of the attempt under way, or null while the call waits. */
    private volatile @Nullable Permit underWay;

    /** The end of the attempt under way was not reported yet. */
    private volatile boolean open;

    /** An attempt of a write was sent, and nothing tells whether it was carried out. */
    private volatile boolean unconfirmed;

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
        return Mono.error(this::closedFailure);
      }
      RateLimiter limiter = quota.foreignLimiter();
      if (limiter != null) {
        return foreignWait(limiter).then(Mono.defer(this::ownAttempt));
      }
      return ownAttempt();
    }

    private Mono<ApiResult<T>> ownAttempt() {
      Permit permit = closed ? null : gate.tryAcquire();
      return permit == null ? exchange(gate.acquire(deadline, this::waiting)) : exchange(permit);
    }

    private Mono<ApiResult<T>> exchange(Mono<Permit> permit) {
      return permit
          .onErrorMap(Refused.class, this::refused)
          .takeUntilOther(whenClosed())
          // A permit that is granted in the moment of a cancel is dropped on its way.
          .doOnDiscard(Permit.class, Permit::close)
          .switchIfEmpty(Mono.error(this::closedFailure))
          .flatMap(this::exchange);
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
      return delay(delay);
    }

    private Mono<Void> delay(Duration delay) {
      return Mono.delay(delay).takeUntilOther(whenClosed()).then();
    }

    /** One attempt, to be subscribed to at once: whatever ends it gives the permit back. */
    private Mono<ApiResult<T>> exchange(Permit permit) {
      underWay = permit;
      open = true;
      attemptStarted = gate.now();
      if (closed) {
        end(permit);
        return Mono.error(closedFailure());
      }
      report(quota.granted());
      return transport
          .exchange(call.request(), call.reader(), permit)
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

    /** The attempt is over. */
    private void end(Permit permit) {
      permit.close(hold);
      open = false;
      underWay = null;
    }

    private void succeeded(Permit permit, ApiResult<T> result) {
      permit.passed(result.rateLimit());
      end(permit);
      if (attempts != null) {
        attempts.onComplete();
      }
      retryBudget.succeeded(retryCost);
      attempted(result.status(), null);
    }

    /** What follows a failed attempt; nothing if it has not begun after all. */
    private Mono<ApiResult<T>> failed(Permit permit, Throwable cause) {
      if (recalled(permit)) {
        return Mono.empty();
      }
      if (!(cause instanceof EmailSecurityException failure)) {
        end(permit);
        return Mono.error(cause);
      }
      FailureDetails details = failure.details();
      if (failure instanceof Throttled && details.status() != null) {
        permit.refused(details.retryAfter());
      } else if (details.status() != null) {
        permit.passed(details.rateLimit());
      }
      end(permit);
      T confirmed = call.confirmedBy(failure, unconfirmed);
      unconfirmed |= leavesOutcomeOpen(failure);
      attempted(details.status(), failure);
      if (confirmed != null) {
        return Mono.just(
            new ApiResult<>(confirmed, 404, List.of(), details.cfRay(), details.rateLimit()));
      }
      return again(failure);
    }

    /** The attempt has lost its subscriber; perhaps only after its result. */
    private void cancelled(Permit permit) {
      permit.close(hold);
      if (open && !permit.isRecalled()) {
        open = false;
        attempted(null, null);
      }
    }

    /** Whether the attempt has not begun after all: its permit was called back. */
    private boolean recalled(Permit permit) {
      if (!permit.isRecalled()) {
        return false;
      }
      end(permit);
      return true;
    }

    /** Whether a failed attempt may have been carried out all the same. */
    private boolean leavesOutcomeOpen(EmailSecurityException failure) {
      return operation.isWrite()
          && failure.details().requestSent() != Sent.NO
          && (failure instanceof Unavailable || failure instanceof Malformed);
    }

    private Mono<ApiResult<T>> again(EmailSecurityException failure) {
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
      // A throttled call has no backoff: it waits for its permit until the pause is over.
      Duration pause = failure instanceof Throttled ? gate.pause() : wait;
      if (gate.now() + pause.toNanos() >= deadline
          || (!maxBackoff.isZero() && total.compareTo(maxBackoff) > 0)
          || !retryBudget.take(RetryBudget.cost(failure))) {
        return Mono.error(last(failure));
      }
      backoff = total;
      retryCost = RetryBudget.cost(failure);
      report(() -> events.retrying(view, number, wait, failure));
      number++;
      Mono<ApiResult<T>> next = Mono.defer(this::attempt);
      return wait.isZero() ? next : delay(wait).then(next);
    }

    /** The failure that the caller sees. */
    private EmailSecurityException last(EmailSecurityException failure) {
      // The refusal of a retry says nothing about the attempt before it that got no response.
      EmailSecurityException seen =
          unconfirmed ? OutcomeUnknown.from(failure, call.hint()) : failure;
      return seen.withAttempts(history);
    }

    private RuntimeException closedFailure() {
      String closing = "the client is closed";
      return unconfirmed
          ? last(new Unavailable(details(Sent.NO, null), closing, lastFailure))
          : new IllegalStateException(closing);
    }

    private EmailSecurityException outOfTime() {
      String limit = "not done within its time limit";
      Permit permit = underWay;
      if (permit == null) {
        EmailSecurityException failure = lastFailure;
        return failure == null || failure instanceof Throttled
            ? new Throttled(details(Sent.NO, null), limit + ", waited for the rate limit")
            : new Unavailable(details(Sent.NO, null), limit + ", waited to retry it", failure);
      }
      boolean sent = permit.isSent();
      unconfirmed |= sent && operation.isWrite();
      return new Unavailable(details(sent ? Sent.UNKNOWN : Sent.NO, null), limit, null);
    }

    private EmailSecurityException refused(Refused refused) {
      report(quota.refused());
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
      report(() -> events.waiting(view, reason, expected));
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
      report(() -> events.attempted(view, number, elapsed, status, failure));
    }
  }

  private static String outcome(
      @Nullable Integer status, @Nullable EmailSecurityException failure) {
    String message = failure == null ? null : failure.getMessage();
    if (message != null) {
      return message;
    }
    return status == null ? "no response" : "status " + status;
  }

  private static void report(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      LOG.warn("an observer of calls failed", e);
    }
  }
}
