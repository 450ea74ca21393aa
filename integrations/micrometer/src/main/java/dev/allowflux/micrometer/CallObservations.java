package dev.allowflux.micrometer;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.micrometer.AllowfluxObservation.CallEvent;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.OutgoingRequest;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Observes the calls of a client: one observation for each call, and below it one for each attempt,
 * whose request carries the trace. So a span tells what a call cost in all, and the spans below it
 * what was on the wire.
 *
 * <p>The parent of a call is the observation in the Reactor context of its subscriber, under {@code
 * ObservationThreadLocalAccessor.KEY}, else the current one of the subscriber's thread. A listing
 * has none of its own, since it may last for hours: its calls, one for each page, are children of
 * the subscriber's.
 *
 * <p>Give one to the client that it observes:
 *
 * <pre>{@code
 * ClientSettings settings =
 *     ClientSettings.builder(credential)
 *         .rateLimiter(quota)
 *         .events(CallObservations.of(observations).andThen(CallMeters.of(meters, quota)))
 *         .build();
 * }</pre>
 *
 * <p>Safe for use by many threads and by several clients.
 *
 * @since 0.1
 */
public final class CallObservations implements CallEvents {

  /**
   * The key of ObservationThreadLocalAccessor, which needs a library of its own that is not needed
   * here.
   */
  static final String PARENT = "micrometer.observation";

  private final ObservationRegistry registry;
  private final @Nullable CallObservationConvention callConvention;
  private final @Nullable AttemptObservationConvention attemptConvention;
  private final CallObservationConvention defaultCall = new DefaultCallObservationConvention();
  private final AttemptObservationConvention defaultAttempt =
      new DefaultAttemptObservationConvention();

  /** The calls under way. Each call that starts ends, and is taken out then. */
  private final Map<Call, Observed> underWay = new ConcurrentHashMap<>();

  private static final class Observed {
    private final Observation call;
    private final CallObservationContext context;
    private volatile @Nullable Observation attempt;
    private volatile @Nullable AttemptObservationContext attemptContext;

    Observed(Observation call, CallObservationContext context) {
      this.call = call;
      this.context = context;
    }
  }

  private CallObservations(
      ObservationRegistry registry,
      @Nullable CallObservationConvention callConvention,
      @Nullable AttemptObservationConvention attemptConvention) {
    this.registry = requireNonNull(registry, "registry");
    this.callConvention = callConvention;
    this.attemptConvention = attemptConvention;
  }

  /**
   * Observes with the default names, or with those of the global conventions of the registry.
   *
   * @param registry where observations go
   * @return an observer for {@code ClientSettings.Builder.events}
   */
  public static CallObservations of(ObservationRegistry registry) {
    return new CallObservations(registry, null, null);
  }

  /**
   * The same observer with other names for calls.
   *
   * @param convention the names
   * @return a new observer
   */
  public CallObservations withCallConvention(CallObservationConvention convention) {
    return new CallObservations(
        registry, requireNonNull(convention, "convention"), attemptConvention);
  }

  /**
   * The same observer with other names for attempts.
   *
   * @param convention the names
   * @return a new observer
   */
  public CallObservations withAttemptConvention(AttemptObservationConvention convention) {
    return new CallObservations(registry, callConvention, requireNonNull(convention, "convention"));
  }

  /** How many calls are under way. */
  int callsUnderWay() {
    return underWay.size();
  }

  /** Tells whether observations of the registry go anywhere. */
  @Override
  public boolean isActive() {
    return !registry.isNoop();
  }

  @Override
  public void started(Call call) {
    if (!isActive()) {
      return;
    }
    CallObservationContext context = new CallObservationContext(call);
    Observation observation =
        AllowfluxObservation.CALL.observation(callConvention, defaultCall, () -> context, registry);
    Observation parent = call.context().getOrDefault(PARENT, null);
    underWay.put(call, new Observed(observation, context));
    if (parent == null) {
      observation.start();
    } else {
      startBelow(parent, observation);
    }
  }

  @Override
  public void waiting(Call call, WaitReason reason, Duration expected) {
    Observed observed = underWay.get(call);
    if (observed != null) {
      observed.call.event(CallEvent.WAITING);
    }
  }

  @Override
  public void sending(Call call, OutgoingRequest request) {
    Observed observed = underWay.get(call);
    if (observed == null) {
      return;
    }
    AttemptObservationContext context = new AttemptObservationContext(call, request);
    Observation attempt =
        AllowfluxObservation.ATTEMPT.observation(
            attemptConvention, defaultAttempt, () -> context, registry);
    observed.attemptContext = context;
    observed.attempt = attempt;
    startBelow(observed.call, attempt);
  }

  /**
   * Starts an observation while its parent is the current one of the thread: tracing takes another
   * one that is current there for the parent, whatever the observation says.
   */
  private static void startBelow(Observation parent, Observation child) {
    child.parentObservation(parent);
    parent.scoped((Runnable) child::start);
  }

  @Override
  public void attempted(Call call, AttemptEnd end) {
    Observed observed = underWay.get(call);
    if (observed == null) {
      return;
    }
    Observation attempt = observed.attempt;
    AttemptObservationContext context = observed.attemptContext;
    if (attempt == null || context == null) {
      return;
    }
    observed.attempt = null;
    context.setResponse(end);
    if (end.failure() != null) {
      attempt.error(end.failure());
    }
    attempt.stop();
  }

  @Override
  public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
    Observed observed = underWay.get(call);
    if (observed != null) {
      observed.call.event(CallEvent.RETRYING);
    }
  }

  @Override
  public void ended(Call call, CallEnd end) {
    Observed observed = underWay.remove(call);
    if (observed == null) {
      return;
    }
    observed.context.setEnd(end);
    if (end.failure() != null) {
      observed.call.error(end.failure());
    }
    observed.call.stop();
  }
}
