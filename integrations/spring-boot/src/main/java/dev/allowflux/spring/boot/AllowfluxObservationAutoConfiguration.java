package dev.allowflux.spring.boot;

import dev.allowflux.micrometer.AttemptObservationConvention;
import dev.allowflux.micrometer.CallMeters;
import dev.allowflux.micrometer.CallObservationConvention;
import dev.allowflux.micrometer.CallObservations;
import dev.allowflux.spring.boot.ClientFactory.ClientObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Configures observations and meters of calls, for applications that have {@code
 * allowflux-micrometer} and a registry. Conventions of the application replace ours.
 *
 * @since 0.1
 */
@AutoConfiguration(
    before = AllowfluxAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnClass({CallObservations.class, ObservationRegistry.class, MeterRegistry.class})
public final class AllowfluxObservationAutoConfiguration {

  AllowfluxObservationAutoConfiguration() {}

  @Bean
  @ConditionalOnBean(ObservationRegistry.class)
  @ConditionalOnMissingBean
  CallObservations allowfluxCallObservations(
      ObservationRegistry registry,
      ObjectProvider<CallObservationConvention> callConvention,
      ObjectProvider<AttemptObservationConvention> attemptConvention) {
    CallObservations observations = CallObservations.of(registry);
    CallObservationConvention ofCalls = callConvention.getIfAvailable();
    if (ofCalls != null) {
      observations = observations.withCallConvention(ofCalls);
    }
    AttemptObservationConvention ofAttempts = attemptConvention.getIfAvailable();
    return ofAttempts == null ? observations : observations.withAttemptConvention(ofAttempts);
  }

  @Bean
  @ConditionalOnBean(MeterRegistry.class)
  @ConditionalOnMissingBean
  ClientObserver allowfluxMeters(MeterRegistry registry) {
    return (client, quota) -> CallMeters.of(registry, quota, Tags.of("allowflux.client", client));
  }
}
