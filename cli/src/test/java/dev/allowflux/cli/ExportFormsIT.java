package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The forms of an export that other tools take. */
@Timeout(240)
class ExportFormsIT {
  @TempDir Path folder;

  private static ApiSimulator api(int policies) {
    return ApiSimulator.builder().policies(policies).seed(5).noRateLimit().start();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void uploadsForTheDashboardAreSplitAndPlannedThereIsNothingToDo() throws IOException {
    Path file = folder.resolve("policies.csv");
    try (ApiSimulator api = api(3_000)) {
      Run export =
          Run.of(
              Run.environment(api), "export", "--format", "dashboard", "--output", file.toString());

      assertThat(export.exit()).as(export.err()).isZero();
      assertThat(export.err()).contains("uploads of at most 150 KB: ");
      assertThat(files()).hasSizeGreaterThan(1).doesNotContain(file);
      for (Path part : files()) {
        assertThat(Files.size(part)).isLessThanOrEqualTo(150_000);
        Run plan = Run.of(Run.environment(api), "plan", part.toString(), "--expect-no-changes");
        assertThat(plan.exit()).as(plan.err() + plan.out()).isZero();
      }
    }
  }

  @Test
  void thePartsOfAnEarlierExportAreInTheWay() throws IOException {
    Path part = Files.writeString(folder.resolve("policies-1.csv"), "earlier");
    try (ApiSimulator api = api(1)) {
      Run export =
          Run.of(
              Run.environment(api),
              "export",
              "--format",
              "dashboard",
              "--output",
              folder.resolve("policies.csv").toString());

      assertThat(export.exit()).isEqualTo(1);
      assertThat(export.err()).contains("policies-1.csv is there").hasLineCount(1);
      assertThat(part).hasContent("earlier");
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void configurationForTerraformHasEveryPolicyTwice() throws IOException {
    Path file = folder.resolve("policies.tf");
    try (ApiSimulator api = api(1_200)) {
      Run export =
          Run.of(
              Run.environment(api), "export", "--format", "terraform", "--output", file.toString());

      assertThat(export.exit()).as(export.err()).isZero();
      List<String> lines = Files.readAllLines(file, UTF_8);
      assertThat(lines).filteredOn("import {"::equals).hasSize(1_200);
      assertThat(lines).filteredOn(line -> line.startsWith("resource ")).hasSize(1_200);
      assertThat(lines)
          .filteredOn(line -> line.startsWith("  id = "))
          .allMatch(line -> line.startsWith("  id = \"" + api.accountId() + "/"))
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void theFormsOfOtherToolsHaveTheirOwnFields() {
    Run run =
        Run.of(Map.of(), "export", "--simulate", "1", "--format", "terraform", "--fields", "id");

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("--fields needs --format ndjson or csv");
  }
}
