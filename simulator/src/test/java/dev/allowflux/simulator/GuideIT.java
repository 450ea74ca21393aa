package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The samples of the guide, compiled here and found there word for word. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class GuideIT {
  private static final Path GUIDE = Path.of("..", "docs", "simulator.md");
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "allowflux", "simulator", "GuideIT.java");

  @Test
  void sampleRuns() {
    ApiSimulatorBuilder settings =
        ApiSimulator.builder().policies(2500).addAccount("second", "second-token", 100);
    try (ApiSimulator api = settings.start()) {
      api.faults(FaultScript.inOrder(Fault.status(504, Fault.Content.HTML).done()));
      // calls to api.baseUrl() with api.token() for api.accountId()
      List<RecordedRequest> requests = api.requests();
      api.reset();
      assertThat(requests).isEmpty();
    }
  }

  @Test
  void samplesOfTheGuideAreCompiledOrParsed() throws IOException {
    String guide = Files.readString(GUIDE);
    String sample = block(guide, "java").indent(4);
    String start = sample.substring(0, sample.lastIndexOf("    }"));
    assertThat(Files.readString(THIS)).contains(start);
    assertThat(FaultScript.parse(block(guide, "json")).rules()).hasSize(3);
  }

  @Test
  void guideNamesEveryFault() throws IOException {
    String guide = Files.readString(GUIDE);
    for (Fault.Kind kind : Fault.Kind.values()) {
      assertThat(guide).contains("`" + kind + "`");
    }
  }

  private static String block(String guide, String language) {
    Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(guide);
    assertThat(block.find()).as("a sample in %s", language).isTrue();
    return block.group(1);
  }
}
