package dev.allowflux.cli;

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

/** {@code convert}, and what plan and sync make of its output. */
@Timeout(240)
class ConvertIT {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "m365 | Value,Action,ListType\\na.example,Allow,Sender\\nb@c.example,Allow,Sender",
        "proofpoint | *@a.example; 8.8.8.*",
        "mimecast | a.example\\nb@c.example",
        "google | a.example, b@c.example",
        "barracuda | a.example,exempt,x\\nb@c.example,exempt,",
        "plain | *.a.example\\n8.8.8.0/24",
        "spamassassin | welcomelist_from *@a.example b@c.example"
      })
  void aConvertedListIsAppliedAndPlannedAgainThereIsNothingToDo(String format, String text)
      throws IOException {
    Path list = Files.writeString(folder.resolve("list"), text.replace("\\n", "\n") + "\n");
    Path file = folder.resolve("policies.ndjson");
    try (ApiSimulator api = ApiSimulator.builder().policies(0).noRateLimit().start()) {
      Map<String, String> environment = Run.environment(api);
      Run convert =
          Run.of(environment, "convert", list.toString(), "--from", format, "-o", file.toString());
      Run sync =
          Run.of(
              environment,
              "sync",
              file.toString(),
              "--yes",
              "--journal",
              folder.resolve("journal").toString());
      Path export = folder.resolve("export.ndjson");
      Run exported = Run.of(environment, "export", "--output", export.toString());
      Run again = Run.of(environment, "plan", export.toString(), "--expect-no-changes");
      Run ofList = Run.of(environment, "plan", file.toString(), "--expect-no-changes");

      assertThat(convert.exit()).as(convert.err()).isZero();
      assertThat(convert.err()).contains("2 policies", "0 left out");
      assertThat(sync.exit()).as(sync.err()).isZero();
      assertThat(api.size()).isEqualTo(2);
      assertThat(exported.exit()).isZero();
      assertThat(again.exit()).as(again.err()).isZero();
      assertThat(ofList.exit()).as(ofList.err()).isZero();
    }
  }

  @Test
  void aListIsNotOverwrittenUnderAnotherName() throws IOException {
    Path list = Files.writeString(folder.resolve("list"), "partner.example\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), list);

    Run run =
        Run.of(Map.of(), "convert", list.toString(), "--from", "plain", "-o", link.toString());

    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("are the same file");
    assertThat(list).hasContent("partner.example");
  }

  @Test
  void whatIsLeftOutIsSaidOnStandardError() throws IOException {
    Path list = Files.writeString(folder.resolve("list"), "a*@b.example\n");

    Run run = Run.of(Map.of(), "convert", list.toString(), "--from", "plain");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("left out: ", "list:1: a*@b.example", "0 policies");
  }
}
