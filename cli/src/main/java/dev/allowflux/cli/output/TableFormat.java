package dev.allowflux.cli.output;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Columns for a person's eyes. Their widths are settled by the first page, so that a long listing
 * need not be held; what does not fit ends in an ellipsis.
 */
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

  private static final int GAP = 2;
  private static final int LEAST = 8;

  private final List<PolicyField> fields;
  private final int terminalWidth;
  private int[] widths = {};

  public TableFormat(List<PolicyField> fields, int terminalWidth) {
    this.fields = fields;
    this.terminalWidth = terminalWidth;
  }

  @Override
  public void write(List<AllowPolicy> page, OutputStream out) throws IOException {
    if (page.isEmpty()) {
      return;
    }
    List<String[]> rows = new ArrayList<>(page.size() + 1);
    boolean first = widths.length == 0;
    if (first) {
      rows.add(fields.stream().map(TableFormat::title).toArray(String[]::new));
    }
    for (AllowPolicy policy : page) {
      rows.add(fields.stream().map(field -> cell(field.of(policy))).toArray(String[]::new));
    }
    if (first) {
      widths = widths(rows);
    }
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> line(row, text));
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
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

  /** Gives every column what it asks for; if that is too much, the widest give way first. */
  private int[] widths(List<String[]> rows) {
    int[] widths = new int[fields.size()];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    int room = terminalWidth - GAP * (widths.length - 1);
    while (Arrays.stream(widths).sum() > room) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        // An id that is cut is of no use.
        if (fields.get(widest) == PolicyField.ID
            || (fields.get(i) != PolicyField.ID && widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widths[widest] <= LEAST) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private void line(String[] row, StringBuilder out) {
    int last = row.length - 1;
    while (last > 0 && row[last].isEmpty()) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      String text = fit(row[i], widths[i]);
      out.append(text);
      for (int pad = i == last ? 0 : widths[i] + GAP - width(text); pad > 0; pad--) {
        out.append(' ');
      }
    }
    out.append('\n');
  }

  private static String fit(String text, int room) {
    if (width(text) <= room) {
      return text;
    }
    int used = 1;
    int end = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      used += width(c);
      if (used > room) {
        break;
      }
      end += Character.charCount(c);
    }
    return text.substring(0, end) + '…';
  }

  private static int width(String text) {
    return text.codePoints().map(TableFormat::width).sum();
  }

  /** How many columns a terminal takes for it: close enough for patterns and comments. */
  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        Character.isIdeographic(c)
            || (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x3000 && c <= 0x30ff)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xff01 && c <= 0xff60)
            || (c >= 0x1f300 && c <= 0x1faff);
    return wide ? 2 : 1;
  }
}
