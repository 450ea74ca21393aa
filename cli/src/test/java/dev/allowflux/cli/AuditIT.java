package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code audit} of files and of an account. */
@Timeout(240)
class AuditIT {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("policies.csv"), text);
  }

  @ParameterizedTest
  @CsvSource({"high, 10", "medium, 10", "low, 10"})
  void aFindingAtOrOverTheSeverityEndsWithCode10(String severity, int exit) throws IOException {
    Path file =
        file(
            "pattern,pattern_type,is_acceptable_sender,verify_sender\n"
                + "gmail.com,DOMAIN,true,true\n");

    Run run = Run.of(Map.of(), "audit", file.toString(), "--fail-on", severity);

    assertThat(run.exit()).isEqualTo(exit);
    assertThat(run.out()).contains("free-mail-provider", "policies.csv:2");
  }

  @Test
  void findingsBelowTheSeverityEndWithCode0() throws IOException {
    Path file =
        file(
            "pattern,pattern_type,is_acceptable_sender,verify_sender\n"
                + "a.example,DOMAIN,true,true\n");

    Run run = Run.of(Map.of(), "audit", file.toString(), "--fail-on", "medium");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("0 high, 0 medium, 1 low", "no-owner");
  }

  @Test
  void anAccountIsReadWholeAndNotChanged() {
    try (ApiSimulator api = ApiSimulator.builder().policies(2500).seed(3).noRateLimit().start()) {
      Run run = Run.of(Run.environment(api), "audit", "--format", "json");

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.out()).startsWith("{\"policies\":2500,");
      assertThat(run.err()).contains("2,500 policies audited");
      assertThat(api.requests()).allMatch(request -> request.method().equals("GET"));
    }
  }

  @Test
  void aPageIsWrittenToAFile() throws IOException {
    Path file = file("pattern,pattern_type\nco.uk,DOMAIN\n");
    Path page = folder.resolve("audit.html");

    Run run = Run.of(Map.of(), "audit", file.toString(), "--format", "html", "-o", page.toString());

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(Files.readString(page, UTF_8)).startsWith("<!DOCTYPE html>").endsWith("</html>\n");
  }

  @Test
  void aReportIsNotWrittenOverWhatIsAudited() throws IOException {
    Path file = file("pattern,pattern_type\nco.uk,DOMAIN\n");

    Run run = Run.of(Map.of(), "audit", file.toString(), "-o", file.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--output and FILE are the same file");
    assertThat(file).content().startsWith("pattern,pattern_type");
  }

  @Test
  void aDamagedFileIsRefusedWithItsLine() throws IOException {
    Path file = file("pattern,pattern_type\n\"a.example,DOMAIN\n");

    Run run = Run.of(Map.of(), "audit", file.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("policies.csv:2:1").hasLineCount(2);
  }

  @Test
  void aWaiverWithoutAReasonIsRefused() throws IOException {
    Path waivers = Files.writeString(folder.resolve("w"), "{\"rule\":\"old\",\"reason\":\" \"}\n");

    Run run =
        Run.of(
            Map.of(),
            "audit",
            file("pattern,pattern_type\n").toString(),
            "--waivers",
            waivers.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("w:1: a rule can be turned off only for a reason");
  }
}
