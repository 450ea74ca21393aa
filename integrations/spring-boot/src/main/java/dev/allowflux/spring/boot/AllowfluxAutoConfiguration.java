package dev.allowflux.spring.boot;

import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.spring.boot.ClientFactory.ClientObserver;
import dev.allowflux.spring.boot.ClientFactory.QuotaStores;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Configures {@link AllowPolicyClient}s from the properties under {@code allowflux}: one without a
 * name, and one for each {@code allowflux.clients.NAME}; {@link AllowPolicyClients} finds all of
 * them. A bean of the application replaces each.
 *
 * @since 0.1
 */
@AutoConfiguration(after = SslAutoConfiguration.class)
@EnableConfigurationProperties(AllowfluxProperties.class)
@Import(NamedClientsRegistrar.class)
public final class AllowfluxAutoConfiguration {

  AllowfluxAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  AllowfluxConnectionDetails allowfluxConnectionDetails(
      AllowfluxProperties properties, Environment environment, BeanFactory beans) {
    return new PropertiesConnectionDetails(properties, environment, beans);
  }

  @Bean
  ClientFactory allowfluxClientFactory(
      AllowfluxProperties properties,
      AllowfluxConnectionDetails details,
      ObjectProvider<ClientSettingsCustomizer> customizers,
      ObjectProvider<CallEvents> events,
      ObjectProvider<ClientObserver> observers,
      ObjectProvider<SslBundles> bundles,
      ObjectProvider<QuotaStores> stores) {
    return new ClientFactory(
        properties,
        details,
        customizers.orderedStream().toList(),
        events.orderedStream().toList(),
        observers.orderedStream().toList(),
        bundles.getIfAvailable(),
        stores.getIfAvailable());
  }

  @Bean
  @ConditionalOnMissingBean
  @Conditional(OnDefaultClient.class)
  AllowPolicyClient allowPolicyClient(ClientFactory allowfluxClientFactory) {
    return allowfluxClientFactory.create(AllowPolicyClients.DEFAULT);
  }

  @Bean
  @ConditionalOnMissingBean
  AllowPolicyClients allowPolicyClients(AllowfluxProperties properties, BeanFactory beans) {
    return new AllowPolicyClients(
        properties,
        client ->
            client.equals(AllowPolicyClients.DEFAULT)
                ? beans.getBean(AllowPolicyClient.class)
                : beans.getBean(NamedClientsRegistrar.beanName(client), AllowPolicyClient.class));
  }

  @Bean
  ClientShutdown allowfluxClientShutdown(ClientFactory allowfluxClientFactory) {
    return new ClientShutdown(allowfluxClientFactory);
  }
}
