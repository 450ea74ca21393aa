package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.internal.text.SafeText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows of a query in columns for a person's eyes. */
public final class RowTable {
  private final TextTable table;

  public RowTable(List<String> columns, int terminalWidth) {
    table =
        new TextTable(
            columns.stream().map(SafeText::line).toList(), terminalWidth, columns.indexOf("id"));
  }

  /** Writes rows, the first ones below the titles. */
  public void write(List<? extends List<@Nullable Object>> rows, OutputStream out)
      throws IOException {
    List<String[]> cells =
        rows.stream().map(row -> row.stream().map(RowTable::cell).toArray(String[]::new)).toList();
    out.write(table.lines(cells).getBytes(UTF_8));
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
