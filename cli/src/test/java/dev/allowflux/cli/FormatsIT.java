package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of a list that people have, from the file to an account that holds it. */
@Timeout(240)
class FormatsIT {
  private static final Path LISTS = Path.of("src/test/resources/lists");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "dashboard-2022.csv, 1, false",
    "dashboard-2025.csv, 1, false",
    "dashboard-2026.csv, 1, false",
    "m365.csv, 2, true",
    "proofpoint.txt, 5, true",
    "mimecast.txt, 2, true",
    "google.txt, 3, true",
    "barracuda.csv, 2, true",
    "plain.txt, 5, true",
    "spamassassin.cf, 4, true"
  })
  void aListIsPlannedAppliedExportedAndThenThereIsNothingToDo(
      String name, int policies, boolean foreign) throws IOException {
    String list = LISTS.resolve(name).toString();
    try (ApiSimulator api = ApiSimulator.builder().policies(0).noRateLimit().start()) {
      Map<String, String> environment = Run.environment(api);
      Run plan = Run.of(environment, "plan", list);
      Run sync =
          Run.of(environment, "sync", list, "--yes", "--journal", folder.resolve("journal") + "");
      String export = folder.resolve("export.csv").toString();
      Run exported = Run.of(environment, "export", "--format", "csv", "--output", export);
      Run ofExport = Run.of(environment, "plan", export, "--expect-no-changes");
      Run ofList = Run.of(environment, "plan", list, "--expect-no-changes");
      Run audit = Run.of(environment, "audit", list);

      assertThat(plan.exit()).as(plan.err()).isZero();
      assertThat(plan.out()).contains("pilot@boats.example");
      assertThat(plan.err().contains("read as a list of another product")).isEqualTo(foreign);
      assertThat(sync.exit()).as(sync.err()).isZero();
      assertThat(api.size()).isEqualTo(policies);
      assertThat(exported.exit()).isZero();
      assertThat(ofExport.exit()).as(ofExport.out() + ofExport.err()).isZero();
      assertThat(ofList.exit()).as(ofList.out() + ofList.err()).isZero();
      assertThat(audit.exit()).as(audit.err()).isZero();
      assertThat(audit.out()).contains(name + ":");
    }
  }

  @Test
  void whatAFormatCannotExpressIsListedByThePlan() {
    Run plan = Run.of(Map.of(), "plan", LISTS.resolve("m365.csv").toString(), "--simulate", "0");

    assertThat(plan.exit()).as(plan.err()).isZero();
    assertThat(plan.err())
        .contains("m365.csv:4: left out: spam.example: is not allowed there but Block")
        .contains("m365.csv:5: left out: https://boats.example/x: is no sender but Url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "sync", "audit"})
  void anUncertainListIsRefusedWithTheOptionThatHelps(String command) {
    String list = LISTS.resolve("uncertain.txt").toString();

    Run run =
        command.equals("audit")
            ? Run.of(Map.of(), command, list)
            : Run.of(Map.of(), command, list, "--simulate", "0");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("uncertain.txt:1:1: ", "a list of another product needs --from");
  }

  @Test
  void anUncertainListIsReadAsWhatItIsCalled() {
    Run run =
        Run.of(
            Map.of(),
            "plan",
            LISTS.resolve("uncertain.txt").toString(),
            "--from",
            "plain",
            "--simulate",
            "0");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("harbour.example");
    assertThat(run.err()).contains("uncertain.txt:1: left out: uncertain words: ");
  }
}
