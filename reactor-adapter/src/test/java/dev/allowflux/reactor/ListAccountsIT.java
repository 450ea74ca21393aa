package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The accounts that a credential sees. */
@Timeout(240)
class ListAccountsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int ACCOUNTS = 120;

  private static ApiSimulator api;
  private AllowPolicyClient client;

  @BeforeAll
  static void start() {
    ApiSimulatorBuilder builder = ApiSimulator.builder().seed(7);
    ids().forEach(id -> builder.addAccount(id, "token-" + id, 0));
    builder.addUser("operator", ids().toArray(String[]::new));
    builder.addUser("none-but-one", "a7");
    api = builder.start();
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @BeforeEach
  void connect() {
    api.reset();
    client = client("operator");
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private static AllowPolicyClient client(String token) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken(token))
            .baseUrl(api.baseUrl())
            .retries(retries -> retries.firstBackoff(Duration.ofMillis(2)))
            .build());
  }

  private static List<String> ids() {
    return IntStream.range(0, ACCOUNTS).mapToObj(i -> "a" + i).toList();
  }

  private static List<String> queries() {
    return api.requests().stream().map(request -> request.query()).toList();
  }

  private static Flux<String> idsOf(AllowPolicyClient client) {
    return client.accounts().map(account -> account.id().value());
  }

  @Test
  void everyAccountOfTheCredentialComesOnce() {
    assertThat(idsOf(client).collectList().block(PATIENCE)).isEqualTo(ids());
    assertThat(queries())
        .containsExactly("page=1&per_page=50", "page=2&per_page=50", "page=3&per_page=50");
    try (AllowPolicyClient other = client("none-but-one")) {
      assertThat(other.accounts().collectList().block(PATIENCE))
          .containsExactly(new Account(new AccountId("a7"), "Account a7"));
    }
  }

  @Test
  void pageIsRequestedOnlyWhenAnAccountOfItIsDemanded() {
    StepVerifier.create(idsOf(client), 0)
        .expectSubscription()
        .then(() -> assertThat(api.requestCount()).isZero())
        .thenRequest(50)
        .expectNextCount(50)
        .then(() -> assertThat(api.requestCount()).isEqualTo(1))
        .thenRequest(1)
        .expectNext("a50")
        .then(() -> assertThat(api.requestCount()).isEqualTo(2))
        .thenCancel()
        .verify(PATIENCE);
    assertThat(api.requestCount()).isEqualTo(2);
  }

  @Test
  void listingIsCountedByTheQuotaAndRetriedAfterA429() {
    long before = api.user("operator").quotaLeft();
    api.faults(FaultScript.of(FaultRule.of(Fault.status(503, Fault.Content.HTML)).onPage(2)));

    assertThat(idsOf(client).collectList().block(PATIENCE)).isEqualTo(ids());
    assertThat(api.user("operator").quotaLeft()).isEqualTo(before - 4);
  }

  @Test
  void serviceWithShorterPagesThanRequestedIsReadToTheEnd() {
    api.faults(FaultScript.of(FaultRule.of(Fault.cappedPage(30)).always()));

    assertThat(idsOf(client).collectList().block(PATIENCE)).isEqualTo(ids());
    assertThat(api.requestCount()).isEqualTo(4);
  }

  @Test
  void repeatedPageIsReportedAndNeverReadForEver() {
    assertReported(Fault.repeatedPage(), "page 2 repeats accounts of earlier pages: 50 of 120");
  }

  @Test
  void emptyPageBeforeTheEndIsReported() {
    assertReported(Fault.missingPage(), "page 2 is empty: 50 of 120 accounts came");
  }

  private void assertReported(Fault secondPage, String message) {
    api.faults(FaultScript.of(FaultRule.of(secondPage).onPage(2).always()));

    StepVerifier.create(client.accounts())
        .expectNextCount(50)
        .expectErrorSatisfies(
            failure ->
                assertThat(failure).isInstanceOf(Malformed.class).hasMessageContaining(message))
        .verify(PATIENCE);
    assertThat(api.requestCount()).isEqualTo(2);
  }

  @Test
  void wrongCredentialIsRefused() {
    try (AllowPolicyClient stranger = client("wrong")) {
      StepVerifier.create(stranger.accounts())
          .expectErrorSatisfies(
              failure -> {
                assertThat(failure).isInstanceOf(Rejected.class);
                Rejected rejected = (Rejected) failure;
                assertThat(rejected.reason()).isEqualTo(RejectionReason.CREDENTIAL);
                assertThat(rejected.details().accountId()).isNull();
                assertThat(rejected).hasMessageStartingWith("list accounts: 401");
              })
          .verify(PATIENCE);
    }
  }

  @Test
  void simulatorTakesARuleForTheListingOfAccountsAlone() {
    api.faults(
        FaultScript.of(
            FaultRule.of(Fault.refusal(403, 10_000)).on(Operation.LIST_ACCOUNTS).always()));

    StepVerifier.create(client.list(new AccountId("a7"))).verifyComplete();
    StepVerifier.create(client.accounts()).expectError(Rejected.class).verify(PATIENCE);
  }
}
