package dev.allowflux.spring.boot;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthContributor;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Configures the health of the clients, {@code management.health.allowflux.enabled}. It sends
 * nothing.
 *
 * @since 0.1
 */
@AutoConfiguration(after = AllowfluxAutoConfiguration.class)
@ConditionalOnClass({ReactiveHealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(ClientFactory.class)
public final class AllowfluxHealthAutoConfiguration {

  AllowfluxHealthAutoConfiguration() {}

  @Bean
  @ConditionalOnEnabledHealthIndicator("allowflux")
  @ConditionalOnMissingBean(name = "allowfluxHealthContributor")
  ReactiveHealthContributor allowfluxHealthContributor(
      AllowfluxProperties properties, ClientFactory allowfluxClientFactory) {
    if (properties.clients().isEmpty()) {
      return new ClientHealth(allowfluxClientFactory.lastCall(AllowPolicyClients.DEFAULT));
    }
    Map<String, ReactiveHealthIndicator> clients = new LinkedHashMap<>();
    if (properties.credential() != null || !properties.accounts().isEmpty()) {
      clients.put(
          AllowPolicyClients.DEFAULT,
          new ClientHealth(allowfluxClientFactory.lastCall(AllowPolicyClients.DEFAULT)));
    }
    for (String name : properties.clients().keySet()) {
      clients.put(name, new ClientHealth(allowfluxClientFactory.lastCall(name)));
    }
    return CompositeReactiveHealthContributor.fromMap(clients);
  }
}
