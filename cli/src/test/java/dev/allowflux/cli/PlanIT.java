package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.sync.PlanFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code plan} against a simulator over real sockets. */
@Timeout(240)
class PlanIT {

  @TempDir Path folder;

  private ApiSimulator api;
  private Map<String, String> environment;
  private Path file;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(1500).seed(5).noRateLimit().start();
    environment = new HashMap<>(Run.environment(api));
    file = folder.resolve("policies.ndjson");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Run run(String... args) {
    return Run.of(environment, args);
  }

  private List<String> export(String... more) {
    List<String> args = new ArrayList<>(List.of("export"));
    args.addAll(List.of(more));
    Run run = run(args.toArray(new String[0]));
    assertThat(run.exit()).isZero();
    return run.out().lines().toList();
  }

  private Path file(String... lines) throws IOException {
    return Files.write(file, List.of(lines));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ndjson", "csv"})
  void anExportIsItsOwnPlanOfNothing(String format) throws IOException {
    assertThat(run("export", "--format", format, "--output", file.toString()).exit()).isZero();

    Run run = run("plan", file.toString(), "--mode", "all", "--expect-no-changes");

    assertThat(run.err()).isEmpty();
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("0 to create, 0 to edit, 0 to delete, 1,500 unchanged.");
  }

  @Test
  void theDiffShowsEveryChangeWithBeforeAndAfter() throws IOException {
    List<String> lines = new ArrayList<>(export("--traversal", "fast"));
    String gone = lines.remove(10);
    lines.set(
        20,
        lines
            .get(20)
            .replaceFirst("\"comments\":\"[^\"]*\"|}$", "")
            .replaceFirst(",?$", ",\"comments\":\"why\\\\nnot\"}"));
    lines.add(
        "{\"pattern\":\"New.Example\",\"pattern_type\":\"DOMAIN\",\"is_acceptable_sender\":true}");
    Files.write(file, lines);

    Run run = run("plan", file.toString(), "--mode", "all");

    assertThat(run.exit()).isZero();
    assertThat(run.lines())
        .startsWith("+ DOMAIN New.Example", "    is_acceptable_sender: true")
        .contains("- " + title(gone))
        .anyMatch(line -> line.startsWith("    comments: ") && line.endsWith(" -> \"why\\nnot\""))
        .anyMatch(line -> line.startsWith("~ "))
        .anyMatch(line -> line.endsWith(": 1 to create, 1 to edit, 1 to delete, 1,498 unchanged."));
  }

  private static String title(String line) {
    return line.replaceFirst(".*\"pattern_type\":\"([^\"]*)\".*", "$1")
        + (line.contains("\"is_regex\":true") ? " regex " : " ")
        + line.replaceFirst(".*\"pattern\":\"([^\"]*)\".*", "$1").replace("\\\\", "\\")
        + " ("
        + line.replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1")
        + ")";
  }

  @Test
  void changesWhereNoneAreExpectedExitWithEight() throws IOException {
    file("{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}");

    assertThat(run("plan", file.toString()).exit()).isZero();
    assertThat(run("plan", file.toString(), "--expect-no-changes").exit()).isEqualTo(8);
  }

  @Test
  void aPlanThatDeletesTooMuchExitsWithNineAndNamesTheRuleAndItsOverride() throws IOException {
    List<String> lines = export();
    Files.write(file, lines.subList(0, 1500 - 465));
    Path plan = folder.resolve("plan.json");

    Run run = run("plan", file.toString(), "--mode", "all", "--out", plan.toString());

    assertThat(run.exit()).isEqualTo(9);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .containsExactly(
            "allowflux: refused by a safety rule; nothing was written",
            "  465 of 1500 policies would be deleted, more than 30 % (override:"
                + " --max-delete-percent N)",
            "  465 policies would be deleted, more than 100 (override: --max-deletes N)");
    assertThat(plan).doesNotExist();
    Run allowed =
        run(
            "plan",
            file.toString(),
            "--mode",
            "all",
            "--max-delete-percent",
            "31",
            "--max-deletes",
            "465",
            "--out",
            plan.toString());
    assertThat(allowed.exit()).isZero();
    assertThat(plan).exists();
  }

  @ParameterizedTest
  @CsvSource({
    "co.uk, is_acceptable_sender, public-suffix",
    "gmail.com, is_acceptable_sender, free-mail-provider",
    "x.example, is_trusted_sender, trusted-without-verification",
    "x.example, is_exempt_recipient, exempt-without-verification"
  })
  void aRiskIsRefusedAndAllowedByItsName(String pattern, String flag, String rule)
      throws IOException {
    file("{\"pattern\":\"%s\",\"pattern_type\":\"DOMAIN\",\"%s\":true}".formatted(pattern, flag));

    Run run = run("plan", file.toString());

    assertThat(run.exit()).isEqualTo(9);
    assertThat(run.err()).contains("--allow " + rule).contains(pattern + " (" + file + ":1)");
    assertThat(run("plan", file.toString(), "--allow", rule).exit()).isZero();
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    file();

    Run run = run("plan", file.toString(), "--mode", "all");

    assertThat(run.exit()).isEqualTo(9);
    assertThat(run.err()).contains("no policy is desired (override: --allow empty-desired)");
  }

  @Test
  void thePlanThatIsWrittenIsTheOneThatIsShown() throws IOException {
    file("{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\",\"comments\":\"x\"}");
    Path plan = folder.resolve("plan.json");

    Run run =
        run(
            "plan",
            file.toString(),
            "--mode",
            "owned",
            "--owner",
            "[allowflux:team-a]",
            "--out",
            plan.toString(),
            "--format",
            "json");

    SyncPlan shown = PlanFile.read(new ByteArrayInputStream(run.out().getBytes(UTF_8)));
    try (InputStream in = Files.newInputStream(plan)) {
      assertThat(PlanFile.read(in)).isEqualTo(shown);
    }
    assertThat(shown.account().value()).isEqualTo(api.accountId());
    assertThat(shown.mode()).isEqualTo(new SyncMode.Owned("team-a"));
    assertThat(shown.accountRead().seen()).isEqualTo(1500);
    assertThat(shown.accountRead().complete()).isTrue();
    assertThat(((PolicyChange.Create) shown.changes().get(0)).policy().comments())
        .isEqualTo("x [allowflux:team-a]");
    assertThat(run.err()).contains(shown.digest());
  }

  @Test
  void inMarkdownAPatternStaysText() {
    Run run =
        Run.withInput(
            "{\"pattern\":\"a|b@*_[x](y)`<b>\",\"pattern_type\":\"EMAIL\","
                + "\"is_regex\":true,\"verify_sender\":true}",
            environment,
            "plan",
            "-",
            "--format",
            "markdown");

    assertThat(run.exit()).isZero();
    assertThat(run.lines())
        .contains(
            "| | policy | field | before | after |",
            "| **create** | <code>EMAIL regex a&#124;b<!--"
                + " -->&#64;&#42;&#95;&#91;x&#93;&#40;y&#41;&#96;&#60;b&#62;</code> | verify_sender"
                + " |  | <code>true</code> |");
  }

  @Test
  void coloursAreForTerminalsOnlyAndForThoseWhoWantThem() {
    assertThat(diff(true, environment)).contains("\033[32m+ DOMAIN new.example\033[0m");
    assertThat(diff(false, environment)).contains("+ DOMAIN new.example").doesNotContain("\033");
    environment.put("NO_COLOR", "1");
    assertThat(diff(true, environment)).contains("+ DOMAIN new.example").doesNotContain("\033");
  }

  private static String diff(boolean terminal, Map<String, String> environment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ProcessIo io =
        new ProcessIo(
            new ByteArrayInputStream(
                "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}".getBytes(UTF_8)),
            out,
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            environment,
            terminal,
            terminal);
    assertThat(AllowFlux.run(io, "plan", "-")).isZero();
    return out.toString(UTF_8);
  }

  @Test
  void aFileThatIsWrongSendsNothingAndNamesEveryProblem() throws IOException {
    file("{\"pattern\":\"x\"}", "{}", "x");

    Run run = run("plan", file.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err().lines())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo(file + ":1:1: pattern_type is missing"),
            line -> assertThat(line).isEqualTo(file + ":2:1: pattern is missing"),
            line -> assertThat(line).isEqualTo(file + ":2:1: pattern_type is missing"),
            line -> assertThat(line).startsWith(file + ":3:1: not valid JSON"),
            line -> assertThat(line).isEqualTo("allowflux: " + file + " has 4 problems"));
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void aFullDiskIsOneLineThatNamesTheFile() throws IOException {
    file("{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}");
    Path list = Files.writeString(folder.resolve("list.csv"), "account\n" + api.accountId() + "\n");
    environment.remove("CLOUDFLARE_ACCOUNT_ID");

    Run one = run("plan", file.toString(), "--account", api.accountId(), "--out", "/dev/full");
    Run many =
        run("plan", "--accounts", list.toString(), "--base", file.toString(), "--out", "/dev/full");

    assertThat(List.of(one, many))
        .allSatisfy(
            run -> {
              assertThat(run.exit()).isEqualTo(1);
              assertThat(run.err().lines())
                  .contains(
                      "allowflux: /dev/full: No space left on device; free some, or name another"
                          + " place");
              assertThat(run.err()).doesNotContain("written to");
            });
  }

  @Test
  void aFileThatIsNotThereIsALocalFailure() {
    Run run = run("plan", file.toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("allowflux: " + file + ": no such file or folder\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "--mode owned|--mode owned needs --owner",
        "--owner team-a|--owner needs --mode owned",
        "--mode owned --marker team-a|--marker is now called --owner",
        "--mode owned --owner a/b|an owner must have 1 to 64 letters",
        "--allow everything|everything' is no rule that can be overridden",
        "--allow deletes|deletes' is no rule that can be overridden",
        "--max-delete-percent 101|--max-delete-percent must be 0 to 100, not 101"
      })
  void optionsThatMakeNoSenseAreWrongUsage(String options, String message) throws IOException {
    file("{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}");
    List<String> args = new ArrayList<>(List.of("plan", file.toString()));
    args.addAll(List.of(options.split(" ")));

    Run run = run(args.toArray(new String[0]));

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }
}
