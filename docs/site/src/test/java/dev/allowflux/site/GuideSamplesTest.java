package dev.allowflux.site;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallOptions;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.Priority;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The samples of the guide, run against the simulator; {@link DocumentsTest} finds them there. */
@Timeout(240)
class GuideSamplesTest {
  private final List<String> store = new ArrayList<>();
  private String stored = "";
  private ApiSimulator api;
  private AccountId account;
  private Credential credential;
  private AllowPolicyClient client;
  private PolicyId id;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(250).start();
    account = new AccountId(api.accountId());
    credential = Credential.apiToken(api.token());
    client =
        AllowPolicyClient.create(
            ClientSettings.builder(credential).baseUrl(api.baseUrl()).pageSize(50).build());
    id = new PolicyId(api.policyIds().get(0));
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
  }

  @Test
  void theDomainsOfATenantAreListed() {
    AllowPolicyFilter domains =
        AllowPolicyFilter.builder().patternType(PatternType.DOMAIN).isTrustedSender(true).build();
    Flux<String> patterns = client.list(account, domains).map(AllowPolicy::pattern);
    assertThat(patterns.collectList().block()).isNotEmpty().hasSizeLessThan(250);
  }

  @Test
  void aPartOfAListTakesOneCall() {
    Mono<List<AllowPolicy>> newest =
        client
            .list(
                account,
                AllowPolicyFilter.builder()
                    .order(Order.CREATED_AT)
                    .direction(Direction.DESC)
                    .build())
            .take(20)
            .collectList();
    assertThat(newest.block()).hasSize(20);
    assertThat(api.requestCount()).isEqualTo(1);
  }

  @Test
  void aWholeAccountIsReadAndReported() {
    Mono<TraversalReport> report =
        client
            .traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE)
            .doOnNext(page -> page.policies().forEach(policy -> store.add(policy.pattern())))
            .last()
            .map(Page::report);
    assertThat(report.block().complete()).isTrue();
    assertThat(store).hasSize(250);
  }

  @Test
  void anExportGoesOnFromAStoredPosition() {
    Flux<Page> pages = client.traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE);
    Mono<Void> export =
        pages
            .concatMap(page -> save(page.policies()).then(save(page.position().toString())), 1)
            .then();
    export.block();
    assertThat(store).hasSize(250);

    store.clear();
    pages
        .take(2)
        .concatMap(page -> save(page.policies()).then(save(page.position().toString())))
        .blockLast();
    assertThat(store).hasSizeLessThan(250).isNotEmpty();
    TraversalPosition position = TraversalPosition.parse(stored);
    Flux<Page> rest = client.traverseFrom(account, AllowPolicyFilter.all(), position);
    rest.concatMap(page -> save(page.policies())).blockLast();
    assertThat(store).hasSize(250).doesNotHaveDuplicates();
  }

  private Mono<Void> save(List<AllowPolicy> policies) {
    return Mono.fromRunnable(() -> policies.forEach(policy -> store.add(policy.id().value())));
  }

  private Mono<Void> save(String position) {
    return Mono.fromRunnable(() -> stored = position);
  }

  private static NewAllowPolicy supplier() {
    NewAllowPolicy supplier =
        NewAllowPolicy.builder()
            .pattern("supplier.example")
            .patternType(PatternType.DOMAIN)
            .isAcceptableSender(true)
            .isTrustedSender(false)
            .isExemptRecipient(false)
            .verifySender(true)
            .isRegex(false)
            .comments("invoices, ticket 4711")
            .build();
    return supplier;
  }

  @Test
  void aPolicyIsCreatedEditedAndDeleted() {
    NewAllowPolicy supplier = supplier();
    Mono<AllowPolicy> created = client.create(account, supplier);
    PolicyId id = created.block().id();
    AllowPolicyEdit strict =
        AllowPolicyEdit.builder().isTrustedSender(false).verifySender(true).build();
    Mono<AllowPolicy> edited = client.edit(account, id, strict);
    Mono<Void> deleted = client.delete(account, id);
    assertThat(edited.block().verifySender()).isTrue();
    deleted.block();
    assertThat(api.size()).isEqualTo(250);
  }

  @Test
  void aCreateWhoseResponseWasLostIsFoundAndNotSentAgain() {
    api.faults(
        FaultScript.parse(
            "[{\"on\":\"create\",\"fault\":\"fin\",\"at\":\"before_headers\",\"done\":true}]"));
    NewAllowPolicy supplier = supplier();
    Mono<AllowPolicy> once =
        client
            .create(account, supplier)
            .onErrorResume(
                OutcomeUnknown.class,
                unknown ->
                    client
                        .list(
                            account,
                            AllowPolicyFilter.builder().pattern(supplier.pattern()).build())
                        .next()
                        .switchIfEmpty(Mono.error(unknown)));
    assertThat(once.block().pattern()).isEqualTo("supplier.example");
    assertThat(api.requests()).filteredOn(r -> r.operation() == Operation.CREATE).hasSize(1);
    assertThat(api.size()).isEqualTo(251);
  }

  @Test
  void aBatchIsOneCall() {
    NewAllowPolicy supplier = supplier();
    AllowPolicyBatch changes = AllowPolicyBatch.builder().delete(id).create(supplier).build();
    Mono<BatchResult> result = client.batch(account, changes);
    assertThat(result.block().creates()).hasSize(1);
    assertThat(api.requestCount()).isEqualTo(1);
  }

  @Test
  void absenceIsNoFailureAndABusyServiceSaysWhen() {
    Mono<String> pattern =
        client
            .get(account, id)
            .map(AllowPolicy::pattern)
            .onErrorResume(
                Rejected.class,
                refused -> refused.provesAbsence() ? Mono.empty() : Mono.error(refused))
            .onErrorMap(
                Throttled.class,
                busy -> new IllegalStateException("again in " + busy.details().retryAfter(), busy));
    assertThat(pattern.block()).isNotEmpty();
    client.delete(account, id).block();
    assertThat(pattern.block()).isNull();
  }

  @Test
  void tunedSettingsAndOptionsWork() {
    ClientSettings export =
        ClientSettings.builder(credential)
            .readAhead(8)
            .timeouts(limits -> limits.attempt(Duration.ofMinutes(1)))
            .retries(retries -> retries.maxAttempts(6))
            .connections(connections -> connections.max(64))
            .rateLimiter(ApiQuota.builder().reserve(300).build())
            .build();
    CallOptions screen =
        CallOptions.builder()
            .pageSize(20)
            .timeLimit(Duration.ofSeconds(5))
            .priority(Priority.INTERACTIVE)
            .build();
    try (AllowPolicyClient tuned =
        AllowPolicyClient.create(export.toBuilder().baseUrl(api.baseUrl()).build())) {
      assertThat(tuned.with(screen).list(account).count().block()).isEqualTo(250);
    }
    assertThat(api.requestCount()).isEqualTo(13);
  }
}
