package dev.allowflux.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines of {@code cases}, each with its outcome. */
class PatternCasesTest {
  private static final List<String> FILES =
      List.of("impossible.csv", "nbsp-end.csv", "zwsp.csv", "nul.ndjson", "rlo.ndjson");

  private static final Pattern CSV = Pattern.compile("\"?(.*?)\"?,(EMAIL|DOMAIN|IP),true,true");
  private static final Pattern NDJSON =
      Pattern.compile("\\{\"pattern\":\"(.*?)\",\"pattern_type\":\"(EMAIL|DOMAIN|IP)\".*");
  private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

  @ParameterizedTest
  @CsvSource({
    "mailto:a@boats.example, a@boats.example",
    "<a@boats.example>, a@boats.example",
    "video.example\u00a0, video.example"
  })
  void whatIsCertainlyMeantIsCorrected(String pattern, String meant) throws IOException {
    PatternCheck check = check(pattern);
    assertThat(check).isInstanceOf(Corrected.class);
    assertThat(((Corrected) check).pattern()).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({
    "*.boats.example, 0, it has a wildcard; write boats.example",
    ".boats.example, 1, begins with a dot",
    "https://boats.example/, 0, it is a URL; write boats.example",
    "'a@boats.example, b@boats.example', 0, it is a list of 2; write one policy for each",
    "@boats.example, 0, set pattern_type to DOMAIN and write boats.example",
    "a@boats.example, 0, it is an e-mail address; set pattern_type to EMAIL",
    "203.0.113.7 - 20, 0, 'it is a range; write 203.0.113.7, 203.0.113.8/29'",
    "203.0.113.7/255.255.255.0, 0, it has a netmask; write 203.0.113.0/24",
    "203.0.113.300, 11, its number 300 is larger than 255",
    "010.000.000.001, 1, leading zero",
    "203.0.113.7:25, 0, it has a port; write 203.0.113.7",
    "fe80::1%eth0, 8, it has a zone",
    ".*@boats\\.example, 0, set is_regex to true if it is one",
    "\u200bvideo.example, 1, U+200B ZERO WIDTH SPACE at column 1",
    "'video.example\u0000', 14, U+0000 NULL at column 14",
    "\u202evideo.example, 1, U+202E RIGHT-TO-LEFT OVERRIDE at column 1"
  })
  void whatIsNotIsRefusedInWordsAndWithItsColumn(String pattern, int column, String reason)
      throws IOException {
    PatternCheck check = check(pattern);
    assertThat(check).isInstanceOf(Refused.class);
    assertThat(((Refused) check).reason()).contains(reason);
    assertThat(((Refused) check).column()).isEqualTo(column);
  }

  @Test
  void noCaseIsForgotten() throws IOException {
    assertThat(cases()).hasSize(19);
    cases()
        .forEach(
            (pattern, type) ->
                assertThat(check(type, pattern)).isNotInstanceOf(PatternCheck.Valid.class));
  }

  private static PatternCheck check(String pattern) throws IOException {
    return check(Objects.requireNonNull(cases().get(pattern), pattern), pattern);
  }

  private static PatternCheck check(PatternType type, String pattern) {
    return PatternCheck.of(type, false, pattern);
  }

  private static Map<String, PatternType> cases() throws IOException {
    Map<String, PatternType> cases = new HashMap<>();
    for (String file : FILES) {
      for (String line : lines(file)) {
        Matcher row = (file.endsWith(".csv") ? CSV : NDJSON).matcher(line);
        assertThat(row.matches()).as(line).isTrue();
        String pattern = ESCAPE.matcher(row.group(1)).replaceAll(PatternCasesTest::character);
        cases.put(pattern, PatternType.valueOf(row.group(2)));
      }
    }
    return cases;
  }

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = PatternCasesTest.class.getResourceAsStream("cases/" + file)) {
      String text = new String(Objects.requireNonNull(in, file).readAllBytes(), UTF_8);
      List<String> lines = new ArrayList<>(text.lines().toList());
      lines.removeIf(line -> line.startsWith("pattern,"));
      return lines;
    }
  }

  private static String character(MatchResult escape) {
    return Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 16)));
  }
}
