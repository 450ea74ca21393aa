package dev.allowflux.sync.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.plan.UnsafePlanException;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.ApplySettings;
import dev.allowflux.sync.file.PolicyFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Plan and apply of many accounts, as library calls. */
@Timeout(120)
class AccountsSyncIT {
  private static final int ACCOUNTS = 6;
  private static final SyncMode UPSERT = new SyncMode.Upsert();

  @TempDir private Path folder;

  private final ApiSimulator api = start();
  private final List<AccountEntry> accounts =
      IntStream.range(0, ACCOUNTS)
          .mapToObj(i -> new AccountEntry(new AccountId("a" + i), "", null))
          .toList();
  private final AllowPolicyClient client =
      AllowPolicyClient.create(
          ClientSettings.builder(Credential.apiToken("token"))
              .baseUrl(api.baseUrl())
              .rateLimiter(ApiQuota.unlimited())
              .build());
  private final AccountsSync sync = AccountsSync.of(entry -> client);
  private final DesiredStates desired =
      DesiredStates.of(List.of(policy("one.example"), policy("two.example")), reader());

  private static ApiSimulator start() {
    var builder = ApiSimulator.builder().accountId("a0").noRateLimit();
    IntStream.range(1, ACCOUNTS).forEach(i -> builder.addAccount("a" + i, "own-" + i, 0));
    builder.addUser(
        "token", IntStream.range(0, ACCOUNTS).mapToObj(i -> "a" + i).toArray(String[]::new));
    return builder.start();
  }

  private static PolicyFileReader reader() {
    return PolicyFileReader.of(UPSERT);
  }

  private static DesiredPolicy policy(String domain) {
    return DesiredPolicy.builder()
        .pattern(domain)
        .patternType(PatternType.DOMAIN)
        .isAcceptableSender(true)
        .verifySender(true)
        .build();
  }

  @AfterEach
  void close() {
    client.close();
    api.close();
  }

  private PlanSet plan() throws IOException {
    try (PlanSet.Builder plans = PlanSet.builder()) {
      for (AccountOutcome<SyncPlan> outcome :
          sync.plan(accounts, desired, UPSERT, SyncLimits.standard()).toIterable(1)) {
        plans.add(outcome);
      }
      return plans.build();
    }
  }

  private ApplySettings settings(Path journal) {
    return ApplySettings.builder(journal).settleTime(Duration.ofSeconds(1)).build();
  }

  private Flux<AccountOutcome<ApplyReport>> apply(PlanSet set, Publisher<?> stop) {
    return sync.apply(
        set.approve(set.digest()), accounts, folder.resolve("journals"), this::settings, stop);
  }

  private static <T> List<T> all(Flux<T> outcomes) {
    return outcomes.collectList().block(Duration.ofSeconds(60));
  }

  private int policies(int account) {
    return api.account("a" + account).size();
  }

  private long batches() {
    return api.requests().stream().filter(r -> r.operation() == Operation.BATCH).count();
  }

  @Test
  void nothingIsReadOrSentWithoutSubscription() throws IOException {
    try (PlanSet set = plan()) {
      api.takeRequests();
      Flux<?> plans = sync.plan(accounts, desired, UPSERT, SyncLimits.standard());
      Flux<?> applied = apply(set, Mono.never());
      assertThat(api.requests()).isEmpty();
      assertThat(folder.resolve("journals")).doesNotExist();

      assertThat(all(plans)).hasSize(ACCOUNTS);
      assertThat(all(applied)).hasSize(ACCOUNTS);
      assertThat(policies(5)).isEqualTo(2);
    }
  }

  @Test
  void aRunThatIsStoppedBeforeItBeginsSendsNothingAndTheNextOneBeginsWithIt() throws IOException {
    try (PlanSet set = plan()) {
      api.takeRequests();

      List<AccountOutcome<ApplyReport>> stopped = all(apply(set, Mono.empty()));

      assertThat(stopped)
          .hasSize(ACCOUNTS)
          .allSatisfy(
              outcome ->
                  assertThat(((AccountOutcome.Failed<?>) outcome).failure())
                      .isInstanceOf(ApplyRefusedException.class)
                      .hasMessageStartingWith("not begun"));
      assertThat(api.requests()).isEmpty();

      assertThat(all(apply(set, Mono.never())))
          .allMatch(o -> o instanceof AccountOutcome.Done<ApplyReport> d && d.value().isDone());
      assertThat(policies(0)).isEqualTo(2);
    }
  }

  @Test
  void aListThatDoesNotFitFailsTheRunBeforeAnythingIsSent() throws IOException {
    try (PlanSet set = plan()) {
      api.takeRequests();
      Flux<?> run =
          sync.apply(
              set.approve(set.digest()),
              accounts.subList(1, ACCOUNTS),
              folder,
              this::settings,
              Mono.never());

      assertThatThrownBy(() -> all(run))
          .isInstanceOf(ApplyRefusedException.class)
          .hasMessageContaining("the list lacks account a0");
      assertThat(api.requests()).isEmpty();
    }
  }

  /** Reactor signals no fatal error; without a signal nobody would ever stop waiting. */
  @Test
  void anAccountForWhichThereIsNotEnoughMemoryFailsAndTheOthersArePlanned() {
    AccountsSync narrow =
        AccountsSync.of(
            entry -> {
              if (entry.account().value().equals("a3")) {
                throw new OutOfMemoryError("a test");
              }
              return client;
            });

    List<AccountOutcome<SyncPlan>> outcomes =
        all(narrow.plan(accounts, desired, UPSERT, SyncLimits.standard()));

    assertThat(outcomes)
        .hasSize(ACCOUNTS)
        .filteredOn(outcome -> outcome instanceof AccountOutcome.Failed)
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.entry().account().value()).isEqualTo("a3");
              assertThat(((AccountOutcome.Failed<SyncPlan>) outcome).failure())
                  .hasCauseInstanceOf(OutOfMemoryError.class);
            });
  }

  @Test
  void anAccountThatIsRefusedIsReadOnceAndOneThatFailsIsTriedAgain() throws IOException {
    Path wide = folder.resolve("wide.csv");
    Files.writeString(wide, "pattern,pattern_type,is_trusted_sender\nco.uk,DOMAIN,true\n");
    List<AccountEntry> list = new ArrayList<>();
    list.add(new AccountEntry(new AccountId("a0"), "", null, wide, null));
    list.add(accounts.get(1));
    list.add(new AccountEntry(new AccountId("not-mine"), "", null));

    List<AccountOutcome<SyncPlan>> outcomes =
        all(sync.plan(list, desired, UPSERT, SyncLimits.standard()));

    assertThat(outcomes).hasSize(3);
    assertThat(outcomes)
        .filteredOn(o -> o.entry().equals(list.get(0)))
        .singleElement()
        .extracting(o -> ((AccountOutcome.Failed<?>) o).failure())
        .isInstanceOf(UnsafePlanException.class);
    assertThat(reads("a0")).isEqualTo(reads("a1"));
    assertThat(reads("not-mine")).isEqualTo(2);
  }

  private long reads(String account) {
    return api.requests().stream().filter(r -> account.equals(r.accountId())).count();
  }

  @Test
  void whatWasBrokenOffIsSettledBeforeTheNextPlan() throws IOException {
    Path journals = folder.resolve("journals");
    Fault hang = Fault.hang(Fault.Point.BEFORE_HEADERS);
    api.faults(FaultScript.of(FaultRule.of(hang).on(Operation.BATCH).fromNth(4).always()));
    try (PlanSet set = plan()) {
      // Three batches are answered, three are carried out and get no response.
      Flux<?> allAreThere =
          Flux.interval(Duration.ofMillis(10))
              .filter(t -> IntStream.range(0, ACCOUNTS).allMatch(i -> policies(i) == 2));
      sync.applyAndKeep(set.approve(set.digest()), accounts, journals, this::settings, Mono.never())
          .takeUntilOther(allAreThere)
          .blockLast(Duration.ofSeconds(60));
    }
    api.faults(FaultScript.none());

    List<AccountOutcome<Optional<ApplyReport>>> settled =
        all(sync.settle(accounts, journals, this::settings));

    assertThat(settled).hasSize(ACCOUNTS).allMatch(AccountOutcome.Done.class::isInstance);
    assertThat(batches()).isEqualTo(6);
    try (PlanSet next = plan()) {
      assertThat(next.isEmpty()).isTrue();
      assertThat(next.counts().unchanged()).isEqualTo(2L * ACCOUNTS);
    }
    assertThat(all(sync.settle(accounts, journals, this::settings)))
        .allMatch(
            o -> o instanceof AccountOutcome.Done<Optional<ApplyReport>> d && d.value().isEmpty());
  }
}
