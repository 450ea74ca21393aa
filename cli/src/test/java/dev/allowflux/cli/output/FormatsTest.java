package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.RandomPolicies;
import dev.allowflux.internal.json.PolicyText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FormatsTest {
  private static final int POLICIES = 20_000;

  private final long seed = new Random().nextLong();
  private final RandomPolicies policies = new RandomPolicies(seed);

  private static String text(PolicyFormat format, List<AllowPolicy> page) {
    Utf8Buffer bytes = new Utf8Buffer();
    format.write(page, bytes);
    return new String(bytes.array(), 0, bytes.length(), UTF_8);
  }

  private static AllowPolicy policy(String id, String pattern, String comments) {
    return AllowPolicy.builder()
        .id(new PolicyId(id))
        .createdAt(Instant.EPOCH)
        .pattern(pattern)
        .comments(comments)
        .isRegex(true)
        .build();
  }

  @Test
  void linesOfJsonAreThoseOfTheLibrary() throws IOException {
    NdjsonFormat format = new NdjsonFormat(null);
    for (int i = 0; i < POLICIES; i++) {
      List<AllowPolicy> one = List.of(policies.next());
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      PolicyText.writeLines(one, expected);
      assertThat(text(format, one))
          .as("seed %d, policy %d", seed, i)
          .isEqualTo(expected.toString(UTF_8));
    }
  }

  @Test
  void instantsAreWrittenAsTheJdkWritesThem() {
    Utf8Buffer bytes = new Utf8Buffer();
    for (int i = 0; i < 10 * POLICIES; i++) {
      Instant instant = policies.instant();
      bytes.clear();
      bytes.instant(instant);
      assertThat(new String(bytes.array(), 0, bytes.length(), UTF_8))
          .as("seed %d, instant %d", seed, i)
          .isEqualTo(instant.toString());
    }
  }

  @Test
  void aLonelySurrogateIsEscaped() {
    assertThat(
            text(
                new NdjsonFormat(List.of(PolicyField.PATTERN)), List.of(policy("1", "\ud83d", ""))))
        .isEqualTo("{\"pattern\":\"\\uD83D\"}\n");
    assertThat(
            text(
                new NdjsonFormat(List.of(PolicyField.PATTERN)),
                List.of(policy("1", "\ude80a", ""))))
        .isEqualTo("{\"pattern\":\"\\uDE80a\"}\n");
  }

  @Test
  void chosenFieldsComeAloneAndInTheirOrder() {
    List<PolicyField> fields = List.of(PolicyField.PATTERN, PolicyField.ID, PolicyField.COMMENTS);
    List<AllowPolicy> page = List.of(policy("7", "a.example", null));
    assertThat(text(new NdjsonFormat(fields), page))
        .isEqualTo("{\"pattern\":\"a.example\",\"id\":\"7\"}\n");
    assertThat(text(new CsvFormat(fields), page))
        .isEqualTo("pattern,id,comments\r\na.example,7,\r\n");
    assertThat(text(new NdjsonFormat(List.of(PolicyField.VERIFY_SENDER)), page)).isEqualTo("{}\n");
  }

  @Test
  void csvGivesBackEveryCellToTheLetter() {
    List<AllowPolicy> page = Stream.generate(policies::next).limit(2_000).toList();
    String csv = text(new CsvFormat(PolicyField.ALL), page);
    List<List<String>> rows = rows(csv);
    assertThat(rows).hasSize(page.size() + 1);
    for (int i = 0; i < page.size(); i++) {
      AllowPolicy policy = page.get(i);
      List<String> expected =
          PolicyField.ALL.stream()
              .map(field -> field.of(policy))
              .map(value -> value == null ? "" : value.toString())
              .toList();
      assertThat(rows.get(i + 1)).as("seed %d, row %d", seed, i).isEqualTo(expected);
    }
  }

  @Test
  void theHeadOfACsvStandsOnce() {
    CsvFormat format = new CsvFormat(List.of(PolicyField.ID));
    assertThat(text(format, List.of())).isEqualTo("id\r\n");
    assertThat(text(format, List.of(policy("1", "", "")))).isEqualTo("1\r\n");
  }

  /** RFC 4180 as it stands, character by character. */
  private static List<List<String>> rows(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (quoted) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
          cell.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"' && cell.isEmpty()) {
        quoted = true;
      } else if (c == ',' || (c == '\r' && csv.charAt(i + 1) == '\n')) {
        row.add(cell.toString());
        cell.setLength(0);
        if (c == '\r') {
          i++;
          rows.add(row);
          row = new ArrayList<>();
        }
      } else {
        cell.append(c);
      }
    }
    return rows;
  }

  @Test
  void aTableFitsTheTerminalAndKeepsTheId() {
    TableFormat table =
        new TableFormat(List.of(PolicyField.ID, PolicyField.PATTERN, PolicyField.COMMENTS), 40);
    String text =
        text(table, List.of(policy("0123456789", "x".repeat(50), "short"), policy("1", "y", "z")));
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(40));
    assertThat(text.lines())
        .containsExactly(
            "id          pattern             comments",
            "0123456789  xxxxxxxxxxxxxxxxx…  short",
            "1           y                   z");
  }

  @Test
  void widthsStayWhatTheFirstPageSettled() {
    TableFormat table = new TableFormat(List.of(PolicyField.PATTERN, PolicyField.ID), 80);
    assertThat(text(table, List.of())).isEmpty();
    assertThat(text(table, List.of(policy("1", "abcdefgh", ""))))
        .isEqualTo("pattern   id\nabcdefgh  1\n");
    assertThat(text(table, List.of(policy("2", "abcdefghijk", "")))).isEqualTo("abcdefg…  2\n");
  }

  @Test
  void textFromAServerDoesNotSteerTheTerminal() {
    TableFormat table = new TableFormat(List.of(PolicyField.COMMENTS), 80);
    String text = text(table, List.of(policy("1", "", "a\u001b[2J\r\n\u202eb\u009b")));
    assertThat(text).isEqualTo("comments\na\ufffd[2J  \ufffdb\ufffd\n");
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    TableFormat table = new TableFormat(List.of(PolicyField.COMMENTS, PolicyField.ID), 80);
    assertThat(text(table, List.of(policy("1", "", "漢字漢字漢"), policy("2", "", "ab"))))
        .isEqualTo("comments    id\n漢字漢字漢  1\nab          2\n");
  }
}
