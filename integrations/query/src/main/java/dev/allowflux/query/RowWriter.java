package dev.allowflux.query;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes rows as text in UTF-8: as lines of JSON or as CSV (RFC 4180). Not thread-safe.
 *
 * @since 0.1
 */
public final class RowWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int MOST_DIGITS = 100;

  private final List<String> columns;
  private final boolean json;
  private boolean begun;

  private RowWriter(List<String> columns, boolean json) {
    this.columns = List.copyOf(columns);
    this.json = json;
  }

  /**
   * Writes an object a line. A column without a value is null.
   *
   * @param columns the names of the columns
   * @return the writer
   */
  public static RowWriter ndjson(List<String> columns) {
    return new RowWriter(columns, true);
  }

  /**
   * Writes a header and a row a line. A column without a value is empty.
   *
   * @param columns the names of the columns
   * @return the writer
   */
  public static RowWriter csv(List<String> columns) {
    return new RowWriter(columns, false);
  }

  /**
   * Writes rows, at first with the header if there is one.
   *
   * @param rows the rows, as {@link QueryRows#next} returns them; none writes the header alone
   * @param out the stream, left open
   * @throws IOException if {@code out} throws it; how much was written is then not known
   */
  public void write(List<? extends List<@Nullable Object>> rows, OutputStream out)
      throws IOException {
    requireNonNull(rows, "rows");
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    if (!json && !begun) {
      csvLine(columns, text);
    }
    begun = true;
    for (List<@Nullable Object> row : rows) {
      if (json) {
        jsonLine(row, text);
      } else {
        csvLine(row, text);
      }
    }
    text.writeTo(out);
  }

  private void jsonLine(List<@Nullable Object> row, ByteArrayOutputStream out) {
    try (JsonGenerator line = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      line.writeStartObject();
      for (int i = 0; i < columns.size(); i++) {
        line.writeName(columns.get(i));
        write(row.get(i), line);
      }
      line.writeEndObject();
    }
    out.write('\n');
  }

  private static void write(@Nullable Object value, JsonGenerator line) {
    if (value == null) {
      line.writeNull();
    } else if (value instanceof Boolean flag) {
      line.writeBoolean(flag);
    } else if (value instanceof BigDecimal number) {
      line.writeNumber(number);
    } else if (value instanceof Number number && !isNoNumberOfJson(number)) {
      line.writeNumber(number.toString());
    } else {
      line.writeString(value.toString());
    }
  }

  private static boolean isNoNumberOfJson(Number number) {
    return !Double.isFinite(number.doubleValue());
  }

  private static void csvLine(List<? extends @Nullable Object> row, ByteArrayOutputStream out) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.get(i);
      line.append(i == 0 ? "" : ",").append(value == null ? "" : cell(value));
    }
    out.writeBytes(line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Written without an exponent, 1e999999999 would fill the memory. */
  private static boolean isShort(BigDecimal number) {
    return number.precision() <= MOST_DIGITS
        && number.scale() <= MOST_DIGITS
        && number.scale() >= -MOST_DIGITS;
  }

  private static String cell(Object value) {
    String text =
        value instanceof BigDecimal number && isShort(number)
            ? number.toPlainString()
            : value.toString();
    return text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
        ? '"' + text.replace("\"", "\"\"") + '"'
        : text;
  }
}
