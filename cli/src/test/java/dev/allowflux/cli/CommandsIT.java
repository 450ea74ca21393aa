package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command against a simulator over real sockets, in this process and so under BlockHound. */
@Timeout(240)
class CommandsIT {
  private static final String FLAGS =
      ",\"is_regex\":false,\"is_trusted_sender\":false,\"is_acceptable_sender\":false,"
          + "\"is_exempt_recipient\":false,\"verify_sender\":true}";

  @TempDir Path folder;

  private ApiSimulator api;
  private Map<String, String> environment;
  private String id;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(2500).seed(3).noRateLimit().start();
    environment = new HashMap<>(Run.environment(api));
    id = api.policyIds().get(0);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Run run(String... args) {
    return Run.of(environment, args);
  }

  private Run runWith(FaultScript faults, String... args) {
    try (ApiSimulator faulty =
        ApiSimulator.builder().policies(20).noRateLimit().faults(faults).start()) {
      return Run.of(Run.environment(faulty), args);
    }
  }

  private static String idOf(String line) {
    return line.replaceFirst("\\{\"id\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void exportWritesEveryPolicyOnceInOrder() throws IOException {
    Path file = folder.resolve("all.ndjson");
    Run run = run("export", "--output", file.toString());
    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("exported 2,500 policies").hasLineCount(1);
    List<String> ids = Files.readAllLines(file).stream().map(CommandsIT::idOf).toList();
    assertThat(new HashSet<>(ids)).isEqualTo(new HashSet<>(api.policyIds())).hasSize(ids.size());
  }

  @Test
  void exportWithoutAFileWritesToStandardOutput() {
    Run run = run("export", "--format", "csv", "--fields", "id,pattern");
    assertThat(run.exit()).isZero();
    assertThat(run.lines()).hasSizeGreaterThanOrEqualTo(2501).startsWith("id,pattern");
  }

  @Test
  void anExportThatFailsLeavesNoFile() throws IOException {
    Path file = folder.resolve("all.ndjson");
    Run run =
        Run.of(
            environment,
            "export",
            "--output",
            file.toString(),
            "--base-url",
            "http://127.0.0.1:1/client/v4",
            "--max-attempts",
            "1");
    assertThat(run.exit()).isEqualTo(6);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void listFetchesNoPageThatTheLimitDoesNotNeed() {
    assertThat(run("list", "--limit", "5").lines()).hasSize(5);
    assertThat(api.takeRequests())
        .singleElement()
        .extracting(RecordedRequest::query)
        .asString()
        .contains("per_page=5");
    assertThat(run("list", "--limit", "1500").lines()).hasSize(1500);
    assertThat(api.takeRequests()).hasSize(2);
    assertThat(run("list", "--limit", "300", "--per-page", "100").lines()).hasSize(300);
    assertThat(api.takeRequests()).hasSize(3);
    assertThat(run("list", "--limit", "0").lines()).isEmpty();
    assertThat(api.takeRequests()).isEmpty();
  }

  @Test
  void listSendsEveryFilterByTheApisName() {
    Run run =
        run(
            ("list --search a&b --pattern c --pattern-type email --trusted-sender true"
                    + " --acceptable-sender false --exempt-recipient true"
                    + " --verify-sender false --order created_at --direction desc --per-page 7")
                .split(" "));
    assertThat(run.exit()).isZero();
    assertThat(api.requests())
        .singleElement()
        .extracting(RecordedRequest::query)
        .asString()
        .contains(
            "search=a%26b",
            "pattern=c",
            "pattern_type=EMAIL",
            "is_trusted_sender=true",
            "is_acceptable_sender=false",
            "is_exempt_recipient=true",
            "verify_sender=false",
            "order=created_at",
            "direction=desc",
            "per_page=7");
  }

  @Test
  void listIsLinesOfJsonInAPipeAndATableOnRequest() {
    assertThat(run("list", "--limit", "1").out()).startsWith("{\"id\":\"" + id + "\"");
    assertThat(run("list", "--limit", "1", "--format", "table").lines())
        .hasSize(2)
        .first()
        .asString()
        .startsWith("id ");
  }

  @Test
  void getPrintsOneLine() {
    Run run = run("get", id);
    assertThat(run.exit()).isZero();
    assertThat(run.lines()).singleElement().asString().startsWith("{\"id\":\"" + id + "\"");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void getOfNothingIsRefusedInOneLine() {
    Run run = run("get", "00000000-0000-4000-8000-000000000000");
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).contains("404", "[cf-ray ");
  }

  @Test
  void createSendsEveryFlagAndAbsentOnesAsFalse() {
    Run run =
        run("create", "--pattern", "new.example", "--pattern-type", "DOMAIN", "--verify-sender");
    assertThat(run.exit()).isZero();
    String created = idOf(run.out().strip());
    assertThat(api.policyJson(created))
        .contains(
            "\"pattern\":\"new.example\"", "\"verify_sender\":true", "\"is_trusted_sender\":false");
  }

  @Test
  void createTakesALineOfAnExport() throws IOException {
    String line = run("list", "--limit", "1").out();
    Path file = Files.writeString(folder.resolve("policy.json"), line);
    Run fromFile = run("create", "--json", file.toString());
    Run fromInput = Run.withInput(line, environment, "create", "--json", "-");
    assertThat(fromFile.exit()).isZero();
    assertThat(fromInput.exit()).isZero();
    assertThat(api.size()).isEqualTo(2502);
  }

  @Test
  void editChangesWhatIsNamedAndNothingElse() {
    String before = run("get", id).out();
    Run cleared = run("edit", id, "--clear-comments");
    assertThat(cleared.exit()).isZero();
    assertThat(cleared.out()).doesNotContain("\"comments\"");
    String[] widening = {"edit", id, "--comments", "", "--trusted-sender", "--no-verify-sender"};
    Run refused = run(widening);
    assertThat(refused.exit()).isEqualTo(9);
    assertThat(refused.err()).contains("--allow trusted-without-verification");
    assertThat(run("get", id).out()).isEqualTo(cleared.out());
    String[] allowed = Arrays.copyOf(widening, widening.length + 2);
    allowed[widening.length] = "--allow";
    allowed[widening.length + 1] = "trusted-without-verification";
    Run set = run(allowed);
    assertThat(set.out())
        .contains("\"comments\":\"\"", "\"is_trusted_sender\":true", "\"verify_sender\":false");
    assertThat(pattern(set.out())).isEqualTo(pattern(before));
  }

  private static String pattern(String line) {
    return line.replaceFirst(".*\"pattern\":\"([^\"]*)\".*", "$1");
  }

  @Test
  void whatASingleWriteExposesIsJudged() {
    String[] create = {
      "create", "--pattern", "gmail.com", "--pattern-type", "DOMAIN", "--acceptable-sender"
    };
    Run created = run(create);
    assertThat(created.exit()).isEqualTo(9);
    assertThat(created.err()).contains("--allow free-mail-provider", "gmail.com");
    String posts =
        ("{\"posts\":[{\"pattern\":\"co.uk\",\"pattern_type\":\"DOMAIN\",\"is_regex\":false,"
            + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
            + "\"is_exempt_recipient\":false,\"verify_sender\":true}]}");
    Run batch = Run.withInput(posts, environment, "batch", "-");
    assertThat(batch.exit()).as(batch.err()).isEqualTo(9);
    assertThat(batch.err()).contains("--allow public-suffix");
    assertThat(api.requestCount()).isZero();
    Run renamed = run("edit", id, "--pattern", "co.uk", "--pattern-type", "DOMAIN", "--no-regex");
    assertThat(renamed.exit()).as(renamed.err()).isEqualTo(9);
    assertThat(api.size()).isEqualTo(2500);
  }

  @Test
  void deletePrintsTheIdThatWent() {
    Run run = run("delete", id);
    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEqualTo(id + "\n");
    assertThat(api.policyJson(id)).isNull();
  }

  @Test
  void batchSendsFourArraysAndPrintsWhatChanged() {
    String other = api.policyIds().get(1);
    String batch =
        "{\"deletes\":[{\"id\":\"%s\"}],\"patches\":[{\"id\":\"%s\",\"comments\":\"c\"}]}"
            .formatted(id, other);
    Run run = Run.withInput(batch, environment, "batch", "-");
    assertThat(run.exit()).isZero();
    assertThat(run.lines()).singleElement().asString().contains(other, "\"comments\":\"c\"");
    assertThat(run.err()).contains("1 deleted, 1 edited, 0 replaced, 0 created");
    assertThat(api.policyJson(id)).isNull();
  }

  /** What a batch exposes is judged by what it changes, so the policies are read, each once. */
  @Test
  void batchReadsWhatItEditsInAsFewCallsAsItCan() {
    try (ApiSimulator own = ApiSimulator.builder().start()) {
      Map<String, String> to = Run.environment(own);
      String posts =
          IntStream.range(0, 40)
              .mapToObj(
                  i -> "{\"pattern\":\"d%d.example\",\"pattern_type\":\"DOMAIN\"}".formatted(i))
              .map(post -> post.replace("}", FLAGS))
              .collect(Collectors.joining(",", "{\"posts\":[", "]}"));
      assertThat(Run.withInput(posts, to, "batch", "-").exit()).isZero();
      List<String> ids = own.policyIds();
      List<Operation> gets = List.of(Operation.GET, Operation.GET, Operation.BATCH);
      List<Operation> list = List.of(Operation.LIST, Operation.BATCH);

      assertThat(calls(own, "batch", ids.subList(0, 2))).isEqualTo(gets);
      assertThat(calls(own, "batch", ids)).isEqualTo(list);

      List<String> gone = new ArrayList<>(ids.subList(0, 3));
      gone.add("gone");
      assertThat(calls(own, "batch", gone)).containsExactly(Operation.LIST, Operation.GET);
    }
  }

  private static List<Operation> calls(ApiSimulator api, String command, List<String> ids) {
    String patches =
        ids.stream()
            .map(each -> "{\"id\":\"%s\",\"is_acceptable_sender\":true}".formatted(each))
            .collect(Collectors.joining(",", "{\"patches\":[", "]}"));
    api.takeRequests();
    Run run = Run.withInput(patches, Run.environment(api), command, "-");
    assertThat(run.exit()).as(run.err()).isEqualTo(ids.contains("gone") ? 3 : 0);
    return api.takeRequests().stream().map(RecordedRequest::operation).toList();
  }

  @Test
  void checkMakesOneCheapCall() {
    Run run = run("check");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains(api.accountId(), "2500");
    assertThat(api.requests())
        .singleElement()
        .extracting(RecordedRequest::query)
        .asString()
        .contains("per_page=1");
  }

  @Test
  void checkShowsWhatTheRateLimitLeaves() {
    assertThat(Run.of(Map.of(), "check", "--simulate", "3").out())
        .contains("1199 of 1200 calls left");
  }

  @Test
  void aWrongTokenIsTheCredentialsFault() {
    environment.put("CLOUDFLARE_API_TOKEN", "wrong-canary-7f3a");
    Run run = run("check", "-vv");
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.out() + run.err()).doesNotContain("canary-7f3a");
  }

  @Test
  void aTokenFileSilencesTheEnvironment() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), api.token() + "\n");
    environment.put("CLOUDFLARE_API_TOKEN", "wrong");
    environment.put("CLOUDFLARE_EMAIL", "half-a-pair@example.com");
    assertThat(run("check", "--token-file", file.toString()).exit()).isZero();
  }

  @Test
  void aTokenFileThatHoldsNoTokenIsNotShown() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "canary one\ncanary two\n");
    Run run = run("check", "--token-file", file.toString());
    assertThat(run.exit()).isEqualTo(4);
    assertThat(run.err()).contains(file.toString()).doesNotContain("canary");
    assertThat(run("check", "--token-file", folder.resolve("none").toString()).exit()).isEqualTo(1);
  }

  @Test
  void withoutCredentialOrAccountNothingIsSent() {
    environment.remove("CLOUDFLARE_API_TOKEN");
    assertThat(run("get", id).exit()).isEqualTo(4);
    environment.remove("CLOUDFLARE_ACCOUNT_ID");
    assertThat(run("get", id).exit()).isEqualTo(2);
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void simulateIgnoresTheEnvironment() {
    Map<String, String> elsewhere =
        Map.of(
            "CLOUDFLARE_BASE_URL", "https://api.invalid",
            "CLOUDFLARE_ACCOUNT_ID", "other",
            "CLOUDFLARE_API_TOKEN", "other");
    Run run = Run.of(elsewhere, "list", "--simulate", "7");
    assertThat(run.exit()).isZero();
    assertThat(run.lines()).hasSize(7);
  }

  @Test
  void faultsChangeNothingAboutAnExport() {
    String[] plain = {"export", "--simulate", "5000", "--per-page", "100", "--rate-limit", "off"};
    String[] faulty = {
      "export",
      "--simulate",
      "5000",
      "--per-page",
      "100",
      "--rate-limit",
      "off",
      "--fault-rate",
      "0.2",
      "--fault-seed",
      "11"
    };
    Run faultless = Run.of(Map.of(), plain);
    Run run = Run.of(Map.of(), faulty);
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo(faultless.out()).hasLineCount(5000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"create", "edit", "delete", "batch"})
  void aDryRunSendsNothingAndShowsNoSecret(String command) {
    environment.put("CLOUDFLARE_API_TOKEN", "canary-7f3a");
    String[] args =
        switch (command) {
          case "create" ->
              new String[] {"create", "--pattern", "x.example", "--pattern-type", "DOMAIN"};
          case "edit" -> new String[] {"edit", id, "--regex"};
          case "delete" -> new String[] {"delete", id};
          default -> new String[] {"batch", "-"};
        };
    String[] dry = Arrays.copyOf(args, args.length + 1);
    dry[args.length] = "--dry-run";
    Run run = Run.withInput("{}", environment, dry);
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains(api.baseUrl() + "/accounts/" + api.accountId(), "Authorization: Bearer ***")
        .doesNotContain("canary");
    assertThat(run.err()).isEmpty();
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void aDryRunShowsTheBodyThatWouldGoOut() {
    Run dry = run("edit", id, "--comments", "é", "--dry-run");
    run("edit", id, "--comments", "é");
    RecordedRequest sent = api.requests().get(0);
    assertThat(dry.out())
        .startsWith(sent.method() + " ")
        .contains(sent.path())
        .endsWith("\n\n" + new String(sent.body(), UTF_8) + "\n");
  }

  @Test
  void aDryRunNeedsNoCredential() {
    environment.remove("CLOUDFLARE_API_TOKEN");
    Run run = run("delete", id, "--dry-run");
    assertThat(run.exit()).isZero();
    assertThat(run.err()).contains("no credential");
    environment.put("CLOUDFLARE_EMAIL", "canary@example.com");
    environment.put("CLOUDFLARE_API_KEY", "canary-7f3a");
    assertThat(run("delete", id, "--dry-run").out())
        .contains("X-Auth-Email: ***\nX-Auth-Key: ***")
        .doesNotContain("canary");
  }

  @Test
  void aCreateThatIsNotAnsweredIsSentOnceAndEndsUnknown() {
    try (ApiSimulator faulty =
        ApiSimulator.builder()
            .noRateLimit()
            .faults(
                FaultScript.parse(
                    "[{\"on\":\"create\",\"fault\":\"fin\",\"at\":\"before_headers\","
                        + "\"times\":\"always\"}]"))
            .start()) {
      Run run =
          Run.of(
              Run.environment(faulty),
              "create",
              "--pattern",
              "x.example",
              "--pattern-type",
              "DOMAIN");
      assertThat(run.exit()).isEqualTo(7);
      assertThat(run.err()).hasLineCount(1).contains("may have happened", "pattern");
      assertThat(faulty.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void aShortPauseIsWaitedForAndTold() {
    Run run =
        runWith(
            FaultScript.parse("[{\"fault\":\"throttled\",\"headers\":{\"retry-after\":\"1\"}}]"),
            "create",
            "--pattern",
            "x.example",
            "--pattern-type",
            "DOMAIN");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).containsPattern("waiting (0\\.9|1) s");
  }

  @Test
  void aPauseBeyondTheDeadlineEndsAtOnceAndNamesTheTime() {
    Run run =
        runWith(
            FaultScript.parse("[{\"fault\":\"throttled\",\"headers\":{\"retry-after\":\"590\"}}]"),
            "check",
            "--deadline",
            "5m");
    assertThat(run.exit()).isEqualTo(5);
    assertThat(run.err()).contains("try again in 9 min 50 s, at ");
  }

  @Test
  void anAnswerThatIsBrokenIsNoSuccess() {
    Run run =
        runWith(
            FaultScript.parse("[{\"fault\":\"invalid_json\",\"times\":\"always\"}]"),
            "list",
            "--max-attempts",
            "1");
    assertThat(run.exit()).isEqualTo(6);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).hasLineCount(1).doesNotContain("    at ");
  }

  @Test
  void aTraceIsShownOnlyOnRequest() {
    FaultScript faults =
        FaultScript.parse("[{\"fault\":\"status\",\"status\":500,\"times\":\"always\"}]");
    assertThat(runWith(faults, "check", "--max-attempts", "1").err()).hasLineCount(1);
    assertThat(runWith(faults, "check", "--max-attempts", "1", "-vv").err()).contains("    at ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "exprt",
        "list --frobnicate",
        "list extra",
        "list --per-page 0",
        "list --per-page 1001",
        "list --read-ahead 9",
        "list --max-attempts 0",
        "list --timeout 5",
        "list --deadline 1.5s",
        "list --rate-limit 5",
        "list --limit -1",
        "list --fields id,nope",
        "list --order id",
        "list --trusted-sender maybe",
        "list --search=",
        "list --pattern-type UNRECOGNIZED",
        "list --base-url http://example.com",
        "list --base-url ftp://127.0.0.1",
        "list --account ..",
        "list --seed 4",
        "list --simulate -1",
        "list --simulate 5 --fault-rate 2",
        "list --simulate 5 --base-url https://example.com",
        "export --format table",
        "get",
        "get ..",
        "create",
        "create --pattern x --pattern-type UNKNOWN",
        "create --pattern ( --pattern-type DOMAIN --regex",
        "create --json - --pattern x",
        "create --json -",
        "edit x",
        "edit x --comments a --clear-comments",
        "batch -",
        "completion tcsh",
        "manual x",
        "simulate --port 70000",
        "simulate --policies -1",
        "simulate --churn 1",
        "simulate --churn 1,x",
        "simulate --churn -1,0",
        "simulate --contrary x",
        "plan - --sign key.pem",
        "apply plan.json --yes",
        "sync - --settle-time 1"
      })
  void wrongUsageIsToldInALineAndSendsNothing(String line) {
    Run run = run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(run.exit()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("allowflux: ").contains(" --help'").doesNotContain("    at ");
    assertThat(api.requestCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export",
        "list",
        "get",
        "create",
        "edit",
        "delete",
        "batch",
        "check",
        "simulate",
        "completion",
        "manual"
      })
  void everyCommandExplainsItself(String command) {
    Run run = run(command, "--help");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("Usage: allowflux " + command, "Exit codes:", "  allowflux ");
    assertThat(run("--help").out()).contains("\n  " + command, "CLOUDFLARE_API_TOKEN");
  }

  @Test
  void completionKnowsEveryCommandAndOption() {
    Run run = run("completion", "bash");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("_complete_allowflux", "--clear-comments", "_picocli_allowflux_simulate");
  }

  @Test
  void completionForFishKnowsEveryCommandAndOption() {
    Run run = run("completion", "fish");
    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains(
            "complete -c allowflux -n __fish_use_subcommand -f -a export -d 'Writes",
            "complete -c allowflux -n '__fish_seen_subcommand_from edit' -l clear-comments -d",
            "-l pattern-type -x -a 'EMAIL DOMAIN IP'",
            " -l regex -l no-regex -d")
        .doesNotContain("@|", "${");
    assertThat(run.out().lines().skip(1))
        .allMatch(line -> line.startsWith("complete -c allowflux"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "create", "export", "edit", "sync", "simulate"})
  void theManualPageHasAllThatTheHelpHas(String command) {
    Run run = command.isEmpty() ? run("manual") : run("manual", command);
    assertThat(run.exit()).isZero();
    String page = run.out().replace("\\-", "-");
    assertThat(page)
        .startsWith(
            ".TH \"ALLOWFLUX" + (command.isEmpty() ? "" : "-" + command.toUpperCase(Locale.ROOT)))
        .contains(".SH \"NAME\"", ".SH \"SYNOPSIS\"", ".SH \"OPTIONS\"", ".SH \"EXIT STATUS\"")
        .doesNotContain("@|", "${", "%n")
        // A heading is no sentence.
        .doesNotContainPattern("(?m)^\\.SH \"[^\"]*\\.\"");
    Run help = command.isEmpty() ? run("--help") : run(command, "--help");
    Matcher option = Pattern.compile("--[a-z][a-z-]+").matcher(help.out());
    while (option.find()) {
      assertThat(page).contains(option.group());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check",
        "export",
        "list",
        "get",
        "create",
        "edit",
        "delete",
        "batch",
        "plan",
        "apply",
        "sync",
        "audit",
        "query",
        "convert",
        "simulate",
        "manual",
        "completion"
      })
  void noExampleOfTheHelpIsCutByTheEndOfALine(String command) {
    String help = run(command, "--help").out();
    Matcher examples = Pattern.compile("\nExamples?:\n(.+?)(\n\n|$)", Pattern.DOTALL).matcher(help);
    assertThat(examples.find()).isTrue();
    assertThat(examples.group(1).strip().lines().skip(1)).allMatch(line -> line.startsWith("  "));
  }
}
