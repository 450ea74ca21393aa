package dev.allowflux.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.AllowPolicyClient;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** A property that nothing reads ends the start, and says so without its value. */
@Timeout(240)
class PropertyNamesTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(AllowfluxAutoConfiguration.class))
          .withPropertyValues("allowflux.credential.token=simulator-token");

  private static FailureAnalysis failure(ApplicationContextRunner runner) {
    FailureAnalysis[] analysis = new FailureAnalysis[1];
    runner.run(
        context -> {
          assertThat(context).hasFailed();
          for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
            assertThat(t).message().doesNotContain("a-secret");
          }
          analysis[0] = new AllowfluxFailureAnalyzer().analyze(context.getStartupFailure());
        });
    return analysis[0];
  }

  private void assertUnknown(String property, String... values) {
    FailureAnalysis failure = failure(runner.withPropertyValues(values));
    assertThat(failure.getDescription()).isEqualTo(property + ": there is no such property");
    assertThat(failure.getAction()).doesNotContain("a-secret");
  }

  @Test
  void aMisspelledNameIsNamedWithTheNamesThatThereAre() {
    assertUnknown("allowflux.credental", "allowflux.credental.token=a-secret");
    assertUnknown("allowflux.quota.cals", "allowflux.quota.cals=7");
    assertUnknown("allowflux.clients.acme.page-sise", "allowflux.clients.acme.page-sise=7");
    assertUnknown("allowflux.clients.acme.clients", "allowflux.clients.acme.clients.b.page-size=7");
    assertUnknown("allowflux.credentials.msp.tokens", "allowflux.credentials.msp.tokens=a-secret");
    assertUnknown("allowflux.page-size.max", "allowflux.page-size.max=7");
    assertThat(failure(runner.withPropertyValues("allowflux.quota.cals=7")).getAction())
        .endsWith("known under allowflux.quota are calls, max-waiting, redis, reserve, window.");
  }

  @Test
  void everyWayToWriteANameIsKnown() {
    runner
        .withPropertyValues(
            "allowflux.pageSize=7",
            "allowflux.max_attempts=2",
            "allowflux.timeout.closeGrace=1s",
            "allowflux.clients.north-west.quota.redis.when-away=closed",
            "allowflux.clients.north-west.credential.token=another",
            "allowflux.clients[south.east].accounts[main.account]=a1",
            "allowflux.accounts.any.name.of.one=a2",
            "allowflux.credentials.msp.user-service-key=k",
            "allowflux.problem-details.enabled=true",
            "allowflux.simulator.policies=7",
            "allowfluxes.are-others=7")
        .run(context -> assertThat(context).hasNotFailed());
  }

  /** Spring Boot 4.1 takes it for a client with defaults; 4.0 binds no text to one, and says so. */
  @Test
  void aClientOfWhichNothingIsSetIsNoMisspelledName() {
    runner
        .withPropertyValues("allowflux.clients.empty=")
        .run(
            context -> {
              Throwable failure = context.getStartupFailure();
              if (failure == null) {
                assertThat(context).hasSingleBean(AllowPolicyClients.class);
              } else {
                assertThat(failure).hasRootCauseInstanceOf(ConverterNotFoundException.class);
              }
            });
  }

  @Test
  void aValueWhereAGroupIsExpectedIsRefused() {
    FailureAnalysis failure =
        failure(runner.withPropertyValues("allowflux.proxy=http://u:a-secret@p"));
    assertThat(failure.getDescription())
        .isEqualTo("allowflux.proxy: this is a group of properties, and has no value itself");
  }

  private ApplicationContextRunner withVariables(Map<String, Object> variables) {
    return runner.withInitializer(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .replace(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
  }

  @Test
  void variablesOfTheCommandLineAndOfKubernetesAreLeftAlone() {
    withVariables(
            Map.of(
                "ALLOWFLUX_PROXY_PASSWORD", "p",
                "ALLOWFLUX_REDIS_PASSWORD", "p",
                "ALLOWFLUX_QUOTA_NAME", "tenant a",
                "ALLOWFLUX_SERVICE_HOST", "10.0.0.1",
                "ALLOWFLUX_PORT", "tcp://10.0.0.1:80"))
        .run(context -> assertThat(context).hasSingleBean(AllowPolicyClient.class));
  }

  @Test
  void theSharedQuotaOfTheCommandLineIsNotIgnoredInSilence() {
    FailureAnalysis failure =
        failure(withVariables(Map.of("ALLOWFLUX_QUOTA", "redis://u:a-secret@redis.example")));
    assertThat(failure.getDescription()).startsWith("allowflux.quota: ");
    assertThat(failure.getAction()).contains("allowflux.quota.redis.url");
  }
}
