package dev.allowflux.cli;

import static dev.allowflux.cli.SimulatedAccounts.account;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.plan.SyncPlan;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.SimulatedAccount;
import dev.allowflux.sync.ApplyJournal;
import dev.allowflux.sync.accounts.PlanSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One desired state for many accounts: {@code plan}, {@code apply} and {@code sync}. */
@Timeout(240)
class AccountsSyncIT {
  private static final int ACCOUNTS = 9;
  private static final int CREDENTIALS = 3;
  private static final SimulatedAccounts TENANTS = new SimulatedAccounts(ACCOUNTS, CREDENTIALS);
  private static final List<String> JVM = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");
  private static final String OPERATOR = "very-secret-operator";
  private static final String COLUMNS =
      "pattern,pattern_type,is_acceptable_sender,verify_sender,comments";

  @TempDir Path folder;

  private static ApiSimulator api(int policies) {
    return TENANTS
        .simulator(policies)
        .noRateLimit()
        .addUser(
            OPERATOR,
            IntStream.range(0, ACCOUNTS)
                .mapToObj(SimulatedAccounts::account)
                .toArray(String[]::new))
        .start();
  }

  private Map<String, String> environment(ApiSimulator api) {
    return TENANTS.environment(api, folder);
  }

  private static String row(String domain) {
    return domain + ",DOMAIN,true,true,c";
  }

  private Path policies(String name, String... domains) throws IOException {
    return Files.write(
        folder.resolve(name),
        Stream.concat(Stream.of(COLUMNS), Arrays.stream(domains).map(AccountsSyncIT::row))
            .toList());
  }

  private String base() throws IOException {
    return policies("base.csv", "b0.example", "b1.example", "b2.example", "b3.example").toString();
  }

  /** The second account has two policies more, the third one two less, the fourth one both. */
  private String list() throws IOException {
    policies("more.csv", "own1.example", "own2.example");
    policies("less.csv", "B1.example", "b3.example");
    List<String> lines = new ArrayList<>(List.of("account,name,credential,add,without"));
    for (int i = 0; i < ACCOUNTS; i++) {
      lines.add(
          String.join(
              ",",
              account(i),
              "Tenant " + i,
              "env:TOKEN_" + i % CREDENTIALS,
              i == 1 || i == 3 ? "more.csv" : "",
              i == 2 || i == 3 ? "less.csv" : ""));
    }
    return Files.write(folder.resolve("accounts.csv"), lines).toString();
  }

  private static Set<String> desired(int account) {
    Set<String> desired =
        new TreeSet<>(List.of("b0.example", "b1.example", "b2.example", "b3.example"));
    if (account == 2 || account == 3) {
      desired.removeAll(List.of("b1.example", "b3.example"));
    }
    if (account == 1 || account == 3) {
      desired.addAll(List.of("own1.example", "own2.example"));
    }
    return desired;
  }

  private String set() {
    return folder.resolve("plans.json").toString();
  }

  private Run plan(Map<String, String> environment, String... more) throws IOException {
    return run(environment, List.of("plan", "--accounts", list(), "--base", base()), more);
  }

  private Run sync(Map<String, String> environment, String... more) throws IOException {
    return run(environment, List.of("sync", "--accounts", list(), "--base", base()), more);
  }

  private Run apply(Map<String, String> environment, String... more) throws IOException {
    return run(environment, List.of("apply", set(), "--accounts", list()), more);
  }

  private static Run run(Map<String, String> environment, List<String> first, String... more) {
    return Run.of(
        environment, Stream.concat(first.stream(), Arrays.stream(more)).toArray(String[]::new));
  }

  private String digest() throws IOException {
    try (PlanSet set = PlanSet.read(Path.of(set()))) {
      return set.digest();
    }
  }

  private static List<String> patterns(ApiSimulator api, int account) {
    SimulatedAccount there = api.account(account(account));
    return there.policyIds().stream()
        .map(there::policyJson)
        .map(json -> json.replaceFirst("(?s).*\"pattern\" *: *\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private static void assertDesired(ApiSimulator api, int account) {
    assertThat(patterns(api, account))
        .as(account(account))
        .containsExactlyInAnyOrderElementsOf(desired(account));
  }

  private static long batches(ApiSimulator api) {
    return api.requests().stream().filter(r -> r.operation() == Operation.BATCH).count();
  }

  // ------------------------------------------------------------ plan and apply

  @Test
  void onePlanIsReviewedOnceAndAppliedToEveryAccount() throws IOException {
    try (ApiSimulator api = api(0)) {
      Map<String, String> environment = environment(api);
      Run plan = plan(environment, "--out", set());
      assertThat(plan.exit()).as(plan.err()).isZero();
      assertThat(plan.out())
          .contains("+ DOMAIN own1.example")
          .contains("Account account-3: 4 to create, 0 to edit, 0 to delete, 0 unchanged.")
          .contains("9 accounts: 36 to create, 0 to edit, 0 to delete, 0 unchanged.")
          .contains("Digest of all plans " + digest());
      assertThat(plan.err()).contains("9 accounts: 9 done, 0 failed");
      assertThat(batches(api)).isZero();

      Run apply = apply(environment, "--yes", "--digest", digest());

      assertThat(apply.exit()).as(apply.err()).isZero();
      assertThat(apply.out()).contains("account-3  4 of 4 changes done  Tenant 3");
      assertThat(apply.out() + apply.err()).doesNotContain("very-secret");
      for (int i = 0; i < ACCOUNTS; i++) {
        assertDesired(api, i);
      }
      assertThat(batches(api)).isEqualTo(ACCOUNTS);

      api.takeRequests();
      Run again = apply(environment, "--yes", "--digest", digest());
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(api.requests()).isEmpty();

      Run check = plan(environment, "--expect-no-changes");
      assertThat(check.exit()).as(check.err()).isZero();
      assertThat(check.out()).contains("9 accounts need no change.");
    }
  }

  @Test
  void theNextPlanInTheSameFileIsAppliedAsTheFirstOneWas() throws IOException {
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      assertThat(apply(environment(api), "--yes", "--digest", digest()).exit()).isZero();
      policies("more.csv", "own1.example", "own2.example", "own3.example");
      String list =
          Files.writeString(
                  folder.resolve("one.csv"),
                  "account,credential,add\naccount-1,env:TOKEN_1,more.csv\n")
              .toString();
      List<String> next = List.of("plan", "--accounts", list, "--base", base());
      assertThat(run(environment(api), next, "--out", set()).exit()).isZero();

      Run apply =
          run(
              environment(api),
              List.of("apply", set(), "--accounts", list),
              "--yes",
              "--digest",
              digest());

      assertThat(apply.exit()).as(apply.err()).isZero();
      assertThat(patterns(api, 1)).hasSize(7).contains("own3.example");
    }
  }

  @Test
  void journalsOfAnEarlierSetGoUnlessTheirChangesAreUnconfirmed() throws IOException {
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      assertThat(apply(environment(api), "--yes", "--digest", digest()).exit()).isZero();
      Path first = Path.of(set() + "." + digest().substring(0, 12) + ".journals");
      assertThat(first).isDirectoryContaining("glob:**/account-3.journal");
      Path broken = Files.createDirectory(Path.of(set() + ".0123456789ab.journals"));
      journal(broken.resolve("account-1.journal"), "{\"send\":1,\"changes\":[0,1],\"at\":\"%s\"}");
      journal(broken.resolve("account-2.journal"), "{\"found\":[0],\"at\":\"%s\"}");
      policies("more.csv", "own1.example", "own2.example", "own3.example");

      Run next =
          run(
              environment(api),
              List.of("plan", "--accounts", list(), "--base", base()),
              "--out",
              set(),
              "--mode",
              "all");

      assertThat(next.exit()).as(next.err()).isZero();
      assertThat(next.err())
          .containsOnlyOnce(
              "the outcome of 2 changes of an earlier plan is unconfirmed, see "
                  + broken.resolve("account-1.journal")
                  + ": plan again in a few minutes, then delete the journal");
      assertThat(first).doesNotExist();
      assertThat(broken.resolve("account-1.journal")).exists();
      assertThat(broken.resolve("account-2.journal")).doesNotExist();
    }
  }

  private static void journal(Path path, String line) throws IOException {
    try (ApplyJournal.Open open = ApplyJournal.file(path).open()) {
      open.append(
          "{\"journal\":\"allowflux apply\",\"version\":2,\"plan\":\"p\",\"account\":\"a\","
              + "\"run\":\"r\"}");
      open.append(line.formatted(Instant.now()));
    }
  }

  @Test
  void theOrderOfTheListDoesNotChangeTheDigest() throws IOException {
    try (ApiSimulator api = api(2)) {
      plan(environment(api), "--out", set());
      String digest = digest();
      List<String> lines = new ArrayList<>(Files.readAllLines(Path.of(list())));
      Collections.reverse(lines.subList(1, lines.size()));
      Path reversed = Files.write(folder.resolve("reversed.csv"), lines);

      Run run =
          Run.of(
              environment(api),
              "plan",
              "--accounts",
              reversed.toString(),
              "--base",
              base(),
              "--out",
              set());

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(digest()).isEqualTo(digest);
    }
  }

  @Test
  void aPlanThatIsOnlyForPeopleNeedsNoFile() throws IOException {
    try (ApiSimulator api = api(0)) {
      Run markdown = plan(environment(api), "--format", "markdown", "--expect-no-changes");
      Run json = plan(environment(api), "--format", "json", "--out", set());

      assertThat(markdown.exit()).isEqualTo(8);
      assertThat(markdown.out())
          .contains("### Allow policies of account")
          .contains("### All accounts")
          .contains("Digest of all plans " + digest());
      assertThat(json.out()).isEqualTo(Files.readString(Path.of(set())));
    }
  }

  @Test
  void aRevokedCredentialIsNamedAndEverythingElseIsPlannedAndApplied() throws IOException {
    try (ApiSimulator api = api(0)) {
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      Run plan = plan(environment, "--out", set());
      assertThat(plan.exit()).isEqualTo(4);
      assertThat(plan.err())
          .contains("9 accounts: 6 done, 3 failed")
          .contains("account account-1 (Tenant 1) by env:TOKEN_1: ")
          .doesNotContain("account account-2 ");
      assertThat(plan.out())
          .contains(
              "3 accounts could not be planned and will not change: account-1, account-4,"
                  + " account-7.");
      try (PlanSet set = PlanSet.read(Path.of(set()))) {
        assertThat(set.items()).hasSize(6);
        assertThat(set.failed()).hasSize(3);
        assertThat(set.counts()).isEqualTo(new SyncPlan.Counts(22, 0, 0, 0));
      }

      Run apply = apply(environment(api), "--yes", "--digest", digest());

      // All that was approved is done, and three accounts are not as they should be.
      assertThat(apply.exit()).as(apply.err()).isEqualTo(8);
      assertThat(apply.err().lines())
          .containsSubsequence(
              "allowflux: 6 accounts: 6 done, 0 failed; 3 without a plan",
              "allowflux: 3 accounts could not be planned and will not change: account-1,"
                  + " account-4, account-7; plan again");
      for (int i = 0; i < ACCOUNTS; i++) {
        if (i % CREDENTIALS == 1) {
          assertThat(patterns(api, i)).isEmpty();
        } else {
          assertDesired(api, i);
        }
      }
    }
  }

  @Test
  void aCredentialThatIsRevokedBeforeApplyStopsNoOtherAccountAndIsTakenUpLater()
      throws IOException {
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      Map<String, String> environment = environment(api);
      environment.remove("TOKEN_2");

      Run apply = apply(environment, "--yes", "--digest", digest());

      assertThat(apply.exit()).isEqualTo(4);
      assertThat(apply.err())
          .contains("9 accounts: 6 done, 3 failed")
          .contains("account account-2 (Tenant 2) by env:TOKEN_2: the variable TOKEN_2 is not set");
      assertDesired(api, 3);
      assertThat(patterns(api, 2)).isEmpty();

      long before = batches(api);
      Run again = apply(environment(api), "--yes", "--digest", digest());
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(batches(api) - before).isEqualTo(3);
      for (int i = 0; i < ACCOUNTS; i++) {
        assertDesired(api, i);
      }
    }
  }

  @Test
  void whatIsToKnowOfAnAccountIsShownEvenIfNothingHasToChange() throws IOException {
    try (ApiSimulator api = api(0)) {
      assertThat(sync(environment(api), "--yes").exit()).isZero();
      Run create =
          run(
              environment(api),
              List.of("create", "--account", account(5), "--pattern", "old.example"),
              "--pattern-type",
              "DOMAIN",
              "--comments",
              "x [allowflux:expires=2020-01-01]",
              "--token-file",
              tokenFile(5 % CREDENTIALS));
      assertThat(create.exit()).as(create.err()).isZero();

      Run plan = plan(environment(api), "--expect-no-changes");

      assertThat(plan.exit()).as(plan.err()).isZero();
      assertThat(plan.err()).contains("account account-5: ").contains("expired");
      assertThat(plan.out()).contains("9 accounts need no change.");
    }
  }

  private String tokenFile(int credential) throws IOException {
    return Files.writeString(folder.resolve("token"), SimulatedAccounts.token(credential))
        .toString();
  }

  @Test
  void aSafetyRuleRefusesTheAccountThatBreaksItAndNoOther() throws IOException {
    try (ApiSimulator api = api(0)) {
      Run first = sync(environment(api), "--yes");
      assertThat(first.exit()).as(first.err()).isZero();
      // All but one policy of the third account would go, and a quarter of the others'.
      policies("less.csv", "b0.example", "b1.example", "b2.example");
      Path base = policies("short.csv", "b0.example", "b1.example", "b2.example", "b3.example");
      String list =
          Files.writeString(
                  folder.resolve("two.csv"),
                  "account,credential,without\n"
                      + "account-0,env:TOKEN_0,\naccount-4,env:TOKEN_1,less.csv\n")
              .toString();

      Run run =
          Run.of(
              environment(api),
              "plan",
              "--accounts",
              list,
              "--base",
              base.toString(),
              "--mode",
              "all",
              "--out",
              set());

      assertThat(run.exit()).isEqualTo(9);
      assertThat(run.err())
          .contains("account account-4 by env:TOKEN_1: refused by a safety rule")
          .contains("(override: --max-delete-percent N)");
      try (PlanSet set = PlanSet.read(Path.of(set()))) {
        assertThat(set.items()).hasSize(1);
        assertThat(set.failed()).hasSize(1);
      }
    }
  }

  @Test
  void whatIsTakenFromTheBaseIsDeletedOnlyWhereTheModeDeletes() throws IOException {
    try (ApiSimulator api = api(0)) {
      assertThat(sync(environment(api), "--yes").exit()).isZero();
      String list =
          Files.writeString(
                  folder.resolve("one.csv"),
                  "account,credential,without\naccount-0,env:TOKEN_0,one-less.csv\n")
              .toString();
      policies("one-less.csv", "b2.example");
      List<String> sync = List.of("sync", "--accounts", list, "--base", base(), "--yes");

      Run upsert = run(environment(api), sync);
      assertThat(upsert.exit()).as(upsert.err()).isZero();
      assertThat(patterns(api, 0)).hasSize(4);

      Run all = run(environment(api), sync, "--mode", "all");
      assertThat(all.exit()).as(all.err()).isZero();
      assertThat(patterns(api, 0))
          .containsExactlyInAnyOrder("b0.example", "b1.example", "b3.example");
    }
  }

  @Test
  void signedPlansAreAppliedByTheKeyAndOthersAreNot() throws IOException, GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String secret = pem("reviewer.key", "PRIVATE KEY", keys.getPrivate());
    String trusted = pem("reviewer.pub", "PUBLIC KEY", keys.getPublic());
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      Run unsigned = apply(environment(api), "--yes", "--trust", trusted);
      plan(environment(api), "--out", set(), "--sign", secret);
      Run signed = apply(environment(api), "--yes", "--trust", trusted);

      assertThat(unsigned.exit()).isEqualTo(1);
      assertThat(unsigned.err()).contains("account account-0: the plan has no signature");
      assertThat(signed.exit()).as(signed.err()).isZero();
      assertDesired(api, 8);
    }
  }

  private String pem(String name, String label, Key key) throws IOException {
    String text =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(label, Base64.getMimeEncoder().encodeToString(key.getEncoded()), label);
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void nobodyIsAskedWithoutATerminalAndAPersonIsAskedOnce() throws IOException {
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      Run nobody = apply(environment(api));
      Run no = Run.onTerminal(environment(api), "apply", set(), "--accounts", list());

      assertThat(nobody.exit()).isEqualTo(2);
      assertThat(nobody.err()).contains("there is nobody to ask; give --yes to apply the plans");
      assertThat(no.exit()).isEqualTo(2);
      assertThat(no.err())
          .contains("+ DOMAIN own1.example")
          .containsOnlyOnce("Apply all plans, 9 accounts: 36 to create")
          .contains("nothing was applied");
      assertThat(batches(api)).isZero();
    }
  }

  // ------------------------------------------------------------ sync

  @Test
  void aSecondSyncSendsNothing() throws IOException {
    try (ApiSimulator api = api(0)) {
      Run first = sync(environment(api), "--yes");
      assertThat(first.exit()).as(first.err()).isZero();
      for (int i = 0; i < ACCOUNTS; i++) {
        assertDesired(api, i);
      }
      long before = batches(api);

      Run second = sync(environment(api), "--yes");

      assertThat(second.exit()).as(second.err()).isZero();
      assertThat(second.out()).contains("9 accounts need no change.");
      assertThat(batches(api)).isEqualTo(before);
      try (Stream<Path> left = Files.walk(folder.resolve("state/allowflux"))) {
        assertThat(left.filter(file -> file.toString().matches(".*journals/.*(journal|plan)")))
            .isEmpty();
      }
    }
  }

  @Test
  void whatToDoAboutUnfinishedAccountsIsSaidOnceAndAtTheEnd() throws IOException {
    try (ApiSimulator api = api(0)) {
      Fault notDone = Fault.none().notDone();
      api.faults(FaultScript.of(FaultRule.of(notDone).on(Operation.BATCH).always()));

      Run run = sync(environment(api), "--yes");

      assertThat(run.exit()).as(run.err()).isEqualTo(3);
      assertThat(run.lines())
          .contains("account-3  0 of 4 changes done, 4 missing  Tenant 3")
          .noneMatch(line -> line.contains("the same command"));
      assertThat(run.err())
          .contains("account account-3 (Tenant 3): 0 of 4 changes done, 4 missing\n")
          .containsOnlyOnce("the same command")
          .endsWith("allowflux: to go on, run the same command again\n");
    }
  }

  /** The oracle: sets of names, and nothing else. */
  @Test
  void randomBasesAndFilesOfAccountsEndWithWhatSetsOfNamesSay() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (ApiSimulator api = api(0)) {
      for (int round = 0; round < 3; round++) {
        Set<String> common = names(random, 0, 20);
        List<Set<String>> expected = new ArrayList<>();
        List<String> lines = new ArrayList<>(List.of("account,credential,add,without"));
        for (int i = 0; i < ACCOUNTS; i++) {
          Set<String> add = names(random, 20, 25);
          Set<String> without = names(random, 0, 20);
          without.retainAll(common);
          policies("add" + i + ".csv", add.toArray(String[]::new));
          policies("without" + i + ".csv", without.toArray(String[]::new));
          lines.add(
              "%s,env:TOKEN_%d,add%d.csv,without%d.csv"
                  .formatted(account(i), i % CREDENTIALS, i, i));
          Set<String> names = new TreeSet<>(common);
          names.removeAll(without);
          names.addAll(add);
          expected.add(names);
        }
        Path list = Files.write(folder.resolve("random.csv"), lines);
        Path base = policies("random-base.csv", common.toArray(String[]::new));

        Run run =
            run(
                environment(api),
                List.of("sync", "--accounts", list.toString(), "--base", base.toString(), "--yes"),
                "--mode",
                "all",
                "--max-delete-percent",
                "100",
                "--allow",
                "empty-desired");

        assertThat(run.exit()).as("seed %d: %s", seed, run.err()).isZero();
        for (int i = 0; i < ACCOUNTS; i++) {
          assertThat(patterns(api, i))
              .as("seed %d, round %d, %s", seed, round, account(i))
              .containsExactlyInAnyOrderElementsOf(expected.get(i));
        }
      }
    }
  }

  /** Any of the names with numbers in a range. */
  private static Set<String> names(Random random, int from, int to) {
    return IntStream.range(from, to)
        .filter(i -> random.nextBoolean())
        .mapToObj(i -> "r" + i + ".example")
        .collect(Collectors.toCollection(TreeSet::new));
  }

  // ------------------------------------------------------------ kill -9

  /**
   * Three batches are answered; the others get no response, though every other one is carried out.
   */
  @ParameterizedTest
  @ValueSource(strings = {"apply", "sync"})
  void aRunThatIsKilledInTheMiddleIsBroughtToItsEndByTheNextOne(String command)
      throws IOException, InterruptedException {
    try (ApiSimulator api = api(0)) {
      Map<String, String> environment = environment(api);
      List<String> again = new ArrayList<>(List.of(command, "--accounts", list(), "--yes"));
      if (command.equals("apply")) {
        assertThat(plan(environment, "--out", set()).exit()).isZero();
        again.addAll(List.of(set(), "--digest", digest()));
      } else {
        again.addAll(List.of("--base", base()));
      }
      Fault hang = Fault.hang(Fault.Point.BEFORE_HEADERS);
      api.faults(
          FaultScript.of(
              FaultRule.of(hang).on(Operation.BATCH).fromNth(4),
              FaultRule.of(hang.notDone()).on(Operation.BATCH).fromNth(4),
              FaultRule.of(hang).on(Operation.BATCH).fromNth(4),
              FaultRule.of(hang.notDone()).on(Operation.BATCH).fromNth(4).always()));
      try (CliProcess process =
          CliProcess.start(folder, environment, JVM, again.toArray(String[]::new))) {
        process.await(() -> batches(api) > 5);
        process.kill();
      }
      api.faults(FaultScript.none());

      Run next = run(environment, again, "--settle-time", "1s");

      assertThat(next.exit()).as(next.err()).isZero();
      // What it settles first, it goes on with by itself.
      assertThat(next.out() + next.err()).doesNotContain("run the same command again");
      for (int i = 0; i < ACCOUNTS; i++) {
        assertDesired(api, i);
      }
      long sent = batches(api);
      Run last = run(environment, again);
      assertThat(last.exit()).as(last.err()).isZero();
      assertThat(batches(api)).isEqualTo(sent);
    }
  }

  @Test
  void ctrlCEndsTheBatchesUnderWayAndBeginsNoFurtherAccount()
      throws IOException, InterruptedException {
    try (ApiSimulator api = api(0)) {
      Map<String, String> environment = environment(api);
      // All of them by one credential, so that some wait for their turn.
      List<String> lines = new ArrayList<>(List.of("account,credential"));
      IntStream.range(0, ACCOUNTS).forEach(i -> lines.add(account(i) + ",env:OPERATOR"));
      Path list = Files.write(folder.resolve("operator.csv"), lines);
      environment.put("OPERATOR", OPERATOR);
      List<String> sync = List.of("sync", "--accounts", list.toString(), "--base", base(), "--yes");
      Fault pause = Fault.pause(Fault.Point.BEFORE_HEADERS, Duration.ofSeconds(3));
      api.faults(FaultScript.of(FaultRule.of(pause).on(Operation.BATCH).always()));
      try (CliProcess process =
          CliProcess.start(folder, environment, JVM, sync.toArray(String[]::new))) {
        process.await(() -> batches(api) > 0);
        process.signal("INT");
        assertThat(process.exit()).as(process.err()).isEqualTo(130);
        assertThat(process.err())
            .contains("ending after the batch under way")
            .contains("not begun, since the run was ended before")
            .contains("9 accounts: ");
      }
      long sent = batches(api);
      api.faults(FaultScript.none());

      Run next = run(environment, sync);

      assertThat(next.exit()).as(next.err()).isZero();
      assertThat(batches(api)).isEqualTo(ACCOUNTS).isGreaterThan(sent);
      for (int i = 0; i < ACCOUNTS; i++) {
        assertThat(patterns(api, i)).as(account(i)).hasSize(4).doesNotHaveDuplicates();
      }
    }
  }

  // ------------------------------------------------------------ --simulate

  @Test
  void allOfItRunsAgainstSimulatedAccounts() throws IOException {
    Map<String, String> nothing = Map.of("XDG_STATE_HOME", folder.resolve("state").toString());
    Run plan = plan(nothing, "--simulate", "3", "--out", set());
    assertThat(plan.exit()).as(plan.err()).isZero();

    Run apply = apply(nothing, "--simulate", "3", "--yes", "--digest", digest());
    Run sync = sync(nothing, "--simulate", "3", "--yes");

    assertThat(apply.exit()).as(apply.err()).isZero();
    assertThat(apply.out()).contains("account-8  4 of 4 changes done  Tenant 8");
    assertThat(sync.exit()).as(sync.err()).isZero();
    assertThat(sync.out()).contains("account-3  4 of 4 changes done  Tenant 3");
  }

  // ------------------------------------------------------------ refusals

  private static void assertRefused(Run run, int exit, String line) {
    assertThat(run.exit()).as(run.err()).isEqualTo(exit);
    assertThat(run.err()).contains(line).doesNotContain("unexpected failure", "Exception");
  }

  @Test
  void optionsThatDoNotFitAreRefused() throws IOException {
    String list = list();
    String base = base();
    assertRefused(
        Run.of(Map.of(), "plan", "--base", base),
        2,
        "--base needs --accounts; one account takes FILE");
    assertRefused(
        Run.of(Map.of(), "sync", "--accounts", list),
        2,
        "--accounts needs --base FILE with the policies that all accounts have");
    assertRefused(
        Run.of(Map.of(), "plan", base, "--accounts", list, "--base", base),
        2,
        "--accounts takes the desired policies from --base FILE, not from");
    assertRefused(Run.of(Map.of(), "plan"), 2, "Missing required parameter: 'FILE'");
    assertRefused(
        Run.of(Map.of(), "plan", "--accounts", list, "--base", base, "--out", base),
        2,
        "--out and --base are the same file");
    assertRefused(
        Run.of(Map.of(), "plan", "--accounts", list, "--base", base, "--out", list),
        2,
        "--out and --accounts are the same file");
    String more = folder.resolve("more.csv").toString();
    assertRefused(
        Run.of(Map.of(), "plan", "--accounts", list, "--base", base, "--out", more),
        2,
        "--out and a file of account " + account(1) + " are the same file");
    assertRefused(
        Run.of(Map.of(), "export", "--accounts", list, "--output", list, "--format", "csv"),
        2,
        "--output and --accounts are the same file");
    assertThat(Path.of(list)).content().startsWith("account,");
  }

  /** All of its policies would go into the account, or count as copies of each other. */
  @ParameterizedTest
  @ValueSource(strings = {"all.csv", "all.ndjson"})
  void anExportOfManyAccountsIsNotTakenForOneAccounts(String name) throws IOException {
    try (ApiSimulator api = api(2)) {
      String all = folder.resolve(name).toString();
      Run export = Run.of(environment(api), "export", "--accounts", list(), "--output", all);
      assertThat(export.exit()).as(export.err()).isZero();
      api.takeRequests();
      String line = ": account_id is of an export of many accounts";

      assertRefused(Run.of(Run.environment(api), "plan", all), 2, line);
      assertRefused(Run.of(Run.environment(api), "sync", all, "--yes"), 2, line);
      assertRefused(Run.of(environment(api), "audit", all), 2, line);
      assertRefused(planWith(api, "account\naccount-0\n", all), 2, line);
      assertRefused(planWith(api, "account,add\naccount-0," + name + "\n", base()), 2, line);
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void filesThatDoNotFitAreRefusedBeforeAnythingIsSent() throws IOException {
    try (ApiSimulator api = api(0)) {
      String base = base();
      policies("other.csv", "b0.example", "not-in-base.example");
      assertRefused(
          planWith(api, "account\naccount-0\naccount-0\n", base),
          2,
          "list.csv:3: account account-0 is in the list twice");
      assertRefused(
          planWith(api, "account,add\naccount-0,gone.csv\n", base),
          1,
          "gone.csv: no such file or folder");
      assertRefused(
          planWith(api, "account,without\naccount-0,other.csv\n", base),
          2,
          "other.csv:3: DOMAIN not-in-base.example is not in the base, so account account-0 cannot"
              + " be without it");
      assertRefused(
          planWith(api, "account,add,without\naccount-0,other.csv,other.csv\n", base),
          2,
          "list.csv:2: add and without are the same file");
      assertRefused(planWith(api, "account\naccount-0\n", "gone"), 1, "gone: no such file");
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void anotherFormOfAPolicyOfTheBaseIsRefusedUnlessItIsTakenOutFirst() throws IOException {
    try (ApiSimulator api = api(0)) {
      String base = base();
      Files.writeString(folder.resolve("form.csv"), COLUMNS + "\nb0.example,DOMAIN,false,true,c\n");
      policies("out.csv", "b0.example");

      assertRefused(
          planWith(api, "account,credential,add\naccount-0,env:TOKEN_0,form.csv\n", base),
          9,
          "1 policy desired in more than one way (keep one of them)");
      Run both =
          planWith(
              api,
              "account,credential,add,without\naccount-0,env:TOKEN_0,form.csv,out.csv\n",
              base);

      assertThat(both.exit()).as(both.err()).isZero();
      assertThat(both.out()).contains("1 account: 4 to create");
    }
  }

  private Run planWith(ApiSimulator api, String list, String base) throws IOException {
    Path file = Files.writeString(folder.resolve("list.csv"), list);
    return Run.of(environment(api), "plan", "--accounts", file.toString(), "--base", base);
  }

  @Test
  void plansThatDoNotFitAreRefusedBeforeAnythingIsSent() throws IOException {
    try (ApiSimulator api = api(0)) {
      plan(environment(api), "--out", set());
      String digest = digest();
      Path one = folder.resolve("one.json");
      Run.of(
          Run.environment(api), "plan", base(), "--account", account(0), "--out", one.toString());
      api.takeRequests();
      List<String> lines = Files.readAllLines(Path.of(list()));
      Path lacking = Files.write(folder.resolve("lacking.csv"), lines.subList(0, ACCOUNTS));
      Path other =
          Files.write(
              folder.resolve("other.csv"),
              lines.stream().map(line -> line.replace("8,env:TOKEN_2", "8,env:TOKEN_0")).toList());
      String yes = "--yes";

      assertRefused(
          Run.of(
              environment(api),
              "apply",
              set(),
              "--accounts",
              lacking.toString(),
              yes,
              "--digest",
              digest),
          1,
          "the list lacks account account-8 of the plans");
      assertRefused(
          Run.of(
              environment(api),
              "apply",
              set(),
              "--accounts",
              other.toString(),
              yes,
              "--digest",
              digest),
          1,
          "account account-8 (Tenant 8) has the credential env:TOKEN_0 in the list and env:TOKEN_2"
              + " in the plans");
      assertRefused(
          apply(environment(api), yes, "--digest", "0".repeat(64)),
          1,
          "the plans are not those that were reviewed");
      assertRefused(apply(environment(api), yes), 2, "--yes needs --digest");
      assertRefused(
          Run.of(Run.environment(api), "apply", set(), yes, "--digest", digest),
          1,
          "has the plans of many accounts; give --accounts, too");
      assertRefused(
          Run.of(
              environment(api),
              "apply",
              one.toString(),
              "--accounts",
              list(),
              yes,
              "--digest",
              digest),
          1,
          "has the plan of one account; leave out --accounts");
      String document = Files.readString(Path.of(set()));
      edit(document, "own1.example", "own3.example");
      assertRefused(
          apply(environment(api), yes, "--digest", digest), 1, "it was edited after it was made");
      edit(document, "\"plan_set\":1", "\"plan_set\":2");
      assertRefused(
          apply(environment(api), yes, "--digest", digest),
          1,
          "version 2 of plan sets is not known, only 1");
      assertThat(api.requests()).isEmpty();
    }
  }

  private void edit(String document, String text, String other) throws IOException {
    Files.write(Path.of(set()), document.replace(text, other).getBytes(UTF_8));
  }
}
