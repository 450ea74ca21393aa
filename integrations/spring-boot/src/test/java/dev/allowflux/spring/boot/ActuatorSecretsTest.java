package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint.ConfigurationPropertiesBeanDescriptor;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Endpoints that show values show none that is a credential. */
@Timeout(240)
class ActuatorSecretsTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EnvironmentEndpointAutoConfiguration.class,
                  ConfigurationPropertiesReportEndpointAutoConfiguration.class,
                  AllowfluxAutoConfiguration.class,
                  AllowfluxRedisAutoConfiguration.class,
                  AllowfluxSanitizingAutoConfiguration.class))
          .withPropertyValues(
              "management.endpoints.web.exposure.include=*",
              "allowflux.page-size=77",
              "allowflux.credential.token=a-secret-1",
              "allowflux.credentials.msp.email=me@example.com",
              "allowflux.credentials.msp.key=a-secret-2",
              "allowflux.clients.acme.credential.userServiceKey=a-secret-3",
              "allowflux.proxy.host=proxy.example",
              "allowflux.proxy.username=u",
              "allowflux.proxy.password=a-secret-4",
              "allowflux.quota.redis.url=redis://u:a-secret-5@redis.example",
              "CLOUDFLARE_API_TOKEN=a-secret-6",
              "ALLOWFLUX_PROXY_PASSWORD=a-secret-7");

  private static List<String> shown(ApplicationContextRunner runner) {
    List<String> shown = new ArrayList<>();
    runner.run(
        context -> {
          EnvironmentEndpoint environment = context.getBean(EnvironmentEndpoint.class);
          environment
              .environment("")
              .getPropertySources()
              .forEach(
                  source ->
                      source
                          .getProperties()
                          .forEach((name, value) -> shown.add(name + "=" + value.getValue())));
          context
              .getBean(ConfigurationPropertiesReportEndpoint.class)
              .configurationProperties()
              .getContexts()
              .values()
              .forEach(bean -> bean.getBeans().values().forEach(one -> show(one, shown)));
        });
    return shown;
  }

  private static void show(ConfigurationPropertiesBeanDescriptor bean, List<String> shown) {
    show(bean.getProperties(), shown);
    show(bean.getInputs(), shown);
  }

  private static void show(Map<String, Object> values, List<String> shown) {
    values.forEach((name, value) -> shown.add(name + "=" + value));
  }

  @Test
  void aCredentialIsNotShownWhereValuesAre() {
    List<String> shown =
        shown(
            runner.withPropertyValues(
                "management.endpoint.env.show-values=always",
                "management.endpoint.configprops.show-values=always"));
    assertThat(shown)
        .as("values are shown")
        .anyMatch(line -> line.contains("77"))
        .anyMatch(line -> line.contains("proxy.example"))
        .anyMatch(line -> line.contains("me@example.com"));
    assertThat(shown).noneMatch(line -> line.contains("a-secret"));
  }

  @Test
  void noValueIsShownByDefault() {
    assertThat(shown(runner)).isNotEmpty().noneMatch(line -> line.contains("a-secret"));
  }

  @Test
  void anApplicationWithoutTheActuatorStarts() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(AllowfluxSanitizingAutoConfiguration.class))
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("allowfluxSanitizing"));
  }
}
