package stranger;

import dev.allowflux.simulator.ApiSimulator;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(properties = "allowflux.simulator.policies=25")
@AutoConfigureWebTestClient
class ServiceTest {
  @Autowired private ApiSimulator api;
  @Autowired private WebTestClient web;

  @Test
  void thePoliciesOfTheSimulatorAreListed() {
    web.get()
        .uri("/accounts/{account}/policies", api.accountId())
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.length()")
        .isEqualTo(25)
        .jsonPath("$[0].is_trusted_sender")
        .exists();
  }
}
