package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of desired policies that are damaged or unusual, by the command line. */
@Timeout(240)
class DamagedFileIT {
  private static final String HEADER =
      "pattern,pattern_type,is_acceptable_sender,verify_sender,comments\n";
  private static final String ROWS =
      "a.example,DOMAIN,true,true,x\nb.example,DOMAIN,true,true,y\nc.example,DOMAIN,true,true,z\n";

  @TempDir private Path folder;

  private ApiSimulator api;
  private Map<String, String> environment;
  private Path file;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(10).seed(5).noRateLimit().start();
    environment = Run.environment(api);
    file = folder.resolve("policies.csv");
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private Run plan(String... more) {
    String[] args = new String[more.length + 2];
    args[0] = "plan";
    args[1] = file.toString();
    System.arraycopy(more, 0, args, 2, more.length);
    return Run.of(environment, args);
  }

  @ParameterizedTest
  @ValueSource(strings = {"upsert", "all"})
  void aQuoteThatIsNeverClosedSendsNothing(String mode) throws IOException {
    Files.writeString(file, HEADER + ROWS.replace("true,y", "true,\"y"));

    Run run = plan("--mode", mode);

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            file + ":3:28: the quote that opens here is never closed",
            "allowflux: " + file + " has 1 problem");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void aLastLineWithoutItsEndSendsNothingWhereItCouldDelete() throws IOException {
    Files.writeString(file, HEADER + ROWS.strip());

    Run run = plan("--mode", "all");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).startsWith(file + ":4:29: the last line has no line end");
    assertThat(api.requests()).isEmpty();
    assertThat(plan("--mode", "all", "--allow-unfinished-line").err())
        .doesNotContain("has 1 problem");
    assertThat(plan("--mode", "upsert").exit()).isZero();
  }

  @Test
  void aFieldThatResemblesAKnownOneSendsNothing() throws IOException {
    Files.writeString(
        file,
        "{\"id\":\"1\",\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\","
            + "\"verify_sendr\":true}\n");

    Run run = plan();

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("unknown field verify_sendr; did you mean verify_sender?");
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void aPatternThatIsCorrectedIsReported() throws IOException {
    Files.writeString(file, HEADER + "video.example\u00a0,DOMAIN,true,true,x\n");

    Run run = plan();

    assertThat(run.exit()).isZero();
    assertThat(run.err())
        .startsWith("allowflux: " + file + ":2:1: pattern is read as video.example");
    assertThat(run.out()).contains("+ DOMAIN video.example\n");
  }

  @Test
  void aFifoIsReadAsAFile() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(
            () -> {
              try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
                out.write((HEADER + ROWS).getBytes(UTF_8));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    Run run = plan();

    writing.join();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("3 to create");
  }

  @Test
  void standardInputIsReadAndDamageInItIsRefused() {
    Run whole = Run.withInput(HEADER + ROWS, environment, "plan", "-", "--mode", "all");
    assertThat(whole.out()).as(whole.err()).isEmpty();
    assertThat(whole.exit()).as("it would delete all ten").isEqualTo(9);
    api.takeRequests();

    Run cut = Run.withInput(HEADER + ROWS.strip(), environment, "plan", "-", "--mode", "all");

    assertThat(cut.exit()).isEqualTo(2);
    assertThat(cut.err()).startsWith("standard input:4:29: the last line has no line end");
    assertThat(api.requests()).isEmpty();
  }

  /** In an array or an object that ends in the middle, and in a row. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\"},\n",
        "{\"pattern\":\"a.example\",\"pattern_type\":\"DOMAIN\"}\n{\"pattern\":\"b.exa\n",
        "pattern,pattern_type,comments\na.example,DOMAIN,x\nb.example\n"
      })
  void whatEndsInTheMiddleSendsNothingInAnyMode(String text) throws IOException {
    Files.writeString(file, text);
    for (String mode : new String[] {"upsert", "all"}) {
      Run run = plan("--mode", mode);
      assertThat(run.exit()).as(run.out()).isEqualTo(2);
      assertThat(run.err()).startsWith(file + ":");
      assertThat(api.requests()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", HEADER, "\n\n", "[]\n", "\ufeff" + HEADER})
  void aFileWithoutAPolicyDeletesNothingWithoutItsOwnConsent(String text) throws IOException {
    Files.writeString(file, text);
    String[] limits = {"--mode", "all", "--max-delete-percent", "100", "--max-deletes", "100"};

    Run refused = plan(limits);

    assertThat(refused.exit()).as(refused.err()).isEqualTo(9);
    assertThat(refused.err()).contains("no policy is desired (override: --allow empty-desired)");
    String[] consent = Arrays.copyOf(limits, limits.length + 2);
    consent[limits.length] = "--allow";
    consent[limits.length + 1] = "empty-desired";
    assertThat(plan(consent).out()).contains("10 to delete");
  }

  @Test
  void aProcessSubstitutionIsReadAsAFile() throws Exception {
    Files.writeString(file, HEADER + ROWS);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            "bash",
            "-c",
            "\"$1\" -jar \"$2\" plan <(cat \"$3\") && cat \"$3\" | \"$1\" -jar \"$2\" plan"
                + " /dev/stdin",
            "bash",
            java,
            Path.of("target/allowflux.jar").toAbsolutePath().toString(),
            file.toString());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(err).isZero();
    assertThat(out.lines().filter(line -> line.contains("3 to create"))).hasSize(2);
  }
}
