package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

@Timeout(240)
class AllowPolicyClientIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final NewAllowPolicy NEW =
      TrustedSenders.of("billing@supplier.example", PatternType.EMAIL)
          .comments("quarterly \"invoices\" \u00e9\ud83d\ude00\n")
          .build();

  private ApiSimulator api = start(0);
  private final AccountId account = new AccountId(api.accountId());

  @AfterEach
  void stop() {
    api.close();
  }

  private static ApiSimulator start(int policies) {
    return ApiSimulator.builder().policies(policies).seed(7).start();
  }

  private void serve(int policies) {
    api.close();
    api = start(policies);
  }

  private ClientSettings.Builder settings() {
    return ClientSettings.builder(Credential.apiToken(api.token())).baseUrl(api.baseUrl());
  }

  private AllowPolicyClient client() {
    return AllowPolicyClient.create(settings().build());
  }

  private static <T> T get(Mono<T> mono) {
    T value = mono.block(PATIENCE);
    assertThat(value).isNotNull();
    return value;
  }

  private static void wait(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void aListingReportsEachOfItsAttemptsOnce() {
    serve(2_500);
    List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
    CallEvents events =
        new CallEvents() {
          @Override
          public void attempted(Call call, AttemptEnd end) {
            statuses.add(end.status());
          }
        };
    try (AllowPolicyClient client = AllowPolicyClient.create(settings().events(events).build())) {
      assertThat(get(client.list(account).count())).isEqualTo(2_500);
      wait("the last attempt", () -> statuses.size() >= 3);
      assertThat(statuses).containsExactly(200, 200, 200);
    }
  }

  @Test
  void aPolicyIsCreatedReadChangedAndDeleted() {
    try (AllowPolicyClient client = client()) {
      ApiResult<AllowPolicy> created = get(client.createWithResponse(account, NEW));
      assertThat(created.status()).isEqualTo(201);
      assertThat(created.cfRay()).isNotBlank();
      assertThat(created.rateLimit()).isNotNull();
      AllowPolicy policy = created.value();
      assertThat(policy.pattern()).isEqualTo(NEW.pattern());
      assertThat(policy.patternType()).isEqualTo(PatternType.EMAIL);
      assertThat(policy.comments()).isEqualTo(NEW.comments());
      assertThat(policy.isTrustedSender()).isTrue();
      assertThat(policy.isRegex()).isFalse();

      assertThat(get(client.get(account, policy.id()))).isEqualTo(policy);

      AllowPolicyEdit edit = AllowPolicyEdit.builder().clearComments().verifySender(false).build();
      AllowPolicy edited = get(client.edit(account, policy.id(), edit));
      assertThat(edited.comments()).isNull();
      assertThat(edited.verifySender()).isFalse();
      assertThat(edited.pattern()).isEqualTo(NEW.pattern());

      assertThat(get(client.deleteWithResponse(account, policy.id())).value())
          .isEqualTo(policy.id());
      assertThat(api.size()).isZero();
      StepVerifier.create(client.delete(account, policy.id()))
          .expectErrorSatisfies(
              failure ->
                  assertThat(((Rejected) failure).reason()).isEqualTo(RejectionReason.NOT_FOUND))
          .verify(PATIENCE);
    }
  }

  @Test
  void aBatchIsCarriedOutWholeOrNotAtAll() {
    serve(10);
    List<PolicyId> ids = api.policyIds().stream().map(PolicyId::new).toList();
    AllowPolicyBatch batch =
        AllowPolicyBatch.builder()
            .delete(ids.get(0))
            .edit(ids.get(1), AllowPolicyEdit.builder().comments("edited").build())
            .replace(ids.get(2), NEW)
            .create(NEW)
            .build();
    try (AllowPolicyClient client = client()) {
      BatchResult result = get(client.batch(account, batch));
      assertThat(result.deletes()).containsExactly(ids.get(0));
      assertThat(result.edits()).extracting(AllowPolicy::comments).containsExactly("edited");
      assertThat(result.replacements()).extracting(AllowPolicy::id).containsExactly(ids.get(2));
      assertThat(result.creates()).extracting(AllowPolicy::pattern).containsExactly(NEW.pattern());
      assertThat(api.size()).isEqualTo(10);

      AllowPolicyBatch bad =
          AllowPolicyBatch.builder()
              .delete(ids.get(3))
              .delete(new PolicyId("00000000-0000-4000-8000-000000000000"))
              .build();
      StepVerifier.create(client.batch(account, bad)).expectError(Rejected.class).verify(PATIENCE);
      assertThat(api.size()).isEqualTo(10);
    }
  }

  @Test
  void everyPolicyIsListedOnceAndInOrder() {
    serve(2_500);
    try (AllowPolicyClient client = client()) {
      List<String> ids = get(client.list(account).map(policy -> policy.id().value()).collectList());
      assertThat(ids).isEqualTo(api.policyIds());
      assertThat(api.requestCount()).isEqualTo(3);
      assertThat(api.peakConcurrentRequests()).isEqualTo(1);
      assertThat(api.connectionsAccepted()).isEqualTo(1);
    }
  }

  @Test
  void filtersOrderAndDirectionAreTheServersToApply() {
    serve(3_000);
    AllowPolicyFilter filter =
        AllowPolicyFilter.builder()
            .patternType(PatternType.DOMAIN)
            .isTrustedSender(true)
            .order(Order.PATTERN)
            .direction(Direction.DESC)
            .build();
    ClientSettings settings = settings().pageSize(100).readAhead(4).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      List<AllowPolicy> found = get(client.list(account, filter).collectList());
      assertThat(found).isNotEmpty();
      assertThat(found)
          .allSatisfy(
              policy -> {
                assertThat(policy.patternType()).isEqualTo(PatternType.DOMAIN);
                assertThat(policy.isTrustedSender()).isTrue();
              });
      assertThat(found)
          .extracting(AllowPolicy::pattern)
          .isSortedAccordingTo((a, b) -> b.compareTo(a));
      List<AllowPolicy> all = get(client.list(account).collectList());
      assertThat(found)
          .hasSize(
              (int)
                  all.stream()
                      .filter(policy -> policy.patternType() == PatternType.DOMAIN)
                      .filter(policy -> Boolean.TRUE.equals(policy.isTrustedSender()))
                      .count());
    }
  }

  @Test
  void demandDecidesHowManyPagesAreFetched() {
    serve(2_000);
    ClientSettings settings = settings().pageSize(100).readAhead(0).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      TestSubscriber<AllowPolicy> subscriber = TestSubscriber.builder().initialRequest(0).build();
      client.list(account).subscribe(subscriber);
      subscriber.request(1);
      wait("one policy", () -> subscriber.getReceivedOnNext().size() == 1);
      subscriber.request(99);
      wait("a page", () -> subscriber.getReceivedOnNext().size() == 100);
      assertThat(api.requestCount()).isEqualTo(1);
      subscriber.request(1);
      wait("one more", () -> subscriber.getReceivedOnNext().size() == 101);
      assertThat(api.requestCount()).isEqualTo(2);
      subscriber.cancel();
    }
  }

  @Test
  void limitingTheStreamFetchesOnlyWhatItNeedsAndTheReadAhead() {
    serve(2_000);
    ClientSettings settings = settings().pageSize(100).readAhead(0).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      assertThat(get(client.list(account).take(150).collectList())).hasSize(150);
      assertThat(api.requestCount()).isEqualTo(2);
      List<Page> pages = get(client.pages(account, AllowPolicyFilter.all()).take(3).collectList());
      assertThat(pages).extracting(Page::number).containsExactly(1, 2, 3);
      assertThat(api.requestCount()).isEqualTo(5);
    }
  }

  @Test
  void eightPagesAreInFlightWhenAskedFor() {
    api.close();
    // Long enough that a busy machine sends the eighth request before the first response comes.
    api = ApiSimulator.builder().policies(3_000).latency(Duration.ofMillis(400)).start();
    ClientSettings settings = settings().pageSize(100).readAhead(8).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      assertThat(get(client.list(account).map(policy -> policy.id().value()).collectList()))
          .isEqualTo(api.policyIds());
      assertThat(api.peakConcurrentRequests()).isEqualTo(8);
    }
  }

  @Test
  void requestsCarryWhatTheApiAsksForAndNothingElse() {
    ClientSettings settings = settings().userAgent("test/1.0").build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      get(client.create(account, NEW));
      RecordedRequest request = api.takeRequests().get(0);
      assertThat(request.method()).isEqualTo("POST");
      assertThat(request.headers().get("authorization")).containsExactly("Bearer " + api.token());
      assertThat(request.headers().get("content-type")).containsExactly("application/json");
      assertThat(request.headers().get("accept")).containsExactly("application/json");
      assertThat(request.headers().get("accept-encoding").toString()).contains("gzip");
      assertThat(request.headers().get("user-agent").get(0)).matches("test/1\\.0 allowflux/\\d.*");
      assertThat(request.headers().get("content-length"))
          .containsExactly(Integer.toString(request.body().length));
      assertThat(request.headers()).doesNotContainKey("transfer-encoding");
      assertThat(new String(request.body(), StandardCharsets.UTF_8)).contains("billing@supplier");

      get(client.list(account).collectList());
      RecordedRequest list = api.takeRequests().get(0);
      assertThat(list.headers().keySet())
          .isEqualTo(Set.of("authorization", "accept", "accept-encoding", "user-agent", "host"));
    }
  }

  @Test
  void aBaseUrlKeepsItsPathAndSegmentsStayOneSegment() {
    try (AllowPolicyClient client = client()) {
      StepVerifier.create(client.get(account, new PolicyId("a/../b?c=d#e %2F\u00e9")))
          .expectError(Rejected.class)
          .verify(PATIENCE);
      assertThat(api.takeRequests().get(0).path())
          .endsWith("/allow_policies/a%2F..%2Fb%3Fc%3Dd%23e%20%252F%C3%A9");
    }
  }

  @Test
  void aRotatedTokenIsUsedWithoutARestart() {
    AtomicInteger asked = new AtomicInteger();
    Credential rotating =
        Credential.supplied(
            () ->
                Credential.apiToken(asked.getAndIncrement() == 0 ? "expired-token" : api.token()));
    ClientSettings settings = settings().credential(rotating).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      StepVerifier.create(client.list(account))
          .expectErrorSatisfies(
              failure ->
                  assertThat(((Rejected) failure).reason()).isEqualTo(RejectionReason.CREDENTIAL))
          .verify(PATIENCE);
      StepVerifier.create(client.list(account)).expectComplete().verify(PATIENCE);
    }
  }

  @Test
  void aSupplierThatFailsSendsNothing() {
    Credential broken =
        Credential.supplied(
            () -> {
              throw new IllegalStateException("vault is sealed");
            });
    ClientSettings settings =
        settings().credential(broken).retries(retries -> retries.maxAttempts(1)).build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      StepVerifier.create(client.create(account, NEW))
          .expectErrorMessage(
              "create allow policy: the request could not be made: IllegalStateException")
          .verify(PATIENCE);
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void cancelClosesTheConnectionOfTheRequestUnderWay() {
    api.close();
    api = ApiSimulator.builder().policies(10).latency(Duration.ofMinutes(1)).start();
    try (AllowPolicyClient client = client()) {
      TestSubscriber<AllowPolicy> subscriber = TestSubscriber.create();
      client.list(account).subscribe(subscriber);
      wait("the request", () -> api.requestCount() == 1);
      subscriber.cancel();
      wait("the connection to go", () -> api.openConnections() == 0);
    }
  }

  @Test
  void aCancelDoesNoHarmToTheCallThatGetsTheConnectionNext() {
    api.close();
    api = ApiSimulator.builder().policies(10).noRateLimit().start();
    PolicyId id = new PolicyId(api.policyIds().get(0));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ClientSettings settings =
        settings()
            .connections(connections -> connections.max(1))
            .retries(retries -> retries.maxAttempts(1))
            .rateLimiter(ApiQuota.unlimited())
            .build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      for (int i = 0; i < 300; i++) {
        TestSubscriber<AllowPolicy> cancelled = TestSubscriber.create();
        TestSubscriber<AllowPolicy> next = TestSubscriber.create();
        client.get(account, id).subscribe(cancelled);
        client.get(account, id).subscribe(next);
        // Around the time at which the answer comes.
        long until = System.nanoTime() + random.nextInt(1_000_000);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        cancelled.cancel();
        wait("the next call", next::isTerminated);
        assertThat(next.expectTerminalSignal().getThrowable())
            .as("call %d, seed %d", i, seed)
            .isNull();
      }
    }
  }

  @Test
  void oneClientServesManyAccountsAndConnectionsAreReused() {
    try (AllowPolicyClient client = client()) {
      for (int i = 0; i < 20; i++) {
        get(client.list(account).collectList());
        StepVerifier.create(client.list(new AccountId("another")))
            .expectErrorSatisfies(
                failure ->
                    assertThat(((Rejected) failure).reason()).isEqualTo(RejectionReason.PERMISSION))
            .verify(PATIENCE);
      }
      assertThat(api.connectionsAccepted()).isEqualTo(1);
    }
  }

  @Test
  void theCustomizerCannotUndoTheClientsOwnRules() {
    AtomicInteger connected = new AtomicInteger();
    ClientSettings settings =
        settings()
            .connections(
                connections ->
                    connections.httpClient(
                        (HttpClient http) ->
                            http.followRedirect(true)
                                .disableRetry(false)
                                .wiretap(true)
                                .doOnConnected(connection -> connected.incrementAndGet())))
            .build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      StepVerifier.create(client.list(account)).expectComplete().verify(PATIENCE);
      assertThat(connected).hasValue(1);
    }
  }

  @Test
  void aClosedClientLetsCallsFinishAndRefusesNewOnes() {
    api.close();
    api = ApiSimulator.builder().policies(3).latency(Duration.ofMillis(300)).start();
    AllowPolicyClient client = client();
    TestSubscriber<AllowPolicy> underWay = TestSubscriber.create();
    client.list(account).subscribe(underWay);
    wait("the request", () -> api.requestCount() == 1);
    StepVerifier.create(client.closeGracefully()).expectComplete().verify(PATIENCE);
    wait("the call under way", underWay::isTerminatedComplete);
    assertThat(underWay.getReceivedOnNext()).hasSize(3);
    wait("the connection to go", () -> api.openConnections() == 0);
    assertThatThrownBy(() -> client.list(account).blockLast(PATIENCE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the client is closed");
    client.close();
  }

  @Test
  void closeReturnsAtOnceOnAnyThread() {
    AllowPolicyClient client = client();
    Mono<Void> closing = client.list(account).then(Mono.<Void>fromRunnable(client::close));
    StepVerifier.create(closing).expectComplete().verify(PATIENCE);
    wait("the connection to go", () -> api.openConnections() == 0);
  }

  @Test
  void answersAreInflatedAndBounded() {
    serve(1_000);
    ClientSettings settings =
        settings()
            .connections(connections -> connections.maxBodyBytes(100_000))
            .retries(retries -> retries.maxAttempts(1))
            .build();
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      StepVerifier.create(client.list(account))
          .expectErrorMatches(failure -> failure.getMessage().contains("more than 100000 bytes"))
          .verify(PATIENCE);
    }
    try (AllowPolicyClient client = client()) {
      assertThat(
              get(client.list(account).collectList()).stream()
                  .map(AllowPolicy::id)
                  .collect(Collectors.toSet()))
          .hasSize(1_000);
    }
  }
}
