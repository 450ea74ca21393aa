package dev.allowflux.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

  @Test
  void aKnownTotalGivesShareAndRest() {
    assertThat(Progress.line(12_000, 100_000L, Duration.ofSeconds(2)))
        .isEqualTo("12,000 of 100,000 policies (12 %) in 2 s, 6,000/s, 15 s left");
  }

  @Test
  void anUnknownTotalGivesTheRateAlone() {
    assertThat(Progress.line(1, null, Duration.ofSeconds(2))).isEqualTo("1 policy in 2 s, 1/s");
  }

  @Test
  void aTotalThatWasPassedIsNotBelieved() {
    assertThat(Progress.line(300, 200L, Duration.ofSeconds(1)))
        .isEqualTo("300 policies in 1 s, 300/s");
  }
}
