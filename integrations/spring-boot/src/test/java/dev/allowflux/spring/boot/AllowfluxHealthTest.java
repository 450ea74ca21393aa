package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.spring.boot.ClientFactory.ClientObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Mono;

@Timeout(240)
class AllowfluxHealthTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AllowfluxAutoConfiguration.class, AllowfluxHealthAutoConfiguration.class))
          .withPropertyValues(
              "allowflux.credential.token=simulator-token", "allowflux.max-attempts=1");

  private static void call(Publisher<?> call) {
    Mono.from(call).then().onErrorComplete().block();
  }

  @Test
  void healthIsThatOfTheLastCallAndCostsNone() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2).start()) {
      AccountId account = new AccountId(api.accountId());
      PolicyId absent = new PolicyId("00000000-0000-0000-0000-000000000000");
      runner
          .withPropertyValues("allowflux.base-url=" + api.baseUrl())
          .run(
              context -> {
                AllowPolicyClient client = context.getBean(AllowPolicyClient.class);
                ClientHealth health =
                    context.getBean("allowfluxHealthContributor", ClientHealth.class);
                assertThat(health.health().block().getStatus()).isEqualTo(Status.UNKNOWN);
                assertThat(api.requestCount()).isZero();

                call(client.list(account).then());
                Health up = health.health().block();
                assertThat(up.getStatus()).isEqualTo(Status.UP);
                assertThat(up.getDetails()).containsKeys("lastCall", "lastSuccess", "quota");

                call(client.get(account, absent));
                assertThat(health.health().block().getStatus()).isEqualTo(Status.UP);

                api.faults(FaultScript.inOrder(Fault.status(503, Fault.Content.HTML)));
                call(client.get(account, absent));
                assertThat(health.health().block().getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.health(Instant.now().plus(Duration.ofMinutes(2))).getStatus())
                    .isEqualTo(Status.UNKNOWN);

                call(client.list(new AccountId("nobody")).then());
                assertThat(health.health().block().getStatus()).isEqualTo(Status.DOWN);

                call(client.list(account).then());
                assertThat(health.health().block().getStatus()).isEqualTo(Status.UP);
                assertThat(api.requestCount()).isEqualTo(5);
              });
    }
  }

  @Test
  void healthAndMetersAreThoseOfTheQuotaThatACustomizerSet() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2).noRateLimit().start()) {
      List<ApiQuota> observed = new CopyOnWriteArrayList<>();
      ApiQuota unlimited = ApiQuota.unlimited();
      runner
          .withPropertyValues("allowflux.base-url=" + api.baseUrl())
          .withBean(
              ClientSettingsCustomizer.class,
              () ->
                  (client, settings) -> settings.rateLimiter(unlimited).events(new CallEvents() {}))
          .withBean(
              ClientObserver.class,
              () ->
                  (client, quota) -> {
                    observed.add(quota);
                    return new CallEvents() {};
                  })
          .run(
              context -> {
                call(
                    context
                        .getBean(AllowPolicyClient.class)
                        .list(new AccountId(api.accountId()))
                        .then());
                Health health =
                    context
                        .getBean("allowfluxHealthContributor", ClientHealth.class)
                        .health()
                        .block();
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails().get("quota"))
                    .isEqualTo(Map.of("available", "unlimited", "waiting", 0));
              });
      assertThat(observed).containsExactly(unlimited);
    }
  }

  @Test
  void eachNamedClientHasAHealthOfItsOwn() {
    runner
        .withPropertyValues("allowflux.clients.acme.page-size=10")
        .run(
            context -> {
              CompositeReactiveHealthContributor composite =
                  context.getBean(CompositeReactiveHealthContributor.class);
              assertThat(composite.getContributor("acme")).isNotNull();
              assertThat(composite.getContributor("default")).isNotNull();
            });
  }

  @Test
  void healthCanBeSwitchedOffAndIsNotNeeded() {
    runner
        .withPropertyValues("management.health.allowflux.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(ReactiveHealthContributor.class));
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(AllowPolicyClient.class));
  }
}
