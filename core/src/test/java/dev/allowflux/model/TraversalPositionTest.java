package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraversalPositionTest {

  private static final String START = "1 - - 0 false - 0 0 0 0 false true tied:";

  private static TraversalPosition random(Random random) {
    Set<PolicyId> tied = new HashSet<>();
    Instant watermark = instant(random);
    if (watermark != null) {
      for (int i = random.nextInt(4); i > 0; i--) {
        tied.add(new PolicyId(random.nextBoolean() ? "-" : "a, b;\u00e9\ud83d\ude00 %" + i));
      }
    }
    return new TraversalPosition(
        watermark,
        tied,
        random.nextLong(Long.MAX_VALUE),
        instant(random),
        random.nextBoolean(),
        TraversalReport.builder()
            .expected(random.nextBoolean() ? null : (Long) random.nextLong(100))
            .seen(random.nextLong(100))
            .matched(random.nextLong(100))
            .duplicates(random.nextLong(100))
            .pages(random.nextLong(100))
            .drift(random.nextBoolean())
            .complete(random.nextBoolean())
            .build());
  }

  private static @Nullable Instant instant(Random random) {
    return random.nextInt(4) == 0
        ? null
        : Instant.ofEpochSecond(
            random.nextLong(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
            random.nextInt(1_000_000_000));
  }

  @Test
  void whatIsWrittenIsReadAgainAsItWas() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      TraversalPosition position = random(random);
      String text = position.toString();
      assertThat(text).as("seed " + seed).matches("[\\x20-\\x7e]+");
      assertThat(TraversalPosition.parse(text)).as("seed " + seed).isEqualTo(position);
    }
  }

  @Test
  void theFormatStaysAsItIsOnDisk() {
    assertThat(TraversalPosition.parse(START).toString()).isEqualTo(START);
    String text =
        "1 2024-03-01T00:00:00.000000001Z 2026-01-02T03:04:05Z 17 false 20 3 2 1 4 true true"
            + " tied:a,b+c%2C";
    TraversalPosition position = TraversalPosition.parse(text);
    assertThat(position.watermark()).isEqualTo("2024-03-01T00:00:00.000000001Z");
    assertThat(position.newest()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(position.tied()).containsOnly(new PolicyId("a"), new PolicyId("b c,"));
    assertThat(position.place()).isEqualTo(17);
    assertThat(position.report())
        .isEqualTo(
            TraversalReport.builder()
                .expected(20L)
                .seen(3)
                .matched(2)
                .duplicates(1)
                .pages(4)
                .drift(true)
                .complete(true)
                .build());
    assertThat(position.toString()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "2 - - 0 false - 0 0 0 0 false true tied:",
        "1 - - 0 false - 0 0 0 0 false true",
        "1 - - 0 false - 0 0 0 0 false true tied: ",
        "1 - - -1 false - 0 0 0 0 false true tied:",
        "1 - - 0 false - 0 -7 0 0 false true tied:",
        "1 - - 0 no - 0 0 0 0 false true tied:",
        "1 yesterday - 0 false - 0 0 0 0 false true tied:",
        "1 - - 1.5 false - 0 0 0 0 false true tied:",
        "1 - - 0 false - 0 0 0 0 false true tied:a",
        "1 2024-03-01T00:00:00Z - 0 false - 0 0 0 0 false true tied:a,,b",
        "1 2024-03-01T00:00:00Z - 0 false - 0 0 0 0 false true tied:%zz",
        "1 2024-03-01T00:00:00Z - 0 false - 0 0 0 0 false true a"
      })
  void whatIsNoPositionIsRefusedInOneLine(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TraversalPosition.parse(text))
        .withMessageNotContaining("\n");
  }

  @Test
  void textThatWasCutOrChangedIsRefusedOrReadAsAPositionAndNothingElse() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random(random).toString());
      int at = random.nextInt(text.length());
      if (random.nextBoolean()) {
        text.setLength(at);
      } else {
        text.setCharAt(at, (char) (' ' + random.nextInt(95)));
      }
      try {
        TraversalPosition.parse(text.toString());
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).as("seed " + seed).isGreaterThan(5_000);
  }
}
