package dev.allowflux.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class RateLimitSettingTest {

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
