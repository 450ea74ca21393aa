package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.file.FileQuotaStore;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.sync.accounts.AccountEntry;
import dev.allowflux.sync.accounts.AccountOutcome;
import dev.allowflux.sync.accounts.AccountsSync;
import dev.allowflux.sync.accounts.DesiredStates;
import dev.allowflux.sync.accounts.PlanSet;
import dev.allowflux.sync.file.PolicyFileReader;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The Java samples of the documents, compiled here and found there word for word. */
@Timeout(240)
class SamplesIT {

  @TempDir private Path directory;

  private static final List<Path> DOCUMENTS =
      List.of(
          Path.of("..", "README.md"),
          Path.of("..", "docs", "library.md"),
          Path.of("..", "docs", "sync.md"));
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "allowflux", "sync", "SamplesIT.java");

  static void firstProgram() {
    ClientSettings settings = ClientSettings.of(Credential.fromEnvironment());
    AccountId account = new AccountId(System.getenv("CLOUDFLARE_ACCOUNT_ID"));
    try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
      client
          .list(account)
          .filter(policy -> Boolean.TRUE.equals(policy.isTrustedSender()))
          .doOnNext(policy -> System.out.println(policy.id() + " " + policy.pattern()))
          .blockLast();
    }
  }

  @Test
  void theSampleOfATestPasses() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).start()) {
      Credential credential = Credential.apiToken(api.token());
      ClientSettings settings = ClientSettings.builder(credential).baseUrl(api.baseUrl()).build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        StepVerifier.create(client.list(new AccountId(api.accountId())))
            .expectNextCount(2500)
            .verifyComplete();
      }
    }
  }

  @Test
  void theSampleOfEveryAccountReadsThoseThatMayBeRead() {
    try (ApiSimulator api =
            ApiSimulator.builder()
                .addAccount("second", "second-token", 20)
                .addAccount("third", "third-token", 30)
                .addUser("operator", "second", "third")
                .faults(FaultScript.inOrder(Fault.none(), Fault.refusal(403, 10_000)))
                .start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                ClientSettings.builder(Credential.apiToken("operator"))
                    .baseUrl(api.baseUrl())
                    .build())) {
      StepVerifier.create(everyAccount(client)).expectNextCount(30).verifyComplete();
    }
  }

  private static Flux<AllowPolicy> everyAccount(AllowPolicyClient client) {
    Flux<AllowPolicy> policies =
        client
            .accounts()
            .concatMap(
                account ->
                    client
                        .list(account.id())
                        .onErrorResume(Rejected.class, refusal -> Flux.empty()));
    return policies;
  }

  static ClientSettings sharedQuota(Path folder, Credential credential) {
    FileQuotaStore store = FileQuotaStore.at(folder.resolve("quota"));
    ApiQuota shared = ApiQuota.builder().store(store).build();
    ClientSettings settings = ClientSettings.builder(credential).rateLimiter(shared).build();
    return settings;
  }

  @Test
  void theSampleOfARegistryShowsTheQuota() {
    ApiQuota quota = ApiQuota.builder().name("cloudflare").build();
    RateLimiterRegistry registry = RateLimiterRegistry.ofDefaults();
    registry.rateLimiter(quota.getName());
    registry.replace(quota.getName(), quota);
    assertThat(registry.find("cloudflare")).containsSame(quota);
    assertThat(registry.getAllRateLimiters()).containsExactly(quota);
  }

  @Test
  void theSampleOfASyncBringsAnAccountToTheDesiredPolicies() {
    try (ApiSimulator api = ApiSimulator.builder().policies(10).start()) {
      Credential credential = Credential.apiToken(api.token());
      ClientSettings settings = ClientSettings.builder(credential).baseUrl(api.baseUrl()).build();
      AccountId account = new AccountId(api.accountId());
      DesiredPolicy supplier =
          DesiredPolicy.builder()
              .pattern("supplier.example")
              .patternType(PatternType.DOMAIN)
              .isAcceptableSender(true)
              .build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        sync(client, account, Flux.just(supplier), directory.resolve("journal"));
        sync(client, account, Flux.just(supplier), directory.resolve("journal of the next"));
      }
      assertThat(api.policyIds()).hasSize(11);
    }
  }

  private static void sync(
      AllowPolicyClient client, AccountId account, Flux<DesiredPolicy> desired, Path journal) {
    AllowPolicySync sync = AllowPolicySync.of(client);
    ApplySettings once = ApplySettings.builder(journal).build();
    sync.plan(account, desired, SyncMode.upsert(), SyncLimits.standard())
        .flatMapMany(plan -> sync.apply(plan.approve(plan.digest()), once))
        .doOnNext(event -> System.out.println(event.progress()))
        .blockLast();
  }

  @Test
  void theSampleOfManyAccountsBringsEachToItsDesiredPolicies() throws IOException {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .accountId("a1")
            .addAccount("a2", "token-of-a2", 0)
            .addUser("token-of-both", "a1", "a2")
            .start()) {
      Path more =
          Files.writeString(
              directory.resolve("more.csv"), "pattern,pattern_type\nb.example,DOMAIN\n");
      List<AccountEntry> accounts =
          List.of(
              new AccountEntry(new AccountId("a1"), "", null),
              new AccountEntry(new AccountId("a2"), "", null, more, null));
      DesiredPolicy supplier =
          DesiredPolicy.builder()
              .pattern("supplier.example")
              .patternType(PatternType.DOMAIN)
              .build();
      SyncMode mode = new SyncMode.Upsert();
      DesiredStates desired = DesiredStates.of(List.of(supplier), PolicyFileReader.of(mode));
      ClientSettings settings =
          ClientSettings.builder(Credential.apiToken("token-of-both"))
              .baseUrl(api.baseUrl())
              .build();
      try (AllowPolicyClient client = AllowPolicyClient.create(settings)) {
        syncAll(entry -> client, accounts, desired, mode, directory.resolve("journals"));
      }
      assertThat(api.account("a1").policyIds()).hasSize(1);
      assertThat(api.account("a2").policyIds()).hasSize(2);
    }
  }

  private static void syncAll(
      Function<AccountEntry, AllowPolicyClient> clients,
      List<AccountEntry> accounts,
      DesiredStates desired,
      SyncMode mode,
      Path journals)
      throws IOException {
    AccountsSync sync = AccountsSync.of(clients);
    try (PlanSet.Builder plans = PlanSet.builder()) {
      for (AccountOutcome<SyncPlan> outcome :
          sync.plan(accounts, desired, mode, SyncLimits.standard()).toIterable(1)) {
        plans.add(outcome);
      }
      try (PlanSet set = plans.build()) {
        sync.apply(
                set.approve(set.digest()),
                accounts,
                journals,
                journal -> ApplySettings.builder(journal).build(),
                Mono.never())
            .doOnNext(System.out::println)
            .blockLast();
      }
    }
  }

  @Test
  void everySampleOfTheDocumentsIsCompiledHere() throws IOException {
    String source = Files.readString(THIS);
    for (Path document : DOCUMENTS) {
      Stream<String> samples =
          Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
              .matcher(Files.readString(document))
              .results()
              .map((MatchResult sample) -> sample.group(1).indent(4));
      assertThat(samples)
          .as("%s", document)
          .isNotEmpty()
          .allSatisfy(sample -> assertThat(source).contains(sample));
    }
  }
}
