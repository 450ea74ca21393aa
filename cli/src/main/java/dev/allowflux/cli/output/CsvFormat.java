package dev.allowflux.cli.output;

import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import java.util.List;

/**
 * CSV as RFC 4180 has it, with a header line, in UTF-8. A value that was not said is an empty cell.
 *
 * <p>Cells are what the API said, to the letter: a leading {@code =} or {@code +} is not disarmed
 * for spreadsheets, since that would change patterns on their way to the next program.
 */
public final class CsvFormat implements PolicyFormat {
  private final List<PolicyField> fields;
  private boolean begun;

  public CsvFormat(List<PolicyField> fields) {
    this(fields, false);
  }

  /** Writes no header if it was {@code begun} already. */
  public CsvFormat(List<PolicyField> fields, boolean begun) {
    this.fields = fields;
    this.begun = begun;
  }

  @Override
  public void write(List<AllowPolicy> page, Utf8Buffer out) {
    if (!begun) {
      begun = true;
      for (int i = 0; i < fields.size(); i++) {
        separate(i, out).text(fields.get(i).apiName);
      }
      out.ascii('\r').ascii('\n');
    }
    for (AllowPolicy policy : page) {
      for (int i = 0; i < fields.size(); i++) {
        separate(i, out);
        Object value = fields.get(i).of(policy);
        if (value instanceof Instant instant) {
          out.instant(instant);
        } else if (value != null) {
          cell(value.toString(), out);
        }
      }
      out.ascii('\r').ascii('\n');
    }
  }

  private static Utf8Buffer separate(int column, Utf8Buffer out) {
    return column == 0 ? out : out.ascii(',');
  }

  private static void cell(String text, Utf8Buffer out) {
    if (text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')) {
      out.ascii('"').text(text.replace("\"", "\"\"")).ascii('"');
    } else {
      out.text(text);
    }
  }
}
