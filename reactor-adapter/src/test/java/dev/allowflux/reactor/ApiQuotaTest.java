package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.call.ApiCall;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.call.ScriptedTransport;
import dev.allowflux.reactor.internal.call.VirtualTime;
import io.github.resilience4j.core.registry.InMemoryRegistryStore;
import io.github.resilience4j.micrometer.tagged.TaggedRateLimiterMetrics;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.event.RateLimiterEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** The quota as a Resilience4j limiter to whoever looks at it as one. */
@Timeout(60)
class ApiQuotaTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration WINDOW = Duration.ofSeconds(300);

  private final List<RateLimiterEvent.Type> events = new ArrayList<>();
  private VirtualTime time;
  private ApiQuota quota;
  private CallPipeline pipeline;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
    quota = ApiQuota.builder().name("api").quota(3).window(WINDOW).clock(time.nanos()).build();
    pipeline = pipeline(Duration.ZERO);
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  private CallPipeline pipeline(Duration operationTimeout) {
    return Internals.pipeline(
        ClientSettings.builder(Credential.apiToken("token"))
            .rateLimiter(quota)
            .operationTimeout(operationTimeout)
            .build(),
        new ScriptedTransport().then(ScriptedTransport.policy()));
  }

  private static Mono<ApiResult<AllowPolicy>> call(CallPipeline pipeline) {
    return pipeline.call(
        ApiCall.of(
            ApiCalls.get(new AccountId("account"), new PolicyId("p1")),
            ResponseReader.get(new PolicyId("p1")),
            "look"),
        CallPipeline.NO_DEADLINE);
  }

  private RateLimiterRegistry registry() {
    InMemoryRegistryStore<RateLimiter> store = new InMemoryRegistryStore<>();
    store.putIfAbsent(quota.getName(), quota);
    return RateLimiterRegistry.custom()
        .withRateLimiterConfig(RateLimiterConfig.ofDefaults())
        .withRegistryStore(store)
        .build();
  }

  @Test
  void aRegistryHoldsItByItsName() {
    RateLimiterRegistry registry = registry();
    assertThat(registry.rateLimiter("api")).isSameAs(quota);
    assertThat(registry.find("api")).containsSame(quota);
    assertThat(registry.getAllRateLimiters()).containsExactly(quota);
    assertThat(registry.remove("api")).containsSame(quota);
  }

  @Test
  void everyPermitAndEveryRefusalIsAnEvent() {
    quota.getEventPublisher().onEvent(event -> events.add(event.getEventType()));
    List<Integer> granted = new ArrayList<>();
    List<Integer> refused = new ArrayList<>();
    quota.getEventPublisher().onSuccess(event -> granted.add(event.getNumberOfPermits()));
    quota.getEventPublisher().onFailure(event -> refused.add(event.getNumberOfPermits()));
    assertThat(call(pipeline).block(PATIENCE)).isNotNull();
    assertThat(quota.acquirePermission(2)).isTrue();
    assertThat(quota.acquirePermission(1)).isFalse();
    Mono<?> hasty = call(pipeline(Duration.ofSeconds(10)));
    assertThatThrownBy(() -> hasty.block(PATIENCE)).isInstanceOf(Throttled.class);
    assertThat(granted).containsExactly(1, 2);
    assertThat(refused).containsExactly(1, 1);
    assertThat(events)
        .containsExactly(
            RateLimiterEvent.Type.SUCCESSFUL_ACQUIRE,
            RateLimiterEvent.Type.SUCCESSFUL_ACQUIRE,
            RateLimiterEvent.Type.FAILED_ACQUIRE,
            RateLimiterEvent.Type.FAILED_ACQUIRE);
  }

  @Test
  void aDrainedQuotaLetsNothingThroughForAWindow() {
    quota.getEventPublisher().onEvent(event -> events.add(event.getEventType()));
    quota.drainPermissions();
    assertThat(events).containsExactly(RateLimiterEvent.Type.DRAINED);
    assertThat(quota.acquirePermission(1)).isFalse();
    time.advance(WINDOW.plusSeconds(2));
    assertThat(quota.acquirePermission(3)).isTrue();
  }

  @Test
  void itsFiguresAreThoseOfItsCalls() {
    RateLimiter.Metrics figures = quota.getMetrics();
    assertThat(figures.getAvailablePermissions()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      call(pipeline).block(PATIENCE);
    }
    call(pipeline).subscribe();
    call(pipeline).subscribe().dispose();
    assertThat(figures.getAvailablePermissions()).isZero();
    assertThat(figures.getNumberOfWaitingThreads()).isEqualTo(1);
    time.advance(WINDOW.plusSeconds(2));
    assertThat(figures.getAvailablePermissions()).isEqualTo(2);
    assertThat(figures.getNumberOfWaitingThreads()).isZero();
  }

  @Test
  void micrometerReadsItAsItReadsEveryLimiter() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    TaggedRateLimiterMetrics.ofRateLimiterRegistry(registry()).bindTo(meters);
    assertThat(quota.acquirePermission(3)).isTrue();
    call(pipeline).subscribe();
    assertThat(gauge(meters, "available.permissions")).isZero();
    assertThat(gauge(meters, "waiting_threads")).isEqualTo(1);
    time.advance(WINDOW.plusSeconds(2));
    assertThat(gauge(meters, "available.permissions")).isEqualTo(2);
    assertThat(gauge(meters, "waiting_threads")).isZero();
  }

  private static double gauge(SimpleMeterRegistry meters, String name) {
    return meters.get("resilience4j.ratelimiter." + name).tag("name", "api").gauge().value();
  }

  @Test
  void decoratedCodeOfTheCallerUsesTheSameQuota() {
    assertThat(RateLimiter.decorateSupplier(quota, () -> "sent").get()).isEqualTo("sent");
    assertThat(quota.reservePermission(2)).isZero();
    assertThatThrownBy(RateLimiter.decorateSupplier(quota, () -> "sent")::get)
        .isInstanceOf(RequestNotPermitted.class);
    assertThat(quota.reservePermission()).isNegative();
  }

  @Test
  void aChangedLimitHoldsAtOnceForThoseWhoWaitToo() {
    List<AllowPolicy> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      call(pipeline).subscribe(answer -> answers.add(answer.value()));
    }
    assertThat(answers).hasSize(3);
    quota.changeLimitForPeriod(4);
    assertThat(answers).hasSize(4);
    assertThat(quota.getRateLimiterConfig().getLimitForPeriod()).isEqualTo(4);
  }

  @Test
  void aFailingListenerCostsNeitherTheCallNorItsPermit() {
    quota
        .getEventPublisher()
        .onEvent(
            event -> {
              throw new IllegalStateException("listener");
            });
    assertThat(call(pipeline).block(PATIENCE)).isNotNull();
    assertThat(Internals.gate(quota).outstanding()).isZero();
    assertThat(quota.getMetrics().getAvailablePermissions()).isEqualTo(2);
  }
}
