package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.Attempt;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import dev.allowflux.model.RateLimit;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * One call of one subscriber. All state of a call belongs to its subscription: one thread at a time
 * drives it, but for the timer of its deadline, which reads what is volatile. Longer than most,
 * since one object holds all that a call knows of its attempts.
 */
final class CallRun<T> implements Caller {

  private static final Logger LOG = CallPipeline.LOG;
  private static final int MAX_CF_RAY = 64;
  private static final int TOO_MANY_REQUESTS = 429;

  /** Where calls that address no account take their turn. */
  private static final Object NO_ACCOUNT = new Object();

  private final CallPipeline pipeline;
  private final CallGate gate;

  private final ApiCall<T> call;
  private final Operation operation;
  private final long deadline;

  /** Notifies the observer, or null if there is none. */
  private final @Nullable CallWatch watch;

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

  CallRun(CallPipeline pipeline, ApiCall<T> call, long deadline, ContextView context) {
    this.pipeline = pipeline;
    this.gate = pipeline.gate;
    this.call = call;
    this.operation = call.request().operation();
    this.deadline = deadline;
    this.watch = watch(context);
  }

  private @Nullable CallWatch watch(ContextView context) {
    if (!pipeline.events.isActive()) {
      return null;
    }
    AccountId account = call.request().account();
    return new CallWatch(
        pipeline.events, new CallEvents.Call(operation, account, call.policy(), context), gate);
  }

  Mono<ApiResult<T>> whole() {
    CallWatch observer = watch;
    if (observer == null) {
      return inTime();
    }
    observer.started();
    return Mono.defer(this::inTime)
        .doOnNext(result -> observer.succeeded())
        .doOnError(failure -> observer.failed(failure, pipeline.closed))
        .doOnCancel(observer::cancelled);
  }

  private Mono<ApiResult<T>> inTime() {
    return deadline == CallPipeline.NO_DEADLINE
        ? attempt()
        : attempt()
            .timeout(
                Duration.ofNanos(Math.max(0, deadline - gate.now())),
                Mono.error(() -> last(outOfTime())),
                Schedulers.parallel());
  }

  @Override
  public boolean isBulk() {
    return call.isBulk();
  }

  @Override
  public Object account() {
    AccountId account = call.request().account();
    return account == null ? NO_ACCOUNT : account;
  }

  @Override
  public Object job() {
    return call.job();
  }

  @Override
  public long hold() {
    return pipeline.hold(operation).toNanos();
  }

  private Mono<ApiResult<T>> attempt() {
    if (pipeline.closed) {
      return Mono.error(this::closedFailure);
    }
    RateLimiter limiter = pipeline.quota.foreignLimiter();
    if (limiter != null) {
      return foreignWait(limiter).then(Mono.defer(this::ownAttempt));
    }
    return ownAttempt();
  }

  private Mono<ApiResult<T>> ownAttempt() {
    Permit permit = pipeline.closed ? null : gate.tryAcquire(this);
    return permit == null
        ? exchange(gate.acquire(this, deadline, this::waiting))
        : exchange(permit);
  }

  private Mono<ApiResult<T>> exchange(Mono<Permit> permit) {
    return permit
        .onErrorMap(CallRefusedException.class, this::refused)
        .takeUntilOther(pipeline.whenClosed())
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
          refused(new CallRefusedException(WaitReason.QUOTA, Duration.ofNanos(Math.max(0, wait)))));
    }
    if (wait == 0) {
      return Mono.empty();
    }
    Duration delay = Duration.ofNanos(wait);
    waiting(WaitReason.QUOTA, delay);
    return delay(delay);
  }

  private Mono<Void> delay(Duration delay) {
    return Mono.delay(delay).takeUntilOther(pipeline.whenClosed()).then();
  }

  /** One attempt, to be subscribed to at once: whatever ends it gives the permit back. */
  private Mono<ApiResult<T>> exchange(Permit permit) {
    underWay = permit;
    open = true;
    attemptStarted = gate.now();
    if (pipeline.closed) {
      end(permit);
      return Mono.error(closedFailure());
    }
    report(pipeline.quota.granted());
    return pipeline
        .transport
        .exchange(request(), call.reader(), permit)
        .doOnNext(result -> succeeded(permit, result))
        .doOnCancel(() -> cancelled(permit))
        .takeUntilOther(permit.recall())
        .onErrorResume(failure -> failed(permit, failure))
        .switchIfEmpty(Mono.defer(() -> afterRecall(permit)));
  }

  /** The request, with the headers that the observer adds to this attempt. */
  private ApiRequest request() {
    ApiRequest request = call.request();
    return watch == null
        ? request
        : request.withHeaders(watch.attemptStarts(request, number, pipeline.baseUrl));
  }

  /** The same attempt, whose permit was called back while it waited for a connection. */
  private Mono<ApiResult<T>> afterRecall(Permit recalled) {
    open = false;
    underWay = null;
    return exchange(gate.acquireAgain(this, recalled, deadline, this::waiting));
  }

  /** The attempt is over. */
  private void end(Permit permit) {
    permit.close(pipeline.hold(operation));
    open = false;
    underWay = null;
  }

  private void succeeded(Permit permit, ApiResult<T> result) {
    permit.passed(result.rateLimit());
    end(permit);
    if (attempts != null) {
      attempts.onComplete();
    }
    pipeline.retryBudget.succeeded(retryCost);
    attempted(result.status(), result.cfRay(), result.rateLimit(), null);
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
    attempted(details.status(), details.cfRay(), details.rateLimit(), failure);
    if (confirmed != null) {
      return Mono.just(
          new ApiResult<>(confirmed, 404, List.of(), details.cfRay(), details.rateLimit()));
    }
    return again(failure);
  }

  /** The attempt has lost its subscriber; perhaps only after its result. */
  private void cancelled(Permit permit) {
    permit.close(pipeline.hold(operation));
    if (open && !permit.isRecalled()) {
      open = false;
      attempted(null, null, null, null);
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
      attempts = pipeline.retry.asyncContext();
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
        || (!pipeline.maxBackoff.isZero() && total.compareTo(pipeline.maxBackoff) > 0)
        || !pipeline.retryBudget.take(RetryBudget.cost(failure))) {
      return Mono.error(last(failure));
    }
    backoff = total;
    retryCost = RetryBudget.cost(failure);
    if (watch != null) {
      watch.retrying(number, wait, failure);
    }
    number++;
    Mono<ApiResult<T>> next = Mono.defer(this::attempt);
    return wait.isZero() ? next : delay(wait).then(next);
  }

  /** The failure that the caller sees. */
  private EmailSecurityException last(EmailSecurityException failure) {
    // The refusal of a retry says nothing about the attempt before it that got no response.
    EmailSecurityException seen = unconfirmed ? OutcomeUnknown.from(failure, call.hint()) : failure;
    return seen.withAttempts(history);
  }

  private RuntimeException closedFailure() {
    String closing = "the client is closed";
    return unconfirmed
        ? last(new Unavailable(details(Sent.NO), closing, lastFailure))
        : new IllegalStateException(closing);
  }

  private EmailSecurityException outOfTime() {
    String limit = "not done within its time limit";
    Permit permit = underWay;
    if (permit == null) {
      EmailSecurityException failure = lastFailure;
      return failure == null || failure instanceof Throttled
          ? throttled(null, null, limit + ", waited for the rate limit")
          : new Unavailable(details(Sent.NO), limit + ", waited to retry it", failure);
    }
    boolean sent = permit.isSent();
    unconfirmed |= sent && operation.isWrite();
    return new Unavailable(details(sent ? Sent.UNKNOWN : Sent.NO), limit, null);
  }

  private EmailSecurityException refused(CallRefusedException refused) {
    report(pipeline.quota.refused());
    Duration wait = refused.reason() == null ? null : refused.waitTime();
    return last(throttled(refused.reason(), wait, refused.what()));
  }

  /** A refusal by the rate limit, with the status and the wait of the 429 behind it. */
  private Throttled throttled(@Nullable WaitReason reason, @Nullable Duration wait, String what) {
    EmailSecurityException before = lastFailure;
    FailureDetails.Builder details =
        before instanceof Throttled
            ? before.details().toBuilder()
            : FailureDetails.builder(operation, call.request().account());
    if (reason == WaitReason.THROTTLED) {
      details.status(TOO_MANY_REQUESTS);
    }
    Duration left = wait == null ? gate.pause() : wait;
    if (!left.isZero()) {
      details.retryAfter(left);
    }
    return new Throttled(details.requestSent(Sent.NO).build(), what);
  }

  private FailureDetails details(Sent requestSent) {
    return FailureDetails.builder(operation, call.request().account())
        .requestSent(requestSent)
        .build();
  }

  private void waiting(WaitReason reason, Duration expected) {
    LOG.debug("{} waits for {}, {} or more", this, reason, expected);
    if (watch != null) {
      watch.waiting(reason, expected);
    }
  }

  private void attempted(
      @Nullable Integer status,
      @Nullable String cfRay,
      @Nullable RateLimit server,
      @Nullable EmailSecurityException failure) {
    Duration elapsed = Duration.ofNanos(gate.now() - attemptStarted);
    if (failure != null) {
      List<Attempt> longer = new ArrayList<>(history);
      longer.add(new Attempt(number, elapsed, outcome(status, failure)));
      history = longer;
      lastFailure = failure;
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "{}, attempt {}, {}, cf-ray {}: {}",
          this,
          number,
          elapsed,
          cfRay == null ? "none" : SafeText.line(cfRay, MAX_CF_RAY),
          outcome(status, failure));
    }
    if (watch != null) {
      watch.attemptEnds(status, cfRay, server, failure);
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
      LOG.warn("an observer of the quota failed", e);
    }
  }

  /** Names the operation and its account, for logs. */
  @Override
  public String toString() {
    AccountId account = call.request().account();
    return account == null
        ? operation.label()
        : operation.label() + " in account " + SafeText.line(account.value());
  }
}
