package dev.allowflux.spring.boot.test;

import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.spring.boot.AllowfluxAutoConfiguration;
import dev.allowflux.spring.boot.AllowfluxConnectionDetails;
import dev.allowflux.spring.boot.AllowfluxProperties;
import dev.allowflux.spring.boot.ClientSettingsCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Configures an {@link ApiSimulator} that all clients of the application call. It has the accounts
 * that the properties name, and a user with a quota for each credential. Tests inject it, and find
 * it as at its start ({@link SimulatorResetListener}).
 *
 * <p>Clients hold no call back on their own, unless {@code allowflux.quota} is set: a suite of
 * tests may send more than a service in five minutes.
 *
 * @since 0.1
 */
@AutoConfiguration(before = AllowfluxAutoConfiguration.class)
@ConditionalOnProperty(name = "allowflux.simulator.enabled", matchIfMissing = true)
@EnableConfigurationProperties({AllowfluxProperties.class, SimulatorProperties.class})
public final class AllowfluxSimulatorAutoConfiguration {

  AllowfluxSimulatorAutoConfiguration() {}

  @Bean
  SimulatedTenants allowfluxSimulatedTenants(AllowfluxProperties properties) {
    return new SimulatedTenants(properties);
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  ApiSimulator apiSimulator(
      SimulatorProperties properties,
      SimulatedTenants allowfluxSimulatedTenants,
      ObjectProvider<SimulatorCustomizer> customizers) {
    ApiSimulatorBuilder simulator =
        ApiSimulator.builder().policies(properties.policies()).seed(properties.seed());
    allowfluxSimulatedTenants.addTo(simulator, properties.policies());
    customizers.orderedStream().forEach(customizer -> customizer.customize(simulator));
    return simulator.start();
  }

  @Bean
  @ConditionalOnMissingBean
  AllowfluxConnectionDetails allowfluxSimulatorConnectionDetails(
      SimulatedTenants allowfluxSimulatedTenants, ApiSimulator apiSimulator) {
    return new SimulatorConnectionDetails(allowfluxSimulatedTenants, apiSimulator);
  }

  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  ClientSettingsCustomizer allowfluxTestQuota(Environment environment) {
    boolean set =
        Binder.get(environment)
            .bind("allowflux.quota", Bindable.mapOf(String.class, Object.class))
            .isBound();
    return (client, settings) -> {
      if (!set) {
        settings.rateLimiter(ApiQuota.unlimited());
      }
    };
  }
}
