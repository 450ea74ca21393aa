package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** CSV for a terminal: each policy on one line, so that no cell can draw lines of its own. */
public final class TerminalCsvFormat implements PolicyFormat {
  private final List<PolicyField> columns;
  private boolean begun;

  public TerminalCsvFormat(List<PolicyField> columns) {
    this.columns = List.copyOf(columns);
  }

  @Override
  public void write(List<AllowPolicy> page, OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder();
    if (!begun) {
      begun = true;
      StringJoiner header = new StringJoiner(",", "", "\n");
      columns.forEach(column -> header.add(column.apiName()));
      text.append(header);
    }
    for (AllowPolicy policy : page) {
      StringJoiner row = new StringJoiner(",", "", "\n");
      columns.forEach(column -> row.add(cell(column.of(policy))));
      text.append(row);
    }
    out.write(text.toString().getBytes(UTF_8));
  }

  private static String cell(@Nullable Object value) {
    String text = value == null ? "" : SafeText.line(value.toString());
    return text.contains(",") || text.contains("\"")
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }
}
