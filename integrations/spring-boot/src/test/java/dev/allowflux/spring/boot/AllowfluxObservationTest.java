package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.micrometer.CallObservations;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.spring.boot.ClientFactory.ClientObserver;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(240)
class AllowfluxObservationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AllowfluxAutoConfiguration.class, AllowfluxObservationAutoConfiguration.class))
          .withPropertyValues("allowflux.credential.token=simulator-token");

  @Test
  void callsAreObservedAndMeasuredWhereThereAreRegistries() {
    Queue<String> ended = new ConcurrentLinkedQueue<>();
    try (ApiSimulator api = ApiSimulator.builder().policies(2).start()) {
      runner
          .withPropertyValues("allowflux.base-url=" + api.baseUrl())
          .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
          .withBean(ObservationRegistry.class, () -> registry(ended))
          .run(
              context -> {
                context
                    .getBean(AllowPolicyClient.class)
                    .list(new AccountId(api.accountId()))
                    .blockLast();
                assertThat(ended).contains("allowflux.call");
                assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .map(Meter::getId)
                    .filteredOn(id -> id.getName().startsWith("allowflux."))
                    .isNotEmpty()
                    .allSatisfy(
                        id -> assertThat(id.getTag("allowflux.client")).isEqualTo("default"));
              });
    }
  }

  private static ObservationRegistry registry(Queue<String> ended) {
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                ended.add(context.getName());
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
    return registry;
  }

  @Test
  void nothingIsObservedWithoutARegistryOrTheModule() {
    runner.run(
        context ->
            assertThat(context)
                .hasSingleBean(AllowPolicyClient.class)
                .doesNotHaveBean(CallObservations.class)
                .doesNotHaveBean(ClientObserver.class));
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withClassLoader(new FilteredClassLoader("dev.allowflux.micrometer"))
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(AllowPolicyClient.class)
                    .doesNotHaveBean(ClientObserver.class));
  }
}
