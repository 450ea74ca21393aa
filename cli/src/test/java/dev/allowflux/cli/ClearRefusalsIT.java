package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.runtime.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes no sense is refused in one line that says why, and nothing is called. */
@Timeout(240)
class ClearRefusalsIT {
  private static final Map<String, String> NOBODY =
      Map.of("CLOUDFLARE_API_TOKEN", "t", "CLOUDFLARE_BASE_URL", "http://127.0.0.1:9/none");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "get batch --account a | policy id must not be \"batch\"",
        "delete batch --account a | policy id must not be \"batch\"",
        "list --account ../x | an account id has letters and digits",
        "list --account a/b | an account id has letters and digits",
        "audit policies.csv --simulate 3 | give FILE or --simulate, not both",
        "create --account a --pattern a.example --pattern-type DOMAIN --expires 2020-01-01"
            + " | --expires 2020-01-01 is over",
      })
  void wrongUsageIsOneClearLine(String args, String message) {
    Run run = Run.of(NOBODY, args.split(" "));
    assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run.err()).startsWith("allowflux: " + message.strip());
    assertThat(run.err().lines().filter(line -> line.startsWith("allowflux:"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "check --accounts",
        "export --account a --output",
        "export --accounts all --output",
        "plan --account a",
        "plan --accounts all --base",
        "plan --account a policies.csv --out",
        "sync --account a policies.csv --journal",
        "apply --account a --yes --digest d",
        "audit",
        "audit --waivers",
        "convert --from plain",
        "batch --account a",
        "list --account a --token-file",
        "list --account a --ca-file",
        "query --named duplicates",
      })
  void anEmptyNameOfAFileIsOneClearLine(String args) {
    Run run =
        Run.of(
            NOBODY,
            Stream.concat(Stream.of(args.split(" ")), Stream.of("")).toArray(String[]::new));
    assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run.err()).contains("the name of the file is empty").doesNotContain("Exception");
    assertThat(run.err().lines().filter(line -> line.startsWith("allowflux:"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"query --named duplicates - -", "plan - --out plan.json --sign -"})
  void standardInputIsReadOnce(String args) {
    Run run = Run.withInput("a.example\n", NOBODY, args.split(" "));
    assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run.err()).startsWith("allowflux: - is standard input, which can be read only once");
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"list --account a --token-file", "convert --from plain", "batch --account a"})
  void aFolderIsRefusedByItsName(String args) {
    Run run = Run.of(NOBODY, (args + " " + folder).split(" "));
    assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
    assertThat(run.err()).isEqualTo("allowflux: " + folder + ": is a folder\n");
  }

  @Test
  void anAuditOfWhatIsNoPolicyIsRefusedWithItsLine() throws IOException {
    Path file = Files.writeString(folder.resolve("a.ndjson"), "{}\n");
    Run run = Run.of(NOBODY, "audit", file.toString());
    assertThat(run.exit()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run.err().lines())
        .first()
        .isEqualTo(file + ":1: is no policy: it has none of the fields of one");
  }

  @Test
  void anAuditOfAnEmptyFileSaysThatThereWasNothing() throws IOException {
    Path file = Files.createFile(folder.resolve("a.ndjson"));
    Run run = Run.of(NOBODY, "audit", file.toString());
    assertThat(run.exit()).isZero();
    assertThat(run.err())
        .isEqualTo("allowflux: no policies in " + file + ", so there was nothing to audit\n");
  }

  @Test
  void aDamagedListIsRefusedByOneLine() throws IOException {
    Path file =
        Files.writeString(folder.resolve("tabl.csv"), "Value,Action,ListType\n\"a.example,Allow\n");
    Run run = Run.of(NOBODY, "convert", file.toString(), "--from", "m365");
    assertThat(run.exit()).isEqualTo(ExitCode.USAGE.code());
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("allowflux: " + file + ":2:");
    assertThat(run.out()).isEmpty();
  }
}
