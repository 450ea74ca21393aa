package dev.allowflux.spring.boot;

import dev.allowflux.reactor.AllowPolicyClient;
import java.util.Map;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers a bean for each named client: {@code NAMEAllowPolicyClient}, which an injection point
 * gets with {@code @Qualifier("NAME")} and not by its type alone.
 */
final class NamedClientsRegistrar implements ImportBeanDefinitionRegistrar {
  private final Environment environment;

  NamedClientsRegistrar(Environment environment) {
    this.environment = environment;
  }

  static String beanName(String client) {
    return client + "AllowPolicyClient";
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
    PropertyNames.check(environment);
    Binder.get(environment)
        .bind(AllowfluxProperties.PREFIX + ".clients", Bindable.mapOf(String.class, Object.class))
        .orElseGet(Map::of)
        .keySet()
        .forEach(client -> register(client, registry));
  }

  private void register(String client, BeanDefinitionRegistry registry) {
    if (client.equals(AllowPolicyClients.DEFAULT)) {
      throw new AllowfluxConfigurationException(
          AllowfluxProperties.PREFIX + ".clients." + client,
          "this is the name of the client without a name",
          "Give the client another name.");
    }
    if (registry.containsBeanDefinition(beanName(client))) {
      return;
    }
    // A method of a bean, not a lambda: only that can be prepared ahead of time.
    RootBeanDefinition definition = new RootBeanDefinition(AllowPolicyClient.class);
    definition.setFactoryBeanName("allowfluxClientFactory");
    definition.setFactoryMethodName("create");
    definition.getConstructorArgumentValues().addIndexedArgumentValue(0, client);
    definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, client));
    definition.setDefaultCandidate(false);
    registry.registerBeanDefinition(beanName(client), definition);
  }
}
