package dev.allowflux.micrometer;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Meters of what no observation of a single call tells: the quota, the waits for it, retries and
 * what listings delivered.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name</th><th>type</th><th>what it is</th></tr>
 *   <tr><td>{@code allowflux.quota.wait}</td><td>timer, {@code reason}</td>
 *     <td>how long calls really waited for permits</td></tr>
 *   <tr><td>{@code allowflux.quota.available}</td><td>gauge</td>
 *     <td>how many more calls the quota allows now</td></tr>
 *   <tr><td>{@code allowflux.quota.server.remaining}</td><td>gauge</td>
 *     <td>how many the service says are left, at its last response; NaN before the first</td></tr>
 *   <tr><td>{@code allowflux.quota.paused}</td><td>time gauge</td>
 *     <td>how long the service lets nobody call from now on; 0 while it does</td></tr>
 *   <tr><td>{@code allowflux.calls.waiting}</td><td>gauge</td>
 *     <td>how many calls wait for a permit</td></tr>
 *   <tr><td>{@code allowflux.call.retries}</td><td>counter, {@code cause}</td>
 *     <td>attempts that were retried, by the kind of their failure</td></tr>
 *   <tr><td>{@code allowflux.pages}, {@code allowflux.policies}</td><td>counters</td>
 *     <td>what listings and traversals delivered</td></tr>
 * </table>
 *
 * <p>No meter has an account, a policy or another id in a tag. Timers and counters are there from
 * their first event on. Safe for use by many threads and by several clients of one quota.
 *
 * @since 0.1
 */
public final class CallMeters implements CallEvents {

  private final MeterRegistry registry;
  private final ApiQuota quota;
  private final Tags tags;
  private volatile double serverRemaining = Double.NaN;

  private CallMeters(MeterRegistry registry, ApiQuota quota, Tags tags) {
    this.registry = requireNonNull(registry, "registry");
    this.quota = requireNonNull(quota, "quota");
    this.tags = requireNonNull(tags, "tags");
  }

  /**
   * Registers the gauges of a quota and counts from now on.
   *
   * @param registry where meters go
   * @param quota the quota of the clients that are given this observer
   * @return an observer for {@code ClientSettings.Builder.events}
   */
  public static CallMeters of(MeterRegistry registry, ApiQuota quota) {
    return of(registry, quota, Tags.empty());
  }

  /**
   * The same with tags of the user's own, such as the name of the client where there are several.
   *
   * @param registry where meters go
   * @param quota the quota of the clients that are given this observer
   * @param tags added to every meter; with few values
   * @return an observer for {@code ClientSettings.Builder.events}
   */
  public static CallMeters of(MeterRegistry registry, ApiQuota quota, Tags tags) {
    CallMeters meters = new CallMeters(registry, quota, tags);
    meters.registerGauges();
    return meters;
  }

  private void registerGauges() {
    Gauge.builder("allowflux.quota.available", this, meters -> meters.quota.state().available())
        .description("How many more calls the quota allows now")
        .tags(tags)
        .register(registry);
    Gauge.builder("allowflux.quota.server.remaining", this, meters -> meters.serverRemaining)
        .description("How many calls the service says are left, at its last response")
        .tags(tags)
        .register(registry);
    Gauge.builder("allowflux.calls.waiting", this, meters -> meters.quota.state().waiting())
        .description("How many calls wait for a permit")
        .tags(tags)
        .register(registry);
    TimeGauge.builder(
            "allowflux.quota.paused", this, TimeUnit.MILLISECONDS, CallMeters::pausedMillis)
        .description("How long the service lets nobody call from now on")
        .tags(tags)
        .register(registry);
  }

  private double pausedMillis() {
    QuotaState state = quota.state();
    boolean paused = state.reason() != null && state.reason() != WaitReason.QUOTA;
    return paused ? state.nextIn().toMillis() : 0;
  }

  @Override
  public void quota(Call call, QuotaState state) {
    if (state.server() != null) {
      serverRemaining = state.server().remaining();
    }
  }

  @Override
  public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
    Counter.builder("allowflux.call.retries")
        .description("Attempts that were retried")
        .tags(tags)
        .tag("cause", failure.getClass().getSimpleName().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  @Override
  public void ended(Call call, CallEnd end) {
    end.waits().forEach(this::waited);
  }

  private void waited(WaitReason reason, Duration time) {
    Timer.builder("allowflux.quota.wait")
        .description("How long calls waited for permits")
        .tags(tags)
        .tag("reason", reason.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .record(time);
  }

  @Override
  public void page(PageDelivery page) {
    Counter.builder("allowflux.pages")
        .description("Pages that listings delivered")
        .tags(tags)
        .register(registry)
        .increment();
    Counter.builder("allowflux.policies")
        .description("Policies of the pages that listings delivered")
        .tags(tags)
        .register(registry)
        .increment(page.policies());
  }
}
