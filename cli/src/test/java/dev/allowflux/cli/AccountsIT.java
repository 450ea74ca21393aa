package dev.allowflux.cli;

import static dev.allowflux.cli.SimulatedAccounts.account;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.testkit.Soak;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands over a list of accounts. */
@Timeout(600)
class AccountsIT {
  private static final int ACCOUNTS = Soak.count(24, 1_000);
  private static final int POLICIES = Soak.count(50, 2_000);
  private static final SimulatedAccounts TENANTS =
      new SimulatedAccounts(ACCOUNTS, Soak.count(4, 20));

  @TempDir Path folder;

  private static ApiSimulator api() {
    return TENANTS.simulator(POLICIES).noRateLimit().start();
  }

  private Map<String, String> environment(ApiSimulator api) {
    return TENANTS.environment(api, folder);
  }

  private String list() throws IOException {
    List<String> lines = new ArrayList<>(List.of("account,name,credential"));
    for (int i = 0; i < ACCOUNTS; i++) {
      lines.add(account(i) + ",Tenant " + i + ",env:TOKEN_" + TENANTS.credential(i));
    }
    return Files.write(folder.resolve("accounts.csv"), lines).toString();
  }

  private Run export(Map<String, String> environment, String... more) throws IOException {
    return Run.of(
        environment,
        Stream.concat(
                Stream.of(
                    "export",
                    "--accounts",
                    list(),
                    "--output",
                    folder.resolve("out/{account}.ndjson").toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private Path file(int account) {
    return folder.resolve("out").resolve(account(account) + ".ndjson");
  }

  private void assertWhole(ApiSimulator api, int account) {
    List<String> ids = api.account(account(account)).policyIds();
    assertThat(file(account)).as(account(account)).exists();
    try (Stream<String> lines = Files.lines(file(account))) {
      assertThat(lines.map(line -> line.replaceFirst("^\\{\"id\":\"([^\"]+)\".*", "$1")))
          .containsExactlyInAnyOrderElementsOf(ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyAccountHasItsOwnFileAndEachIsReadByItsOwnCredential() throws IOException {
    try (ApiSimulator api = api()) {
      Run run = export(environment(api));

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.lines()).hasSize(ACCOUNTS);
      assertThat(run.err()).contains(" done, 0 failed");
      assertThat(run.out() + run.err()).doesNotContain("very-secret");
      for (int i = 0; i < ACCOUNTS; i++) {
        assertWhole(api, i);
      }
      assertThat(folder.resolve("out/accounts.ndjson.progress")).doesNotExist();
      assertThat(api.requests()).extracting(RecordedRequest::status).containsOnly(200);
    }
  }

  @Test
  void twoRevokedCredentialsAreNamedAndEverythingElseIsComplete() throws IOException {
    try (ApiSimulator api = api()) {
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      environment.remove("TOKEN_2");

      Run run = export(environment);

      assertThat(run.exit()).isEqualTo(4);
      assertThat(run.err())
          .contains("account account-1 (Tenant 1) by env:TOKEN_1: ")
          .contains("account account-2 (Tenant 2) by env:TOKEN_2: the variable TOKEN_2 is not set")
          .doesNotContain("account account-3 ");
      for (int i = 0; i < ACCOUNTS; i++) {
        if (TENANTS.credential(i) == 1 || TENANTS.credential(i) == 2) {
          assertThat(file(i)).doesNotExist();
        } else {
          assertWhole(api, i);
        }
      }
    }
  }

  @Test
  void anExportThatFailedInPartIsResumedWithoutReadingWhatIsDone() throws IOException {
    try (ApiSimulator api = api()) {
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      Run failed = export(environment);
      Run refused = export(environment(api));
      api.takeRequests();

      Run resumed = export(environment(api), "--resume");

      assertThat(failed.exit()).isEqualTo(4);
      assertThat(failed.err()).contains("the same command with --resume exports what is missing");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("an unfinished export is recorded in ");
      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(api.requests()).isNotEmpty().allMatch(request -> TENANTS.credential(request) == 1);
      for (int i = 0; i < ACCOUNTS; i++) {
        assertWhole(api, i);
      }
    }
  }

  @Test
  void anExportThatIsKilledIsResumedAndComplete() throws IOException, InterruptedException {
    try (ApiSimulator api = api()) {
      Map<String, String> environment = environment(api);
      Path progress = folder.resolve("out/accounts.ndjson.progress");
      try (CliProcess process =
          CliProcess.start(
              folder,
              environment,
              List.of("-Xmx128m"),
              "export",
              "--accounts",
              list(),
              // After eight calls there is none for a minute: it is killed in the middle.
              "--rate-limit",
              "2/60s",
              "--quota",
              "none",
              "--output",
              folder.resolve("out/{account}.ndjson").toString())) {
        process.await(() -> Files.exists(progress) && Files.readAllLines(progress).size() > 2);
        process.kill();
      }

      try (CliProcess process =
          CliProcess.start(
              folder,
              environment,
              List.of("-Xmx" + Soak.count(96, 512) + "m"),
              "export",
              "--accounts",
              list(),
              "--resume",
              "--output",
              folder.resolve("out/{account}.ndjson").toString())) {
        assertThat(process.out()).contains("exported before");
        assertThat(process.exit()).as(process.err()).isZero();
      }
      for (int i = 0; i < ACCOUNTS; i++) {
        assertWhole(api, i);
      }
    }
  }

  @Test
  void checkAndAuditHaveALineForEachAccount() throws IOException {
    try (ApiSimulator api = api()) {
      Run check = Run.of(environment(api), "check", "--accounts", list());
      Run audit =
          Run.of(
              environment(api),
              "audit",
              "--accounts",
              list(),
              "--format",
              "html",
              "--output",
              folder.resolve("{account}.html").toString(),
              "--fail-on",
              "low");

      assertThat(check.exit()).as(check.err()).isZero();
      assertThat(check.lines())
          .hasSize(ACCOUNTS)
          .allMatch(line -> line.contains("  may be read, " + POLICIES + " policies  Tenant "));
      assertThat(audit.exit()).as(audit.err()).isEqualTo(10);
      assertThat(audit.lines()).hasSize(ACCOUNTS).allMatch(line -> line.contains(" audited: "));
      for (int i = 0; i < ACCOUNTS; i++) {
        assertThat(folder.resolve(account(i) + ".html"))
            .content(UTF_8)
            .contains(account(i) + " (Tenant " + i + ")");
      }
    }
  }

  /** The environment of an operator whose one token sees accounts 0, 2 and 3. */
  private static ApiSimulator operated() {
    ApiSimulatorBuilder builder = ApiSimulator.builder().accountId(account(0)).policies(30);
    for (int i = 1; i < 4; i++) {
      builder.addAccount(account(i), "own-" + i, 10 * i);
    }
    return builder.addUser("operator", account(0), account(2), account(3)).start();
  }

  private Map<String, String> operator(ApiSimulator api) {
    return Map.of(
        "CLOUDFLARE_BASE_URL",
        api.baseUrl(),
        "CLOUDFLARE_API_TOKEN",
        "operator",
        "XDG_STATE_HOME",
        folder.resolve("state").toString());
  }

  @Test
  void allAccountsOfTheCredentialAreChecked() throws IOException {
    try (ApiSimulator api = operated()) {
      Run check = Run.of(operator(api), "check", "--accounts", "all");
      Run audit = Run.of(operator(api), "audit", "--accounts", "all");

      assertThat(check.exit()).as(check.err()).isZero();
      assertThat(check.lines())
          .containsExactlyInAnyOrder(
              "account-0  may be read, 30 policies  Account account-0",
              "account-2  may be read, 20 policies  Account account-2",
              "account-3  may be read, 30 policies  Account account-3");
      assertThat(audit.exit()).as(audit.err()).isZero();
      assertThat(audit.lines()).hasSize(3);
    }
  }

  @Test
  void allAccountsAreBroughtToOneDesiredState() throws IOException {
    try (ApiSimulator api = operated()) {
      Path base =
          Files.writeString(
              folder.resolve("base.csv"),
              "pattern,pattern_type,is_acceptable_sender\nsupplier.example,DOMAIN,true\n");
      String[] sync = {"sync", "--accounts", "all", "--base", base.toString(), "--yes"};

      Run first = Run.of(operator(api), sync);
      Run again = Run.of(operator(api), sync);

      assertThat(first.exit()).as(first.err()).isZero();
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(IntStream.range(0, 4).map(i -> api.account(account(i)).size()))
          .containsExactly(31, 10, 21, 31);
    }
  }

  @Test
  void allAccountsArePlannedAndAppliedAsOneSetButThoseWithoutEmailSecurity() throws IOException {
    try (ApiSimulator api = operated()) {
      Path base =
          Files.writeString(
              folder.resolve("base.csv"),
              "pattern,pattern_type,is_acceptable_sender\nsupplier.example,DOMAIN,true\n");
      Path plans = folder.resolve("plans.json");
      // Each account is tried twice before it is left out.
      api.faults(
          FaultScript.of(FaultRule.of(Fault.refusal(404, 7003)).on(Operation.LIST).always()));
      Run none = Run.of(operator(api), "plan", "--accounts", "all", "--base", base.toString());
      api.faults(FaultScript.none());
      Run plan =
          Run.of(
              operator(api),
              "plan",
              "--accounts",
              "all",
              "--base",
              base.toString(),
              "--out",
              plans.toString());
      String digest = plan.out().replaceFirst("(?s).*Digest of all plans ([0-9a-f]+).*", "$1");
      String[] applying = {
        "apply", plans.toString(), "--accounts", "all", "--yes", "--digest", digest
      };
      api.faults(
          FaultScript.of(FaultRule.of(Fault.refusal(404, 7003)).on(Operation.LIST).always()));
      Run gone = Run.of(operator(api), applying);
      api.faults(FaultScript.none());
      Run apply = Run.of(operator(api), applying);

      assertThat(none.exit()).isEqualTo(3);
      assertThat(none.err())
          .contains("account account-2 (Account account-2): left out, without Email Security (404)")
          .contains("3 accounts: 0 done, 3 left out, 0 failed");
      assertThat(plan.exit()).as(plan.err()).isZero();
      // What was planned and reviewed is not done: that is a failure, whoever chose the accounts.
      assertThat(gone.exit()).isEqualTo(3);
      assertThat(gone.err()).contains("3 accounts: 0 done, 3 failed").doesNotContain("left out");
      assertThat(apply.exit()).as(apply.err()).isZero();
      assertThat(IntStream.range(0, 4).map(i -> api.account(account(i)).size()))
          .containsExactly(31, 10, 21, 31);
    }
  }

  @Test
  void accountWithoutEmailSecurityIsLeftOutAndNamed() throws IOException {
    try (ApiSimulator api = operated()) {
      api.faults(
          FaultScript.of(FaultRule.of(Fault.refusal(404, 7003)).on(Operation.LIST).fromNth(2)));
      Path target = folder.resolve("all.ndjson");
      Run run = Run.of(operator(api), "export", "--accounts", "all", "--output", target.toString());

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.err()).contains("3 accounts: 2 done, 1 left out, 0 failed");
      List<String> left =
          run.lines().stream()
              .filter(line -> line.contains("left out, without Email Security (404)"))
              .map(line -> line.substring(0, line.indexOf(' ')))
              .toList();
      assertThat(left).hasSize(1);
      assertOneFile(
          api, target, Stream.of(0, 2, 3).filter(i -> !left.contains(account(i))).toList());

      api.faults(
          FaultScript.of(FaultRule.of(Fault.refusal(404, 7003)).on(Operation.LIST).always()));
      Run none = Run.of(operator(api), "check", "--accounts", "all");
      assertThat(none.exit()).isEqualTo(3);
      assertThat(none.err()).contains("no account has Email Security: ");
    }
  }

  @Test
  void refusalOfPermissionFailsItsAccountAndNoOther() throws IOException {
    try (ApiSimulator api = operated()) {
      // The second attempt at the end is refused as well.
      api.faults(
          FaultScript.of(
              FaultRule.of(Fault.refusal(403, 10_000)).on(Operation.LIST).fromNth(1),
              FaultRule.of(Fault.refusal(403, 10_000)).on(Operation.LIST).fromNth(3)));
      Run run = Run.of(operator(api), "check", "--accounts", "all");

      assertThat(run.exit()).isEqualTo(4);
      assertThat(run.err()).contains("3 accounts: 2 done, 1 failed").contains("the permission");
    }
  }

  @Test
  void listingThatFailsIsOneLine() throws IOException {
    try (ApiSimulator api = operated()) {
      api.faults(
          FaultScript.of(
              FaultRule.of(Fault.refusal(403, 10_000)).on(Operation.LIST_ACCOUNTS).always()));
      Run refused = Run.of(operator(api), "check", "--accounts", "all");
      Run withoutToken = Run.of(Map.of(), "check", "--accounts", "all");
      Run both = Run.of(operator(api), "check", "--accounts", "all", "--account", "a");

      assertThat(refused.exit()).isEqualTo(4);
      assertThat(refused.err().lines())
          .hasSize(1)
          .allMatch(line -> line.contains("list accounts: 403"))
          .allMatch(line -> line.contains("Account Settings Read"));
      assertThat(withoutToken.exit()).isEqualTo(4);
      assertThat(withoutToken.err().lines())
          .hasSize(1)
          .allMatch(line -> line.contains("CLOUDFLARE_API_TOKEN"));
      assertThat(both.exit()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a b", "", "0123456789abcdef0123456789abcdef0"})
  void anIdOfTheServiceThatIsNoneIsItsFaultAndNoWrongUsage(String id) throws IOException {
    try (ApiSimulator api = operated();
        AlteringProxy service =
            AlteringProxy.start(
                api,
                (request, simulator) ->
                    new AlteringProxy.Answer(
                        200,
                        "application/json",
                        "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":[{\"id\":\""
                            + id
                            + "\",\"name\":\"x\"}],\"result_info\":{\"total_count\":1}}"))) {
      Run run = Run.of(service.environment(folder), "check", "--accounts", "all");

      assertThat(run.exit()).isEqualTo(6);
      assertThat(run.err())
          .hasLineCount(1)
          .startsWith("allowflux: list accounts: ")
          .contains("account id", "; nothing of it was used");
      assertThat(service.requests()).allMatch(request -> request.path().endsWith("/accounts"));
    }
  }

  @Test
  void oneIsSingular() throws IOException {
    Path list = Files.writeString(folder.resolve("one.csv"), "account\nonly\n");
    String[] one = {"--accounts", list.toString(), "--simulate", "1"};

    Run check = Run.of(Map.of(), "check", one[0], one[1], one[2], one[3]);
    Run audit = Run.of(Map.of(), "audit", one[0], one[1], one[2], one[3]);

    assertThat(check.out()).isEqualTo("only  may be read, 1 policy\n");
    assertThat(check.err()).contains("1 account: 1 done, 0 failed");
    assertThat(audit.out()).startsWith("only  1 policy audited");
  }

  @Test
  void allAccountsCanBeSimulated() {
    Run run = Run.of(Map.of(), "check", "--accounts", "all", "--simulate", "7");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(3).allMatch(line -> line.contains("may be read, 7 policies"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ndjson", "csv"})
  void oneFileHoldsEveryAccountInTheOrderOfTheList(String format) throws IOException {
    try (ApiSimulator api = api()) {
      Path target = folder.resolve("all." + format);
      Run run =
          exportToOne(
              environment(api), target, "--format", format, "--fields", "id,pattern,pattern_type");

      assertThat(run.exit()).as(run.err()).isZero();
      assertOneFile(api, target);
      assertThat(folder.resolve("all." + format + ".accounts")).doesNotExist();
      assertThat(folder.resolve("all." + format + ".progress")).doesNotExist();
    }
  }

  private Run exportToOne(Map<String, String> environment, Path target, String... more)
      throws IOException {
    return Run.of(
        environment,
        Stream.concat(
                Stream.of("export", "--accounts", list(), "--output", target.toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** Each policy once, behind the id of its account, the accounts in the order of the list. */
  private static void assertOneFile(ApiSimulator api, Path target) throws IOException {
    assertOneFile(api, target, IntStream.range(0, ACCOUNTS).boxed().toList());
  }

  private static void assertOneFile(ApiSimulator api, Path target, List<Integer> accounts)
      throws IOException {
    boolean csv = target.toString().endsWith(".csv");
    List<String> expected = new ArrayList<>();
    for (int i : accounts) {
      for (String id : api.account(account(i)).policyIds()) {
        expected.add(account(i) + ' ' + id);
      }
    }
    List<String> found = new ArrayList<>();
    List<String> order = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(target)) {
      if (csv) {
        assertThat(lines.readLine()).startsWith("account_id,id,");
      }
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split(csv ? "," : "\"", 3 + (csv ? 0 : 6));
        String account = csv ? parts[0] : parts[3];
        found.add(account + ' ' + (csv ? parts[1] : parts[7]));
        if (order.isEmpty() || !order.get(order.size() - 1).equals(account)) {
          order.add(account);
        }
      }
    }
    assertThat(found).hasSameElementsAs(expected).hasSameSizeAs(expected);
    assertThat(order).isEqualTo(accounts.stream().map(SimulatedAccounts::account).toList());
  }

  @Test
  void oneFileAppearsWhenEveryAccountIsInIt() throws IOException {
    try (ApiSimulator api = api()) {
      Path target = folder.resolve("all.ndjson");
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      Run failed = exportToOne(environment, target);
      assertThat(failed.exit()).isEqualTo(4);
      assertThat(target).doesNotExist();
      api.takeRequests();
      // What a join that was killed has left.
      Files.writeString(folder.resolve("all.ndjson.part"), "{\"account_id\":\"acc");
      Files.writeString(folder.resolve("all.ndjson.checkpoint"), "");

      Run resumed = exportToOne(environment(api), target, "--resume");

      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(api.requests()).isNotEmpty().allMatch(request -> TENANTS.credential(request) == 1);
      assertOneFile(api, target);
    }
  }

  /** Empties the part of the first account, cuts that of the third and removes the fourth's. */
  private static void damage(Path first, Path third, Path fourth) throws IOException {
    Files.write(first, new byte[0]);
    byte[] text = Files.readAllBytes(third);
    Files.write(third, Arrays.copyOf(text, text.length - 10));
    Files.delete(fourth);
  }

  @Test
  void partsThatAreNotAsTheExportLeftThemAreExportedAnew() throws IOException {
    try (ApiSimulator api = api()) {
      Path target = folder.resolve("all.ndjson");
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      assertThat(exportToOne(environment, target).exit()).isEqualTo(4);
      Path parts = folder.resolve("all.ndjson.accounts");
      List<Path> damaged = Stream.of(0, 2, 3).map(i -> parts.resolve(account(i))).toList();
      damage(damaged.get(0), damaged.get(1), damaged.get(2));

      Run resumed = exportToOne(environment(api), target, "--resume");

      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.lines().stream().filter(line -> line.contains("exported anew")))
          .hasSize(3);
      assertThat(damaged)
          .allSatisfy(
              part ->
                  assertThat(resumed.out())
                      .contains(
                          POLICIES
                              + " policies; exported anew, since "
                              + part
                              + " was gone or changed"));
      assertOneFile(api, target);
    }
  }

  @Test
  void filesThatAreNotAsTheExportLeftThemAreExportedAnew() throws IOException {
    try (ApiSimulator api = api()) {
      Map<String, String> environment = environment(api);
      environment.put("TOKEN_1", "revoked");
      assertThat(export(environment).exit()).isEqualTo(4);
      damage(file(0), file(2), file(3));

      Run resumed = export(environment(api), "--resume");

      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.lines().stream().filter(line -> line.contains("exported anew")))
          .hasSize(3);
      for (int i = 0; i < ACCOUNTS; i++) {
        assertWhole(api, i);
      }
    }
  }

  @Test
  void uploadsThatAFileWasSplitIntoCountAsTheFileOfTheirAccount() throws IOException {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(3000)
            .noRateLimit()
            .accountId(account(0))
            .addAccount(account(1), "own", 3)
            .start()) {
      Path list =
          Files.writeString(
              folder.resolve("two.csv"),
              "account,credential\naccount-0,env:FIRST\naccount-1,env:SECOND\n");
      Map<String, String> environment = environment(api);
      environment.put("FIRST", api.token());
      String[] export = {
        "export",
        "--accounts",
        list.toString(),
        "--format",
        "dashboard",
        "--resume",
        "--output",
        folder.resolve("{account}.csv").toString()
      };
      assertThat(Run.of(environment, export).exit()).isEqualTo(4);
      assertThat(folder.resolve("account-0-2.csv")).exists();
      environment.put("SECOND", "own");

      Run resumed = Run.of(environment, export);

      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.out()).contains("account-0  exported before", "account-1  3 policies");
    }
  }

  @Test
  void oneFileIsWholeAfterAKill() throws IOException, InterruptedException {
    try (ApiSimulator api = api()) {
      Path target = folder.resolve("all.csv");
      Path progress = folder.resolve("all.csv.progress");
      try (CliProcess process =
          CliProcess.start(
              folder,
              environment(api),
              List.of("-Xmx128m"),
              "export",
              "--accounts",
              list(),
              "--format",
              "csv",
              "--fields",
              "id,pattern",
              "--rate-limit",
              "2/60s",
              "--quota",
              "none",
              "--output",
              target.toString())) {
        process.await(() -> Files.exists(progress) && Files.readAllLines(progress).size() > 2);
        process.kill();
      }
      assertThat(target).doesNotExist();

      Run resumed =
          exportToOne(
              environment(api), target, "--format", "csv", "--fields", "id,pattern", "--resume");

      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.out()).contains("exported before");
      assertOneFile(api, target);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "audit"})
  void aListRunsAgainstSimulatedAccounts(String command) throws IOException {
    Run run = Run.of(Map.of(), command, "--accounts", list(), "--simulate", "3");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(ACCOUNTS).allMatch(line -> line.contains("3 policies"));
  }

  @Test
  void aTokenInTheListIsRefusedAndNotShown() throws IOException {
    Path list =
        Files.writeString(folder.resolve("bad.csv"), "account,credential\na,very-secret-1\n");

    Run run = Run.of(Map.of(), "check", "--accounts", list.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err())
        .contains("bad.csv:2: credential must be env:NAME or file:PATH")
        .doesNotContain("very-secret-1");
  }

  @Test
  void filesOfManyAccountsNeedTheAccountInTheirName() throws IOException {
    Run export = Run.of(Map.of(), "export", "--accounts", list());
    Run terraform =
        Run.of(
            Map.of(),
            "export",
            "--accounts",
            list(),
            "--format",
            "terraform",
            "--output",
            "all.tf");
    Run audit = Run.of(Map.of(), "audit", "--accounts", list(), "--output", "all.html");

    assertThat(export.exit()).isEqualTo(2);
    assertThat(export.err()).contains("needs a complete traversal to --output FILE");
    assertThat(terraform.exit()).isEqualTo(2);
    assertThat(terraform.err())
        .contains("--format terraform needs {account} in the name of the file");
    assertThat(audit.exit()).isEqualTo(2);
    assertThat(audit.err()).contains("{account} in the name of the file");
  }
}
