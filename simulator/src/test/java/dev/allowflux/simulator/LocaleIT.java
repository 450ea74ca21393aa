package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Locales whose digits or letters differ: none of them may reach the wire. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LocaleIT {
  private final Locale before = Locale.getDefault();

  @BeforeEach
  void arabicDigitsAreInUse() {
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    assertThat(String.format("%d", 7)).isNotEqualTo("7");
  }

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG-u-nu-arab", "hi-IN-u-nu-deva", "tr-TR", "th-TH-u-ca-buddhist"})
  void everyResponseIsTheSameAsInEnglish(String locale) {
    Locale.setDefault(Locale.ROOT);
    String expected = transcript();
    Locale.setDefault(Locale.forLanguageTag(locale));
    assertThat(transcript()).isEqualTo(expected);
  }

  private static String transcript() {
    try (ApiSimulator api = ApiSimulator.builder().policies(300).clock(() -> 0).start()) {
      Caller caller = new Caller(api);
      StringBuilder text = new StringBuilder();
      for (String suffix :
          new String[] {
            "?per_page=300", "?search=BILLING", "?page=0", "/x", "?per_page=3&page=9"
          }) {
        text.append(line(caller.get(suffix)));
      }
      text.append(line(caller.post("", "{\"pattern\":\"\"}")));
      text.append(line(caller.post("/batch", "{}")));
      api.faults(FaultScript.inOrder(Fault.throttled(10_100)));
      text.append(line(caller.get("")));
      text.append(FaultScript.parse("[{\"fault\":\"invalid_utf8\"}]").rules());
      return text.toString();
    }
  }

  private static String line(Reply reply) {
    return reply.status()
        + " "
        + reply.header("cf-ray")
        + " "
        + reply.header("ratelimit")
        + " "
        + reply.json()
        + "\n";
  }

  @Test
  void htmlPageNamesTheStatusInPlainDigits() throws Exception {
    try (ApiSimulator api = ApiSimulator.builder().start();
        Wire wire = new Wire(api)) {
      api.faults(FaultScript.inOrder(Fault.status(502, Fault.Content.HTML)));
      assertThat(wire.get("").readResponse().body()).contains("Error 502");
    }
  }
}
