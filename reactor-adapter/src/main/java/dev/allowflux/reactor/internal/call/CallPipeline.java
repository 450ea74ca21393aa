package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.internal.http.RetryPolicy;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallEvents;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * From a described call to its result or its one failure: permit, attempt, retry, time limit.
 *
 * <p>All state of a call belongs to its subscription ({@link CallRun}). What to retry and when is
 * decided by {@link RetryPolicy}; this class adds what needs a clock or is shared: the gate, the
 * retry budget, the deadline.
 */
public final class CallPipeline {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  static final Logger LOG = LoggerFactory.getLogger(AllowPolicyClient.class);

  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(8);

  /** How long a request without a response may be on its way where no attempt limit says so. */
  private static final Duration DEFAULT_HOLD = Duration.ofSeconds(30);

  public static final long NO_DEADLINE = Long.MAX_VALUE / 8;

  final Transport transport;
  final CallGate gate;
  final QuotaAccess quota;
  final RetryBudget retryBudget = new RetryBudget();
  final Retry retry;
  final Duration operationTimeout;
  final Duration maxBackoff;

  private final AttemptTimeouts attemptTimeouts;

  final CallEvents events;
  final String baseUrl;

  /** Ends a wait each, once the client is closed. */
  private final Set<MonoSink<Void>> waits = ConcurrentHashMap.newKeySet();

  volatile boolean closed;

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
    this.attemptTimeouts = settings.attemptTimeouts();
    this.events = settings.events();
    this.baseUrl = settings.baseUrl();
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

  /** How long a request that was sent and got no response keeps its place in the quota. */
  Duration hold(Operation operation) {
    Duration limit = attemptTimeouts.of(operation);
    return limit.isZero() ? DEFAULT_HOLD : limit;
  }

  /** From now on, no attempt is sent. Waiting calls end at once. */
  public void close() {
    closed = true;
    waits.forEach(MonoSink::success);
  }

  /** Completes when the client is closed. */
  public Mono<Void> whenClosed() {
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
  public static EmailSecurityException streamOutOfTime(
      Operation operation, @Nullable AccountId account, Duration limit) {
    return new Unavailable(
        FailureDetails.builder(operation, account).build(),
        "the whole listing was not done within " + text(limit),
        null);
  }

  private static String text(Duration limit) {
    long millis = limit.toMillis();
    return millis % 1000 == 0 && millis > 0 ? millis / 1000 + " s" : millis + " ms";
  }

  /**
   * Carries out a call within the time limit of the settings.
   *
   * @param deadline when it must be over, if that is sooner than its own time limit
   */
  public <T> Mono<ApiResult<T>> call(ApiCall<T> call, long deadline) {
    return call(call, deadline, operationTimeout);
  }

  /**
   * Carries out a call.
   *
   * @param deadline when it must be over, if that is sooner than its own time limit
   * @param timeLimit how long it may take in all; zero for no limit
   */
  public <T> Mono<ApiResult<T>> call(ApiCall<T> call, long deadline, Duration timeLimit) {
    return Mono.deferContextual(
            context -> {
              long end = Math.min(deadlineIn(timeLimit), deadline);
              return gate.during(new CallRun<>(this, call, end, context).whole());
            })
        .checkpoint(call.request().operation().label());
  }
}
