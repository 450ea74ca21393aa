package dev.allowflux.spring.boot.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

/** As a user's test is: nothing but the starters on the class path. */
@Timeout(240)
@SpringBootTest(properties = "allowflux.simulator.policies=3")
class SimulatorResetListenerTest {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  @Autowired private ApiSimulator api;
  @Autowired private AllowPolicyClient client;

  @RepeatedTest(2)
  void eachTestFindsTheSimulatorAsAtItsStart() {
    AccountId account = new AccountId(api.accountId());
    assertThat(api.requestCount()).isZero();
    assertThat(client.list(account).collectList().block()).hasSize(3);
    api.deletePolicies(api.policyIds());
  }
}
