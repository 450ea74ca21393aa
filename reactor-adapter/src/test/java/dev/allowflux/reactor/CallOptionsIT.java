package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Views with other limits, what the beginning of a listing costs, and the check of access. */
@Timeout(240)
class CallOptionsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final ApiSimulator api =
      ApiSimulator.builder().policies(5_000).readOnlyToken("read-only-token").noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());
  private final AllowPolicyClient client = AllowPolicyClient.create(settings(api.token()).build());

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  private ClientSettings.Builder settings(String token) {
    return ClientSettings.builder(Credential.apiToken(token))
        .baseUrl(api.baseUrl())
        .retries(retries -> retries.firstBackoff(Duration.ZERO));
  }

  @Test
  void theBeginningsOfFiftyListingsCostFiftyRequestsOnOneConnection() {
    for (int i = 0; i < 50; i++) {
      assertThat(client.list(account).take(20).collectList().block(PATIENCE)).hasSize(20);
    }
    assertThat(api.requestCount()).as("requests").isEqualTo(50);
    assertThat(api.connectionsAccepted()).as("connections").isEqualTo(1);
  }

  @Test
  void theFirstPagesOfFiftyListingsCostFiftyRequestsOnOneConnection() {
    for (int i = 0; i < 50; i++) {
      Page first = client.pages(account, AllowPolicyFilter.all()).take(1).blockLast(PATIENCE);
      assertThat(first).isNotNull();
    }
    assertThat(api.requestCount()).as("requests").isEqualTo(50);
    assertThat(api.connectionsAccepted()).as("connections").isEqualTo(1);
  }

  @Test
  void aViewHasItsOwnPageSizeAndReadAhead() {
    AllowPolicyClient small = client.with(CallOptions.builder().pageSize(100).readAhead(0).build());
    assertThat(small.list(account).take(150).count().block(PATIENCE)).isEqualTo(150);
    assertThat(api.requests())
        .extracting(request -> request.query())
        .allSatisfy(query -> assertThat(query).contains("per_page=100"))
        .hasSize(2);
    api.takeRequests();
    client.pages(account, AllowPolicyFilter.all()).take(1).blockLast(PATIENCE);
    assertThat(api.requests().get(0).query()).as("as before").contains("per_page=1000");
  }

  @Test
  void aViewOfAViewKeepsWhatItDoesNotSet() {
    AllowPolicyClient view =
        client
            .with(CallOptions.builder().pageSize(100).build())
            .with(CallOptions.builder().pageSize(200).readAhead(0).build())
            .with(CallOptions.builder().priority(Priority.BULK).build());
    assertThat(view.list(account).take(201).count().block(PATIENCE)).isEqualTo(201);
    assertThat(api.requests())
        .extracting(request -> request.query())
        .allSatisfy(query -> assertThat(query).contains("per_page=200"))
        .hasSize(2);
  }

  @Test
  void aViewHasItsOwnTimeLimit() {
    api.faults(FaultScript.inOrder(Fault.hang(Point.BEFORE_HEADERS)));
    PolicyId id = new PolicyId(api.policyIds().get(0));
    AllowPolicyClient hurried =
        client.with(CallOptions.builder().timeLimit(Duration.ofMillis(50)).build());
    StepVerifier.create(hurried.get(account, id))
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("time limit"))
        .verify(PATIENCE);
    StepVerifier.create(client.get(account, id)).expectNextCount(1).expectComplete().verify();
  }

  @Test
  void aViewSharesConnectionsQuotaAndTheEndOfItsClient() {
    AllowPolicyClient view = client.with(CallOptions.builder().pageSize(10).build());
    List<String> ids = api.policyIds();
    Flux.range(0, 10)
        .concatMap(i -> (i % 2 == 0 ? view : client).get(account, new PolicyId(ids.get(i))))
        .blockLast(PATIENCE);
    assertThat(api.connectionsAccepted()).isEqualTo(1);
    view.close();
    StepVerifier.create(client.get(account, new PolicyId(ids.get(0))))
        .expectError(IllegalStateException.class)
        .verify(PATIENCE);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().pageSize(1001))
        .withMessageContaining("pageSize");
    assertThatIllegalArgumentException().isThrownBy(() -> CallOptions.builder().readAhead(9));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CallOptions.builder().timeLimit(Duration.ofMillis(-1)));
  }

  @Test
  void aCheckOfAccessIsOneSmallCall() {
    AccessCheck check = client.check(account).block(PATIENCE);
    assertThat(check.works()).isTrue();
    assertThat(check.reason()).isNull();
    assertThat(api.requests()).hasSize(1);
    assertThat(api.requests().get(0).query()).contains("per_page=1").doesNotContain("per_page=10");
  }

  @Test
  void aCheckSaysWhatDoesNotWorkAndWhatToDo() {
    try (AllowPolicyClient wrong = AllowPolicyClient.create(settings("wrong-token").build())) {
      AccessCheck check = wrong.check(account).block(PATIENCE);
      assertThat(check.works()).isFalse();
      assertThat(check.reason()).isEqualTo(RejectionReason.CREDENTIAL);
      assertThat(check.advice()).contains("token").doesNotContain("wrong-token");
    }
    AccessCheck other = client.check(new AccountId("no-such-account")).block(PATIENCE);
    assertThat(other.works()).isFalse();
    assertThat(other.refusal()).isNotNull();
    assertThat(other.advice()).contains("no-such-account");
  }

  @Test
  void aCheckThatFindsNothingOutFails() {
    api.faults(FaultScript.of(FaultRule.of(Fault.refusal(503, 1)).always()));
    StepVerifier.create(client.check(account)).expectError(Unavailable.class).verify(PATIENCE);
  }
}
