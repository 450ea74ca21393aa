package dev.allowflux.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Text in columns for a person's eyes. Their widths are settled by the first rows, so that a long
 * listing need not be held; what does not fit ends in an ellipsis.
 */
final class TextTable {
  private static final int GAP = 2;
  private static final int LEAST = 8;

  private final List<String> titles;
  private final int terminalWidth;
  private final int whole;
  private int[] widths = {};

  /**
   * Begins a table.
   *
   * @param whole the column that is never cut, or -1
   */
  TextTable(List<String> titles, int terminalWidth, int whole) {
    this.titles = titles;
    this.terminalWidth = terminalWidth;
    this.whole = whole;
  }

  /** Returns the lines of some rows, the first ones below the titles. */
  String lines(List<String[]> rows) {
    List<String[]> all = new ArrayList<>(rows.size() + 1);
    if (widths.length == 0) {
      all.add(titles.toArray(new String[0]));
    }
    all.addAll(rows);
    if (widths.length == 0) {
      widths = widths(all);
    }
    StringBuilder text = new StringBuilder();
    all.forEach(row -> line(row, text));
    return text.toString();
  }

  /** Gives every column what it asks for; if that is too much, the widest give way first. */
  private int[] widths(List<String[]> rows) {
    int[] widths = new int[titles.size()];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    int room = terminalWidth - GAP * (widths.length - 1);
    while (Arrays.stream(widths).sum() > room) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        if (widest == whole || (i != whole && widths[i] > widths[widest])) {
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
    return text.codePoints().map(TextTable::width).sum();
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
