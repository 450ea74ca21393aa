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
@Timeout(240)
class ApiQuotaTest {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
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
            .timeouts(limits -> limits.operation(operationTimeout))
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

  @Test
  void eachOfSeveralProcessesTakesItsShare() {
    assertThat(ApiQuota.sharedBy(4).getMetrics().getAvailablePermissions()).isEqualTo(300);
    assertThat(ApiQuota.sharedBy(7).getMetrics().getAvailablePermissions()).isEqualTo(171);
    assertThatThrownBy(() -> ApiQuota.sharedBy(0)).hasMessageContaining("0 processes");
    assertThatThrownBy(() -> ApiQuota.sharedBy(1201)).hasMessageContaining("1201 processes");
  }

  @Test
  void quotasOfOneRateTogetherStayBelowIt() {
    CallRate rate = CallRate.perSecond(5);
    ApiQuota first = ApiQuota.builder().callRate(rate).clock(time.nanos()).build();
    ApiQuota second = ApiQuota.builder().callRate(rate).clock(time.nanos()).build();
    assertThat(first.acquirePermission(3)).isTrue();
    assertThat(second.acquirePermission(3)).isFalse();
    assertThat(second.acquirePermission(2)).isTrue();
    assertThat(first.acquirePermission(1)).isFalse();
    time.advance(Duration.ofMillis(1001));
    assertThat(first.acquirePermission(5)).isTrue();
  }

  @Test
  void aCallWaitsForTheCallsOfAnotherQuotaOfItsRate() {
    CallRate rate = CallRate.perSecond(1);
    ApiQuota other = ApiQuota.builder().callRate(rate).clock(time.nanos()).build();
    quota = ApiQuota.builder().callRate(rate).clock(time.nanos()).build();
    assertThat(other.acquirePermission(1)).isTrue();
    List<AllowPolicy> answers = new ArrayList<>();
    call(pipeline(Duration.ZERO)).subscribe(answer -> answers.add(answer.value()));
    assertThat(answers).isEmpty();
    time.advance(Duration.ofMillis(1001));
    assertThat(answers).hasSize(1);
  }

  @Test
  void aQuotaInAStoreIsVisibleAsALimiterToo() {
    quota =
        ApiQuota.builder()
            .name("api")
            .quota(3)
            .store(QuotaStore.inMemory(time.nanos()))
            .clock(time.nanos())
            .build();
    quota.getEventPublisher().onEvent(event -> events.add(event.getEventType()));
    assertThat(call(pipeline(Duration.ZERO)).block(PATIENCE)).isNotNull();
    assertThat(quota.getMetrics().getAvailablePermissions()).isEqualTo(2);
    assertThat(events).containsExactly(RateLimiterEvent.Type.SUCCESSFUL_ACQUIRE);
    assertThat(quota.acquirePermission(1)).isFalse();
    assertThatThrownBy(() -> quota.changeLimitForPeriod(4))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aShareForInteractiveCallsIsFromNothingToAHalf() {
    for (double share : new double[] {-0.1, 0.51, Double.NaN}) {
      assertThatThrownBy(() -> ApiQuota.builder().interactiveShare(share))
          .hasMessageContaining("interactiveShare must be from 0 to 0.5");
    }
    ApiQuota.builder().interactiveShare(0.5).build();
  }
}
