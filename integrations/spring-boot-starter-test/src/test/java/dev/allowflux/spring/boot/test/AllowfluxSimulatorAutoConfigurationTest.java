package dev.allowflux.spring.boot.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.spring.boot.AllowPolicyClients;
import dev.allowflux.spring.boot.AllowfluxAutoConfiguration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

@Timeout(240)
class AllowfluxSimulatorAutoConfigurationTest {
  private static final String EMAIL =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,"
          + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
          + "\"is_exempt_recipient\":false,\"verify_sender\":true}";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  AllowfluxSimulatorAutoConfiguration.class, AllowfluxAutoConfiguration.class));

  private static List<AllowPolicy> list(AllowPolicyClient client, String account) {
    return client.list(new AccountId(account)).collectList().block();
  }

  @Test
  void anApplicationWithoutPropertiesCallsTheDefaultAccount() {
    runner
        .withPropertyValues("allowflux.simulator.policies=7", "allowflux.simulator.seed=3")
        .run(
            context -> {
              ApiSimulator api = context.getBean(ApiSimulator.class);
              assertThat(list(context.getBean(AllowPolicyClient.class), api.accountId()))
                  .extracting(policy -> policy.id().value())
                  .containsExactlyInAnyOrderElementsOf(api.policyIds())
                  .hasSize(7);
            });
  }

  @Test
  void eachCredentialOfThePropertiesIsAUserWithItsAccounts() {
    runner
        .withPropertyValues(
            "allowflux.simulator.policies=2",
            "allowflux.clients.acme.credential.token=${NOT_SET:x}",
            "allowflux.clients.acme.accounts.acme=a1",
            "allowflux.clients.brand.credential.ref=msp",
            "allowflux.clients.brand.accounts.brand=b1",
            "allowflux.clients.other.credential.ref=msp",
            "allowflux.clients.other.accounts.other=a2")
        .withBean(SimulatorCustomizer.class, () -> simulator -> simulator.addPolicy("a1", EMAIL))
        .run(
            context -> {
              ApiSimulator api = context.getBean(ApiSimulator.class);
              AllowPolicyClients clients = context.getBean(AllowPolicyClients.class);
              for (String name : clients.accountNames()) {
                AllowPolicyClients.NamedAccount account = clients.account(name);
                assertThat(account.client().list(account.id()).collectList().block())
                    .hasSize(name.equals("acme") ? 3 : 2);
              }
              assertThat(api.user("simulated.credentials.msp").accountIds())
                  .containsExactlyInAnyOrder("b1", "a2");
              assertThat(api.user("simulated.credentials.msp").quotaLeft()).isEqualTo(1198);
              assertThat(api.user("simulated.clients.acme").quotaLeft()).isEqualTo(1199);
            });
  }

  @Test
  void clientsOfTestsHoldNoCallBackUnlessAQuotaIsSet() {
    runner
        .withBean(SimulatorCustomizer.class, () -> ApiSimulatorBuilder::noRateLimit)
        .run(
            context -> {
              ApiSimulator api = context.getBean(ApiSimulator.class);
              AllowPolicyClient client = context.getBean(AllowPolicyClient.class);
              for (int i = 0; i < 1300; i++) {
                client.list(new AccountId(api.accountId())).blockLast();
              }
              assertThat(api.requestCount()).isEqualTo(1300);
            });
    runner
        .withPropertyValues("allowflux.quota.calls=1", "allowflux.timeout.operation=5s")
        .run(
            context -> {
              AccountId account = new AccountId(context.getBean(ApiSimulator.class).accountId());
              AllowPolicyClient client = context.getBean(AllowPolicyClient.class);
              client.list(account).blockLast();
              assertThatExceptionOfType(EmailSecurityException.Throttled.class)
                  .isThrownBy(() -> client.list(account).blockLast());
            });
  }

  @Test
  void theSimulatorCanBeSwitchedOff() {
    runner
        .withPropertyValues(
            "allowflux.simulator.enabled=false", "allowflux.credential.token=anything")
        .run(
            context ->
                assertThat(context)
                    .hasSingleBean(AllowPolicyClient.class)
                    .doesNotHaveBean(ApiSimulator.class));
  }
}
