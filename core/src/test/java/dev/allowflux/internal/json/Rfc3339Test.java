package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Rfc3339Test {
  @ParameterizedTest
  @CsvSource({
    "2026-11-21T08:15:30Z, 2026-11-21T08:15:30Z",
    "2026-11-21T08:15:30.1Z, 2026-11-21T08:15:30.100Z",
    "2026-11-21T08:15:30.12345Z, 2026-11-21T08:15:30.123450Z",
    "2026-11-21T08:15:30.123456789Z, 2026-11-21T08:15:30.123456789Z",
    "2026-11-21t08:15:30z, 2026-11-21T08:15:30Z",
    "2026-11-21 08:15:30Z, 2026-11-21T08:15:30Z",
    "2026-11-21T08:15:30+00:00, 2026-11-21T08:15:30Z",
    "2026-11-21T08:15:30-00:00, 2026-11-21T08:15:30Z",
    "2026-11-21T00:15:30.5+05:30, 2026-11-20T18:45:30.500Z",
    "2026-12-31T23:15:30-18:00, 2027-01-01T17:15:30Z",
    "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
    "0000-01-01T00:00:00Z, 0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
    "1969-12-31T23:59:59.5Z, 1969-12-31T23:59:59.500Z",
    // What only the JDK's reader knows.
    "2026-11-21T08:15Z, 2026-11-21T08:15:00Z",
    "+12026-11-21T08:15:30Z, +12026-11-21T08:15:30Z",
    "2026-11-21T08:15:30+01:00:30, 2026-11-21T07:15:00Z"
  })
  void everyFormIsReadToTheNanosecond(String text, Instant expected) {
    assertThat(parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
    "2016-12-31T23:59:60.25Z, 2016-12-31T23:59:59.250Z",
    "2017-01-01T05:29:60+05:30, 2016-12-31T23:59:59Z"
  })
  void aLeapSecondReadsAsTheSecondBefore(String text, Instant expected) {
    assertThat(parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-21",
        "2026-11-21T08:15:30",
        "2026-13-21T08:15:30Z",
        "2026-00-21T08:15:30Z",
        "2026-11-31T08:15:30Z",
        "2026-11-00T08:15:30Z",
        "2025-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T08:60:30Z",
        "2026-11-21T08:15:61Z",
        "2026-11-21T08:15:30.1234567891Z",
        "2026-11-21T08:15:30,5Z",
        "2026-11-21T08:15:30ZZ",
        "2026-11-21T08:15:30Z ",
        " 2026-11-21T08:15:30Z",
        "2026-11-21T08:15:30+5:30",
        "2026-11-21T08:15:30+19:00",
        "2026-11-21T08:15:30+05:60",
        "2026-11-21T08:15:30+0530",
        "2026-11-21_08:15:30Z",
        "20x6-11-21T08:15:30Z",
        "٢٠٢٦-11-21T08:15:30Z",
        "1763712930",
        "yesterday"
      })
  void whatIsNoTimeIsRefused(String text) {
    assertThat(parse(text)).isNull();
  }

  @Test
  void randomTimesReadAsTheJdkReadsThem() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 100_000; round++) {
      long second = random.nextLong(-62_167_219_200L + 86_400, 253_402_300_800L - 86_400);
      int nanos = random.nextInt(1_000_000_000);
      ZoneOffset offset = ZoneOffset.ofTotalSeconds(60 * random.nextInt(-18 * 60, 18 * 60 + 1));
      String fraction = "%09d".formatted(nanos).substring(0, random.nextInt(10));
      String text =
          LocalDateTime.ofEpochSecond(second, 0, offset)
                  .format(DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss"))
              + (fraction.isEmpty() ? "" : "." + fraction)
              + offset.getId();

      assertThat(parse(text))
          .as("seed %d round %d: %s", seed, round, text)
          .isEqualTo(OffsetDateTime.parse(text).toInstant());
    }
  }

  @Test
  void brokenTimesAreReadOnlyIfTheJdkReadsThem() {
    long seed = 20261121;
    Random random = new Random(seed);
    String symbols = "0123456789-:.TZtz+ x";
    int read = 0;
    for (int round = 0; round < 100_000; round++) {
      StringBuilder text = new StringBuilder("2026-11-21T08:15:30.123+05:30");
      for (int n = 1 + random.nextInt(2); n > 0; n--) {
        int at = random.nextInt(text.length());
        char symbol = symbols.charAt(random.nextInt(symbols.length()));
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, symbol);
          case 1 -> text.insert(at, symbol);
          default -> text.deleteCharAt(at);
        }
      }
      Instant expected = jdk(text.toString());
      read += expected == null ? 0 : 1;
      assertThat(parse(text.toString()))
          .as("seed %d round %d: %s", seed, round, text)
          .isEqualTo(expected);
    }
    assertThat(read).isBetween(1_000, 99_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T08:15:30Z",
        "2026-11-21T08:15:30.100Z",
        "2026-11-21T08:15:30.120300Z",
        "2026-11-21T08:15:30.000000001Z",
        "1969-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z"
      })
  void timesAreWrittenAsTheJdkWritesThem(Instant time) {
    assertThat(format(time)).isEqualTo(time.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0001-12-31T23:59:59Z", "+10000-01-01T00:00:00Z"})
  void yearsThatHaveNotFourDigitsAreLeftToTheJdk(Instant time) {
    assertThat(Rfc3339.format(time, new byte[Rfc3339.MAX_FORMATTED], 0)).isZero();
  }

  @Test
  void randomTimesAreWrittenAsTheJdkWritesThem() {
    long seed = 20261121;
    Random random = new Random(seed);
    int[] steps = {1, 1000, 1_000_000, 1_000_000_000};
    for (int round = 0; round < 100_000; round++) {
      int step = steps[random.nextInt(steps.length)];
      Instant time =
          Instant.ofEpochSecond(
              random.nextLong(-62_167_219_200L, 253_402_300_800L),
              random.nextInt(1_000_000_000) / step * (long) step);

      assertThat(format(time)).as("seed %d round %d", seed, round).isEqualTo(time.toString());
    }
  }

  @Test
  void aTextIsReadAsItsBytesAreAndOtherLettersAreNoTime() {
    assertThat(Rfc3339.parse("2026-11-21T08:15:30.12Z"))
        .isEqualTo(Instant.parse("2026-11-21T08:15:30.12Z"));
    assertThat(Rfc3339.parse("")).isNull();
    assertThat(Rfc3339.parse("2026-11-21T08:15:30\u0396")).isNull();
    assertThat(Rfc3339.parse("\u0662026-11-21T08:15:30Z")).isNull();
  }

  private static String format(Instant time) {
    byte[] text = new byte[2 + Rfc3339.MAX_FORMATTED];
    int end = Rfc3339.format(time, text, 2);
    return new String(text, 2, end - 2, ISO_8859_1);
  }

  /** The two liberties beyond the JDK's reader are taken here by rewriting the text. */
  private static @Nullable Instant jdk(String text) {
    String normal = text.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d)", "$1T$2");
    normal = normal.replaceFirst("^(.{17})60", "$159");
    try {
      return OffsetDateTime.parse(normal).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable Instant parse(String text) {
    String within = "[[" + text + "]]";
    return Rfc3339.parse(within.getBytes(ISO_8859_1), 2, text.length());
  }
}
