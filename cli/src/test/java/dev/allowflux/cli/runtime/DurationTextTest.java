package dev.allowflux.cli.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({"100ms,PT0.1S", "30s,PT30S", "5m,PT5M", "2h,PT2H", "0ms,PT0S"})
  void readsWhatPeopleWrite(String text, Duration expected) {
    assertThat(DurationText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5 s", "1d", "9999999999s", "5S"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S,0 s",
    "PT0.001S,0.1 s",
    "PT1S,1 s",
    "PT1.25S,1.3 s",
    "PT10.2S,11 s",
    "PT119S,119 s",
    "PT300S,5 min 0 s",
    "PT3H5M,3 h 5 min"
  })
  void roundsUpForPeople(Duration duration, String expected) {
    assertThat(DurationText.format(duration)).isEqualTo(expected);
  }
}
