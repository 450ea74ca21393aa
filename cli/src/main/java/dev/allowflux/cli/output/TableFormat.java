package dev.allowflux.cli.output;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Policies in columns for a person's eyes. */
public final class TableFormat implements PolicyFormat {
  /** What people look at first; a table of all fields fits no terminal. */
  public static final List<PolicyField> SHORT =
      List.of(
          PolicyField.ID,
          PolicyField.PATTERN_TYPE,
          PolicyField.PATTERN,
          PolicyField.IS_REGEX,
          PolicyField.IS_TRUSTED_SENDER,
          PolicyField.IS_ACCEPTABLE_SENDER,
          PolicyField.IS_EXEMPT_RECIPIENT,
          PolicyField.VERIFY_SENDER,
          PolicyField.COMMENTS);

  private final List<PolicyField> fields;
  private final TextTable table;

  public TableFormat(List<PolicyField> fields, int terminalWidth) {
    this.fields = fields;
    // An id that is cut is of no use.
    this.table =
        new TextTable(
            fields.stream().map(TableFormat::title).toList(),
            terminalWidth,
            fields.indexOf(PolicyField.ID));
  }

  @Override
  public void write(List<AllowPolicy> page, OutputStream out) throws IOException {
    if (page.isEmpty()) {
      return;
    }
    List<String[]> rows = new ArrayList<>(page.size());
    for (AllowPolicy policy : page) {
      rows.add(fields.stream().map(field -> cell(field.of(policy))).toArray(String[]::new));
    }
    out.write(table.lines(rows).getBytes(StandardCharsets.UTF_8));
  }

  /** {@code trusted} says as much as {@code is_trusted_sender} above a column of yes and no. */
  private static String title(PolicyField field) {
    return field
        .apiName()
        .replaceFirst("^(is|pattern)_", "")
        .replaceFirst("_(sender|recipient)$", "")
        .replace('_', ' ');
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof Boolean flag) {
      return flag ? "yes" : "no";
    }
    return SafeText.line(value.toString());
  }
}
