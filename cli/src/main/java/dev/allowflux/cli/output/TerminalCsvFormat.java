package dev.allowflux.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.util.List;

/** CSV for a terminal: each policy on one line, so that no cell can draw lines of its own. */
public final class TerminalCsvFormat implements PolicyFormat {
  private final List<PolicyField> columns;
  private boolean begun;

  public TerminalCsvFormat(List<PolicyField> columns) {
    this.columns = List.copyOf(columns);
  }

  @Override
  public void write(List<AllowPolicy> page, OutputStream out) throws IOException {
    StringWriter text = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(text)) {
      if (!begun) {
        begun = true;
        csv.writeRecord(columns.stream().map(PolicyField::apiName).toList());
      }
      for (AllowPolicy policy : page) {
        csv.writeRecord(columns.stream().map(column -> cell(column, policy)).toList());
      }
    }
    out.write(text.toString().getBytes(UTF_8));
  }

  private static String cell(PolicyField column, AllowPolicy policy) {
    Object value = column.of(policy);
    return value == null ? "" : SafeText.line(value.toString());
  }
}
