package dev.allowflux.reactor;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.call.CallGate;
import dev.allowflux.reactor.internal.call.QuotaAccess;
import io.github.resilience4j.core.EventConsumer;
import io.github.resilience4j.core.EventProcessor;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.event.RateLimiterEvent;
import io.github.resilience4j.ratelimiter.event.RateLimiterOnDrainedEvent;
import io.github.resilience4j.ratelimiter.event.RateLimiterOnFailureEvent;
import io.github.resilience4j.ratelimiter.event.RateLimiterOnSuccessEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What one credential may send: shared by every call of a client, and by the clients that are given
 * the same one. Longer than most, since each setting carries its whole contract.
 *
 * <p>The API allows 1200 calls in five minutes and then blocks everything for five more ({@code
 * docs/api-facts.md#rate-limits}). The place of a call ends a window after its response came, so
 * that <em>every</em> span of the window's length holds at most the quota as the service counts it,
 * wherever it starts and however slow the network is, while a burst may use the quota at once and a
 * saturated client uses nearly all of it. A call that was sent and given up keeps its place for the
 * attempt limit and a window. The window is lengthened by one part in 150 (2 s of 300) for services
 * that count in whole seconds.
 *
 * <p>Calls go in the order of {@link Priority}. It also follows what the service says: it stops
 * when the service's own count runs out, since other clients and the dashboard share the quota, and
 * it pauses every call after a 429. A reset or a wait of more than twice the documented block (600
 * s) is not believed: after five minutes one call asks again.
 *
 * <p>The limit belongs to the user behind a credential. Where several processes use one, a {@link
 * QuotaStore} ({@link Builder#store}) keeps them all below it together; without a store, each takes
 * its share ({@link #sharedBy(int)}).
 *
 * <p>It is a Resilience4j {@link RateLimiter} to registries, events and metrics. Through that
 * interface it never waits and never parks a thread: a permit is given at once or refused, whatever
 * {@link RateLimiterConfig#getTimeoutDuration()} says. Waiting is what the client's own calls do,
 * each within its subscription, and a permit whose call is cancelled before it is sent goes back.
 *
 * <p>Safe for use by many threads. It holds one timer while calls wait and nothing that needs to be
 * closed.
 *
 * @since 0.1
 */
public final class ApiQuota implements RateLimiter {

  /** For services that count in whole seconds. */
  private static final int MARGIN_PARTS = 150;

  private final String name;
  private final CallGate gate;
  private final Events events = new Events();
  private final Duration window;
  private final int reserve;
  private final double interactiveShare;
  private final boolean stored;
  private volatile RateLimiterConfig config;

  private ApiQuota(Builder builder) {
    this.name = builder.name;
    this.window = builder.window;
    this.reserve = builder.reserve;
    this.config = config(builder.quota, builder.window);
    this.interactiveShare = builder.interactiveShare;
    this.stored = builder.store != null;
    int calls = builder.unlimited ? Integer.MAX_VALUE : Math.max(1, builder.quota - reserve);
    this.gate =
        new CallGate(
            new Limits(
                calls,
                window.plus(window.dividedBy(MARGIN_PARTS)),
                builder.unlimited ? 0 : kept(calls),
                reserve),
            builder.burst(),
            builder.maxWaiting,
            builder.nanos,
            builder.scheduler,
            builder.store);
  }

  private int kept(int calls) {
    return (int) (calls * interactiveShare);
  }

  /**
   * The API's documented quota: 1200 calls in 300 s, at most 150 of them in any second.
   *
   * @return a new quota
   */
  public static ApiQuota standard() {
    return builder().build();
  }

  /**
   * A quota that holds no call back on its own, for tests and servers without a limit. What the
   * service says is still followed.
   *
   * @return a new quota
   */
  public static ApiQuota unlimited() {
    Builder builder = builder();
    builder.unlimited = true;
    return builder.build();
  }

  /**
   * The share of one of several processes in the documented quota, for those without a {@link
   * QuotaStore}: each may send {@code 1200 / processes} calls in 300 s, whatever the others do. A
   * process that is started again forgets what it has sent.
   *
   * @param processes how many processes use the credential at once; 1 to 1200
   * @return a new quota
   */
  public static ApiQuota sharedBy(int processes) {
    Builder builder = builder();
    if (processes < 1 || processes > builder.quota) {
      throw new IllegalArgumentException(
          "a quota of " + builder.quota + " cannot be shared by " + processes + " processes");
    }
    return builder.quota(builder.quota / processes).build();
  }

  /**
   * Starts a quota.
   *
   * @return a builder with the API's documented quota
   */
  public static Builder builder() {
    return new Builder();
  }

  CallGate gate() {
    return gate;
  }

  /** What calls pass that are paced by this limiter. */
  static QuotaAccess access(RateLimiter limiter) {
    return limiter instanceof ApiQuota quota
        ? new QuotaAccess(quota.gate, quota::granted, quota::refused, null)
        : new QuotaAccess(unlimited().gate, () -> {}, () -> {}, limiter);
  }

  private void granted() {
    if (events.hasConsumers()) {
      events.processEvent(new RateLimiterOnSuccessEvent(name));
    }
  }

  private void refused() {
    if (events.hasConsumers()) {
      events.processEvent(new RateLimiterOnFailureEvent(name));
    }
  }

  /**
   * Does nothing: this limiter waits within the calls of a client, whose own time limits hold, and
   * never for the callers of this interface.
   *
   * @param timeout not used
   */
  @Override
  public void changeTimeoutDuration(Duration timeout) {}

  /**
   * Changes the quota, of which the reserve is still left to others. It takes effect at once, for
   * waiting calls too.
   *
   * @param calls how many calls any window may hold; at least 1
   * @throws IllegalStateException if a store keeps the quota: other processes rely on it
   */
  @Override
  public void changeLimitForPeriod(int calls) {
    if (stored) {
      throw new IllegalStateException("the quota is kept in a store and cannot be changed");
    }
    config = config(calls, window);
    int own = Math.max(1, calls - reserve);
    gate.changeLimit(own, kept(own));
  }

  /**
   * Takes permits if they are free and nobody waits. The permits count as sent. Refused where a
   * store keeps the quota, since it would have to be waited for.
   *
   * @param permits how many, all or none
   * @return whether they were taken
   */
  @Override
  public boolean acquirePermission(int permits) {
    boolean taken = gate.trySend(permits);
    if (events.hasConsumers()) {
      events.processEvent(
          taken
              ? new RateLimiterOnSuccessEvent(name, permits)
              : new RateLimiterOnFailureEvent(name, permits));
    }
    return taken;
  }

  /**
   * The same as {@link #acquirePermission(int)}.
   *
   * @param permits how many, all or none
   * @return 0 if they were taken, −1 if not
   */
  @Override
  public long reservePermission(int permits) {
    return acquirePermission(permits) ? 0 : -1;
  }

  /** Uses up what is left of the quota in this window. */
  @Override
  public void drainPermissions() {
    int left = gate.available();
    gate.useUp();
    if (events.hasConsumers()) {
      events.processEvent(new RateLimiterOnDrainedEvent(name, left));
    }
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public RateLimiterConfig getRateLimiterConfig() {
    return config;
  }

  @Override
  public Map<String, String> getTags() {
    return Map.of();
  }

  /**
   * How many calls wait, and how many more the quota allows now. No thread waits; the number is
   * that of calls.
   *
   * @return live figures
   */
  @Override
  public Metrics getMetrics() {
    return new Metrics() {
      @Override
      public int getNumberOfWaitingThreads() {
        return gate.waiting();
      }

      @Override
      public int getAvailablePermissions() {
        return gate.available();
      }
    };
  }

  /**
   * What the quota allows now, for gauges and health.
   *
   * @return a snapshot, without the service's own count
   */
  public CallEvents.QuotaState state() {
    return gate.state(null);
  }

  @Override
  public EventPublisher getEventPublisher() {
    return events;
  }

  /** Names the quota and shows its figures. */
  @Override
  public String toString() {
    return "ApiQuota["
        + name
        + ", available="
        + gate.available()
        + ", waiting="
        + gate.waiting()
        + "]";
  }

  private static RateLimiterConfig config(int quota, Duration window) {
    return RateLimiterConfig.custom()
        .limitForPeriod(quota)
        .limitRefreshPeriod(window)
        .timeoutDuration(Duration.ZERO)
        .build();
  }

  private static final class Events extends EventProcessor<RateLimiterEvent>
      implements EventPublisher {

    @Override
    public EventPublisher onSuccess(EventConsumer<RateLimiterOnSuccessEvent> consumer) {
      registerConsumer(RateLimiterOnSuccessEvent.class.getName(), consumer);
      return this;
    }

    @Override
    public EventPublisher onFailure(EventConsumer<RateLimiterOnFailureEvent> consumer) {
      registerConsumer(RateLimiterOnFailureEvent.class.getName(), consumer);
      return this;
    }
  }

  /**
   * Collects the figures of a quota. A later call replaces an earlier one.
   *
   * @since 0.1
   */
  public static final class Builder {

    private String name = "allowflux";
    private int quota = 1200;
    private Duration window = Duration.ofSeconds(300);
    private @Nullable CallRate callRate;
    private double interactiveShare = 0.1;
    private @Nullable QuotaStore store;
    private int reserve;
    private int maxWaiting = 10_000;
    private LongSupplier nanos = System::nanoTime;
    private boolean unlimited;
    private @Nullable Scheduler scheduler;
    private boolean clocked;

    private Builder() {}

    /**
     * What registries, events and metrics call it. Default {@code allowflux}.
     *
     * @param name any text
     * @return this builder
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * How many calls any window may hold. Default 1200.
     *
     * @param calls at least 1
     * @return this builder
     */
    public Builder quota(int calls) {
      this.quota = positive("quota", calls);
      return this;
    }

    /**
     * How long the window is. Default 300 s.
     *
     * @param window at least a millisecond, at most a day
     * @return this builder
     */
    public Builder window(Duration window) {
      if (window.compareTo(Duration.ofMillis(1)) < 0 || window.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "window must be from a millisecond to a day, but is " + window);
      }
      this.window = window;
      return this;
    }

    /**
     * How many calls any second may hold, counted for this quota alone. Without it, all quotas of
     * the process share {@link CallRate#ofProcess()}, 150 calls a second; but a quota with a clock
     * of its own has 150 to itself.
     *
     * @param calls at least 1
     * @return this builder
     */
    public Builder burstPerSecond(int calls) {
      return callRate(CallRate.perSecond(positive("burstPerSecond", calls)));
    }

    /**
     * How many calls any second may hold, together with the other quotas that are given the same.
     * Replaces {@link #burstPerSecond}, and is replaced by it.
     *
     * @param rate the rate; default {@link CallRate#ofProcess()}
     * @return this builder
     */
    public Builder callRate(CallRate rate) {
      this.callRate = Objects.requireNonNull(rate, "rate");
      return this;
    }

    private BurstLimit burst() {
      if (unlimited) {
        return new BurstLimit(Integer.MAX_VALUE, false);
      }
      if (callRate != null) {
        return callRate.limit();
      }
      return clocked
          ? new BurstLimit(CallRate.ofProcess().limit().calls(), false)
          : CallRate.ofProcess().limit();
    }

    /**
     * Which share of the quota only interactive calls may use. Default 0.1: however many bulk calls
     * saturate the quota, they hold at most nine tenths of any window.
     *
     * @param share 0 to 0.5; 0 keeps nothing
     * @return this builder
     * @see Priority
     */
    public Builder interactiveShare(double share) {
      if (!(share >= 0 && share <= 0.5)) {
        throw new IllegalArgumentException(
            "interactiveShare must be from 0 to 0.5, but is " + share);
      }
      this.interactiveShare = share;
      return this;
    }

    /**
     * Where several processes keep this quota. Default none: the quota is this process's own. Every
     * process must be given the same quota, window, share and reserve.
     *
     * @param shared the store; not closed by the quota
     * @return this builder
     */
    public Builder store(QuotaStore shared) {
      this.store = Objects.requireNonNull(shared, "store");
      return this;
    }

    /**
     * How many calls of each window are left to others who share the credential's quota: other
     * processes, the dashboard. Default 0. This client uses that many fewer, and stops when the
     * service says that no more than that are left, so that others may send up to as many between
     * any two responses without a 429. As each call under way ends in a response, the reserve is
     * kept once more for each: the larger it is, and the less is left, the fewer calls are under
     * way at once.
     *
     * @param calls 0 or more, fewer than the quota
     * @return this builder
     */
    public Builder reserve(int calls) {
      if (calls < 0) {
        throw new IllegalArgumentException("reserve must not be negative, but is " + calls);
      }
      this.reserve = calls;
      return this;
    }

    /**
     * How many calls may wait at once. Default 10000. Further ones fail at once as {@code
     * Throttled}, and nothing is sent for them.
     *
     * @param calls at least 1
     * @return this builder
     */
    public Builder maxWaiting(int calls) {
      this.maxWaiting = positive("maxWaiting", calls);
      return this;
    }

    /**
     * Sets the clock, for tests in virtual time. Default {@link System#nanoTime()}. The timer that
     * ends waits is still that of {@link reactor.core.scheduler.Schedulers#parallel()}; {@link
     * #time} sets both.
     *
     * @param nanos gives a reading in nanoseconds that never falls
     * @return this builder
     */
    public Builder clock(LongSupplier nanos) {
      this.nanos = nanos;
      this.scheduler = null;
      this.clocked = true;
      return this;
    }

    /**
     * Sets the clock and the timer that ends waits, for tests in virtual time: with a {@code
     * VirtualTimeScheduler} of {@code reactor-test} a wait of five minutes ends when the test
     * advances it by five minutes, while sockets and time limits go on in real time. Replaces
     * {@link #clock}, and is replaced by it.
     *
     * @param scheduler its {@link Scheduler#now} is the clock, and never falls
     * @return this builder
     */
    public Builder time(Scheduler scheduler) {
      clock(() -> scheduler.now(TimeUnit.NANOSECONDS));
      this.scheduler = scheduler;
      return this;
    }

    /**
     * Makes the quota.
     *
     * @return a new quota, all of it free
     * @throws IllegalArgumentException if nothing is left beside the reserve
     */
    public ApiQuota build() {
      if (reserve >= quota) {
        throw new IllegalArgumentException(
            "reserve must be below the quota of " + quota + ", but is " + reserve);
      }
      return new ApiQuota(this);
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, but is " + value);
      }
      return value;
    }
  }
}
