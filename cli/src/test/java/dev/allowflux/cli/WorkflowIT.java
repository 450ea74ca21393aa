package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the workflow in docs/github-actions.md, in their order. */
@Timeout(240)
class WorkflowIT {
  private static final Path PAGE = Path.of("../docs/github-actions.md");

  @TempDir Path folder;

  /** The arguments of each command, with files of the folder and without what a shell does. */
  private List<String[]> commands() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .map(String::strip)
        .filter(line -> line.startsWith("allowflux "))
        .map(line -> line.replaceFirst(" 2?> .*", ""))
        .map(
            line ->
                Stream.of(line.split(" "))
                    .skip(1)
                    .map(word -> word.matches("[a-z]+\\.(csv|sarif)") ? folder.resolve(word) : word)
                    .map(Object::toString)
                    .toArray(String[]::new))
        .toList();
  }

  @Test
  void aPlanIsShownAppliedAndThenThereIsNoDrift() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("policies.csv"),
            "pattern,pattern_type,is_acceptable_sender,verify_sender\n"
                + "partner.example,DOMAIN,true,true\n");
    List<String[]> commands = commands();
    assertThat(commands)
        .extracting(words -> words[0])
        .containsExactly("plan", "audit", "sync", "plan");
    try (ApiSimulator api = ApiSimulator.builder().policies(0).noRateLimit().start()) {
      Run plan = Run.of(Run.environment(api), commands.get(0));
      Run audit = Run.of(Run.environment(api), commands.get(1));
      Run drift = Run.of(Run.environment(api), commands.get(3));
      Run apply = Run.of(Run.environment(api), commands.get(2));
      Run noDrift = Run.of(Run.environment(api), commands.get(3));

      assertThat(plan.exit()).as(plan.err()).isZero();
      assertThat(plan.out()).contains("1 to create, 0 to edit, 0 to delete", "| **create** |");
      assertThat(audit.exit()).as(audit.err()).isZero();
      assertThat(folder.resolve("audit.sarif")).isNotEmptyFile();
      assertThat(drift.exit()).isEqualTo(8);
      assertThat(apply.exit()).as(apply.err()).isZero();
      assertThat(api.size()).isOne();
      assertThat(noDrift.exit()).as(noDrift.out() + noDrift.err()).isZero();
      assertThat(file).exists();
    }
  }
}
