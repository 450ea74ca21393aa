package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableFormatTest {
  private static String text(TableFormat table, List<AllowPolicy> page) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    table.write(page, out);
    return out.toString(UTF_8);
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
  void aTableFitsTheTerminalAndKeepsTheId() throws IOException {
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
  void widthsStayWhatTheFirstPageSettled() throws IOException {
    TableFormat table = new TableFormat(List.of(PolicyField.PATTERN, PolicyField.ID), 80);
    assertThat(text(table, List.of())).isEmpty();
    assertThat(text(table, List.of(policy("1", "abcdefgh", ""))))
        .isEqualTo("pattern   id\nabcdefgh  1\n");
    assertThat(text(table, List.of(policy("2", "abcdefghijk", "")))).isEqualTo("abcdefg…  2\n");
  }

  @Test
  void textFromAServerDoesNotSteerTheTerminal() throws IOException {
    TableFormat table = new TableFormat(List.of(PolicyField.COMMENTS), 80);
    String text = text(table, List.of(policy("1", "", "a\u001b[2J\r\n\u202eb\u009b")));
    assertThat(text).isEqualTo("comments\na\ufffd[2J  \ufffdb\ufffd\n");
  }

  @Test
  void wideCharactersTakeTwoColumns() throws IOException {
    TableFormat table = new TableFormat(List.of(PolicyField.COMMENTS, PolicyField.ID), 80);
    assertThat(text(table, List.of(policy("1", "", "漢字漢字漢"), policy("2", "", "ab"))))
        .isEqualTo("comments    id\n漢字漢字漢  1\nab          2\n");
  }
}
