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
@Timeout(60)
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
}
