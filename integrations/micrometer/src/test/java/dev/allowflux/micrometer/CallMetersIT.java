package dev.allowflux.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** The meters of a client over sockets. */
@Timeout(240)
class CallMetersIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int IDS = 10_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ApiSimulator api = ApiSimulator.builder().policies(25).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());

  @AfterEach
  void stop() {
    api.close();
    meters.close();
  }

  private AllowPolicyClient client(ApiQuota quota, CallEvents events) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken(api.token()))
            .baseUrl(api.baseUrl())
            .rateLimiter(quota)
            .retries(retries -> retries.firstBackoff(Duration.ZERO))
            .pageSize(10)
            .connections(connections -> connections.compression(false))
            .events(events)
            .build());
  }

  @Test
  void tenThousandIdsMakeAtMostADozenSeries() {
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    ApiQuota quota = ApiQuota.unlimited();
    CallEvents both = CallObservations.of(observations).andThen(CallMeters.of(meters, quota));
    try (AllowPolicyClient client = client(quota, both)) {
      Flux.range(0, IDS)
          .flatMap(i -> client.get(account, new PolicyId("id-" + i)).onErrorComplete(), 32)
          .blockLast(PATIENCE);
    }
    Timer calls = meters.get("allowflux.call").timer();
    assertThat(calls.count()).isEqualTo(IDS);
    assertThat(meters.get("http.client.request.duration").timer().count()).isEqualTo(IDS);
    assertThat(meters.getMeters()).as("series").hasSizeLessThanOrEqualTo(12);
    assertThat(meters.getMeters())
        .extracting(Meter::getId)
        .allSatisfy(
            id ->
                assertThat(id.getTags())
                    .extracting(Tag::getValue)
                    .noneMatch(value -> value.contains("id-") || value.equals(account.value())));
  }

  @Test
  void waitsRetriesPagesAndPoliciesAreCounted() {
    ApiQuota quota =
        ApiQuota.builder().quota(2).window(Duration.ofMillis(100)).burstPerSecond(1_000).build();
    api.faults(FaultScript.inOrder(Fault.refusal(503, 1000)));
    try (AllowPolicyClient client = client(quota, CallMeters.of(meters, quota))) {
      assertThat(client.list(account).count().block(PATIENCE)).isEqualTo(25);
    }
    assertThat(meters.get("allowflux.pages").counter().count()).isEqualTo(3);
    assertThat(meters.get("allowflux.policies").counter().count()).isEqualTo(25);
    assertThat(meters.get("allowflux.call.retries").tag("cause", "unavailable").counter().count())
        .isEqualTo(1);
    Timer waited = meters.get("allowflux.quota.wait").tag("reason", "quota").timer();
    assertThat(waited.count()).isPositive();
    assertThat(waited.totalTime(TimeUnit.NANOSECONDS)).isPositive();
  }

  @Test
  void gaugesTellWhatTheQuotaAndTheServiceAllow() {
    api.close();
    api = ApiSimulator.builder().policies(1).start();
    ApiQuota quota = ApiQuota.builder().quota(50).build();
    CallMeters events = CallMeters.of(meters, quota, Tags.of("client", "one"));
    assertThat(gauge("allowflux.quota.server.remaining")).isNaN();
    assertThat(gauge("allowflux.quota.available")).isEqualTo(50);
    try (AllowPolicyClient client = client(quota, events)) {
      PolicyId id = new PolicyId(api.policyIds().get(0));
      AccountId own = new AccountId(api.accountId());
      client.get(own, id).block(PATIENCE);
      assertThat(gauge("allowflux.quota.available")).isEqualTo(49);
      assertThat(gauge("allowflux.quota.server.remaining")).isEqualTo(1_199);
      assertThat(gauge("allowflux.quota.paused")).isZero();
      assertThat(gauge("allowflux.calls.waiting")).isZero();
      api.faults(FaultScript.inOrder(Fault.throttled(971)));
      client.get(own, id).onErrorComplete().subscribe();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (gauge("allowflux.calls.waiting") == 0) {
        assertThat(System.nanoTime()).as("waited for the call to wait").isLessThan(end);
        Thread.onSpinWait();
      }
      assertThat(gauge("allowflux.quota.paused")).isPositive();
    }
  }

  private double gauge(String name) {
    return meters.get(name).gauge().value();
  }
}
