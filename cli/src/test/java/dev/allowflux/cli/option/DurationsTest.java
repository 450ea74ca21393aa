package dev.allowflux.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({"100ms,PT0.1S", "30s,PT30S", "5m,PT5M", "2h,PT2H", "0ms,PT0S"})
  void readsWhatPeopleWrite(String text, Duration expected) {
    assertThat(new Durations().convert(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "-1s", "1.5s", "5 s", "1d", "9999999999s", "5S"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> new Durations().convert(text))
        .isInstanceOf(TypeConversionException.class)
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
    assertThat(Durations.format(duration)).isEqualTo(expected);
  }

  @Test
  void aRateLimitHasCallsAndAWindow() {
    RateLimitSetting.Converter converter = new RateLimitSetting.Converter();
    assertThat(converter.convert("1200/300s"))
        .isEqualTo(new RateLimitSetting(1200, Duration.ofSeconds(300)));
    assertThat(converter.convert("off").window()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1200", "/5s", "0/5s", "5/0s", "-1/5s", "5/5", "on", ""})
  void anyOtherRateLimitIsRefused(String text) {
    assertThatThrownBy(() -> new RateLimitSetting.Converter().convert(text))
        .isInstanceOf(TypeConversionException.class);
  }
}
