package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text and files of strangers: what they can do to a terminal, a file and an argument. */
@Timeout(240)
class HostileInputIT {
  private static final String HOSTILE = "x\u001b]0;t\u0007\u009b2J\u202egro.\u200b\u2028y\u0085";

  @TempDir Path folder;

  private ApiSimulator api;
  private Map<String, String> environment;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(3).seed(3).noRateLimit().start();
    environment = new HashMap<>(Run.environment(api));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Run run(String... args) {
    return Run.of(environment, args);
  }

  private static void assertSafe(String text) {
    assertThat(text.codePoints())
        .as(text)
        .noneMatch(c -> c != '\n' && (Character.isISOControl(c) || c == 0x202e || c == 0x2028))
        .noneMatch(c -> c == 0x200b);
  }

  // ---------------------------------------------------------------- arguments

  @ParameterizedTest
  @ValueSource(strings = {"@team", "@/etc/passwd", "@@x"})
  void anArgumentWithAnAtSignIsText(String comments) {
    Run run = run("edit", api.policyIds().get(0), "--comments", comments, "--dry-run");
    assertThat(run.exit()).isZero();
    assertThat(run.out()).endsWith("{\"comments\":\"" + comments + "\"}\n");
  }

  private Run process(Map<String, String> more, String... args)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    try (CliProcess process = CliProcess.start(folder, all, List.of(), args)) {
      String out = process.out();
      return new Run(process.exit(), out, process.err());
    }
  }

  @Test
  void anArgumentThatTheLocaleCannotHoldIsRefused() throws IOException, InterruptedException {
    Map<String, String> locale = Map.of("LC_ALL", "C.UTF-8");
    String[] args = {"edit", "x", "--comments", "Zürich 漢", "--dry-run"};
    Run kept = process(locale, args);
    assertThat(kept.exit()).as(kept.err()).isZero();
    assertThat(kept.out()).contains("Zürich 漢");
    List<String> viaShell = new ArrayList<>(List.of("sh", "-c"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    viaShell.add(
        "LC_ALL=C '%s' -jar '%s' edit x --comments \"$(printf 'Z\\303\\274rich')\" --dry-run"
            .formatted(java, Path.of("target/allowflux.jar").toAbsolutePath()));
    ProcessBuilder builder = new ProcessBuilder(viaShell);
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.getInputStream().readAllBytes()).isEmpty();
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
        .hasLineCount(1)
        .contains("locale", "LC_ALL=C.UTF-8");
    assertThat(process.waitFor()).isEqualTo(ExitCode.USAGE.code());
  }

  // ---------------------------------------------------------------- terminals

  private void plantHostilePolicy() {
    String comments = "line one\r\nline two " + HOSTILE;
    Run created =
        run(
            "create",
            "--pattern",
            "hostile.example",
            "--pattern-type",
            "DOMAIN",
            "--verify-sender",
            "--comments",
            comments);
    assertThat(created.exit()).as(created.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"table", "ndjson", "csv"})
  void noTextOfAPolicySteersATerminal(String format) {
    plantHostilePolicy();
    environment.put("COLUMNS", "300");
    Run run = Run.onTerminal(environment, "list", "--format", format);
    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("hostile.example");
    assertSafe(run.out());
    assertThat(run.lines().stream().filter(line -> line.startsWith("line two"))).isEmpty();
  }

  @Test
  void aPipeGetsEveryByte() {
    plantHostilePolicy();
    assertThat(run("list", "--format", "csv").out()).contains("\u202egro.\u200b\u2028y\u0085");
  }

  @Test
  void aWrongArgumentIsQuotedSafely() {
    Run run = run("list", HOSTILE);
    assertThat(run.exit()).isEqualTo(ExitCode.USAGE.code());
    assertSafe(run.err());
  }

  @Test
  void aMarkdownPlanHasNoLinkAndNoMentionFromAPattern() {
    Run run =
        Run.withInput(
            "{\"pattern\":\"www.evil.example\",\"pattern_type\":\"DOMAIN\",\"verify_sender\":true,"
                + "\"comments\":\"see https://evil.example and @octocat, mail a@evil.example\"}",
            environment,
            "plan",
            "-",
            "--format",
            "markdown");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("www.", "https:", "://", "@");
    assertThat(run.out()).doesNotContain("a&#64;", "https&#58;");
  }

  // ---------------------------------------------------------------- files

  @Test
  void thePlanIsNeverWrittenOverTheInput() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("in.ndjson"),
            "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path hard = Files.createLink(folder.resolve("hard"), file);
    Path dotted = folder.resolve("./in.ndjson");
    for (Path out : List.of(file, link, hard, dotted)) {
      Run run = run("plan", file.toString(), "--out", out.toString());
      assertThat(run.exit()).isEqualTo(ExitCode.USAGE.code());
      assertThat(run.err()).contains("--out and FILE are the same file");
    }
    assertThat(file).content().startsWith("{\"pattern\"");
    Run sync = run("sync", file.toString(), "--journal", link.toString(), "--yes");
    assertThat(sync.exit()).isEqualTo(ExitCode.USAGE.code());
    assertThat(sync.err()).contains("--journal and FILE are the same file");
    assertThat(api.requestCount()).isZero();
  }

  @Test
  void aTokenFileThatOthersCanReadIsWarnedOf() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), api.token());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Run open = run("check", "--token-file", file.toString());
    assertThat(open.exit()).isZero();
    assertThat(open.err()).hasLineCount(1).contains("others can read " + file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(run("check", "--token-file", file.toString()).err()).isEmpty();
  }

  @Test
  void aTokenFileThatIsNoTextIsNamed() throws IOException {
    Path file = Files.write(folder.resolve("token"), new byte[] {'a', (byte) 0xff, 'b'});
    Run run = run("check", "--token-file", file.toString());
    assertThat(run.exit()).isEqualTo(ExitCode.CREDENTIAL.code());
    assertThat(run.err()).contains(file.toString(), "ASCII").doesNotContain("Input length");
  }

  private Run shell(String script) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String jar = Path.of("target/allowflux.jar").toAbsolutePath().toString();
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script, "sh", java, jar).directory(folder.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    Path err = folder.resolve("err");
    builder.redirectError(err.toFile());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), out, Files.readString(err));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aNewExportHasThePermissionsOfTheUmaskAndAReplacedOneItsOwn()
      throws IOException, InterruptedException {
    Path file = folder.resolve("all.ndjson");
    String export = "\"$1\" -jar \"$2\" export --output all.ndjson";
    assertThat(shell("umask 027; " + export).exit()).isZero();
    assertThat(mode(file)).isEqualTo("rw-r-----");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw----r--"));
    assertThat(shell("umask 077; " + export).exit()).isZero();
    assertThat(mode(file)).isEqualTo("rw----r--");
  }

  @Test
  void aPlanIsTheOwnersAlone() throws IOException, InterruptedException {
    Path file =
        Files.writeString(
            folder.resolve("in.ndjson"),
            "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}\n");
    Run run = shell("umask 0; \"$1\" -jar \"$2\" plan in.ndjson --out plan.json");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(file).exists();
    assertThat(mode(folder.resolve("plan.json"))).isEqualTo("rw-------");
  }

  @Test
  void aJournalIsTheOwnersAlone() throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("in.ndjson"), "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}\n");
    Run run =
        shell(
            "umask 0; \"$1\" -jar \"$2\" plan in.ndjson --out plan.json && \"$1\" -jar \"$2\" apply"
                + " plan.json --yes --digest $(sed -n"
                + " 's/.*\"digest\" *: *\"\\([0-9a-f]*\\)\".*/\\1/p' plan.json)");
    assertThat(run.exit()).as(run.err()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(path -> path.toString().endsWith(".journal")))
          .singleElement()
          .satisfies(journal -> assertThat(mode(journal)).isEqualTo("rw-------"));
    }
  }

  /** Somebody else may have put a link where a plan or a journal is to be. */
  @Test
  void neitherPlanNorJournalIsWrittenThroughAPlantedLink() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "keep");
    Path file =
        Files.writeString(
            folder.resolve("in.ndjson"),
            "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}\n");
    Path plan = Files.createSymbolicLink(folder.resolve("plan.json"), precious);

    Run planned = run("plan", file.toString(), "--out", plan.toString());

    assertThat(planned.exit()).as(planned.err()).isZero();
    assertThat(precious).hasContent("keep");
    assertThat(plan).isRegularFile();
    String digest = planned.err().replaceAll("(?s).*digest (\\w+).*", "$1");
    api.takeRequests();
    String journal = "plan.json." + digest.substring(0, 12) + ".journal";
    for (String name : List.of(journal + ".lock", journal)) {
      Path link = Files.createSymbolicLink(folder.resolve(name), precious);
      Run applied = run("apply", plan.toString(), "--yes", "--digest", digest);
      assertThat(applied.exit()).as(applied.err()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
      assertThat(applied.err()).hasLineCount(1).contains(name);
      assertThat(precious).hasContent("keep");
      Files.delete(link);
    }
    assertThat(api.requests()).isEmpty();
    for (String name : List.of("j.sync.lock", "j.plan", "j")) {
      Path link = Files.createSymbolicLink(folder.resolve(name), precious);
      Run sync = run("sync", file.toString(), "--yes", "--journal", folder.resolve("j").toString());
      assertThat(sync.exit()).as(name + ": " + sync.err()).isEqualTo(1);
      assertThat(sync.err().lines().toList()).as(name).hasSize(1);
      assertThat(precious).hasContent("keep");
      Files.delete(link);
    }
    assertThat(api.requests()).noneMatch(request -> request.operation() == Operation.BATCH);
  }

  @Test
  void aFullDiskKeepsWhatWasWrittenResumable() throws IOException, InterruptedException {
    try (ApiSimulator large = ApiSimulator.builder().policies(3000).noRateLimit().start()) {
      environment.putAll(Run.environment(large));
      String export =
          "\"$1\" -jar \"$2\" export --output all.ndjson --rate-limit off --per-page 50";
      // The limit of a file's size stands for the end of the disk: bytes beyond it are refused.
      Run full = shell("ulimit -f 600; " + export);
      assertThat(full.exit()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
      assertThat(full.err()).contains("cannot write all.ndjson").contains("--resume");
      Run resumed = shell(export + " --resume");
      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.err()).contains("resuming after");
      try (Stream<String> lines = Files.lines(folder.resolve("all.ndjson"))) {
        assertThat(lines.map(line -> line.substring(0, 45)).distinct().count()).isEqualTo(3000);
      }
    }
  }
}
