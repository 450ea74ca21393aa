package dev.allowflux.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternCheck.Valid;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatternCheckTest {
  private static final Pattern SPELT = Pattern.compile("\\\\u\\{([0-9A-F]+)}");

  /** A line of {@code patterns.txt}. */
  record Row(PatternType type, boolean isRegex, String text, String expected) {
    static Row of(String line) {
      int kind = line.indexOf(" | ");
      int outcome = line.lastIndexOf(" | ");
      String[] words = line.substring(0, kind).split(" ", -1);
      String text =
          SPELT.matcher(line.substring(kind + 3, outcome)).replaceAll(PatternCheckTest::character);
      return new Row(
          PatternType.valueOf(words[0]), words.length > 1, text, line.substring(outcome + 3));
    }
  }

  private static String character(java.util.regex.MatchResult spelt) {
    return java.util.regex.Matcher.quoteReplacement(
        Character.toString(Integer.parseInt(spelt.group(1), 16)));
  }

  static Stream<Row> rows() throws IOException {
    try (InputStream in = PatternCheckTest.class.getResourceAsStream("patterns.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Row::of).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyTextIsAPatternIsCorrectedOrIsRefusedInWords(Row row) {
    PatternCheck check = PatternCheck.of(row.type, row.isRegex, row.text);
    if (row.expected.equals("valid")) {
      assertThat(check).isEqualTo(new Valid(row.text));
    } else if (row.expected.startsWith("= ")) {
      assertThat(check).isInstanceOf(Corrected.class);
      assertThat(((Corrected) check).pattern()).isEqualTo(row.expected.substring(2));
      assertThat(PatternCheck.of(row.type, row.isRegex, ((Corrected) check).pattern()))
          .isInstanceOf(Valid.class);
    } else {
      assertThat(check).isInstanceOf(Refused.class);
      assertThat(((Refused) check).reason())
          .startsWith("pattern ")
          .contains(row.expected.substring(2));
    }
  }
}
