package dev.allowflux.sync.file;

import dev.allowflux.internal.json.Utf8Buffer;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyField;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes policies as CSV of RFC 4180 in UTF-8: a header line with the API's field names, then a
 * line for each policy, each ended by CR LF. The columns are {@link PolicyField}s, the one table of
 * what there is to write. A value that the service did not set is an empty cell.
 *
 * <p>Cells are what the service said, to the letter: a leading {@code =} or {@code +} is not
 * disarmed for spreadsheets, since that would change patterns on their way to the next program.
 * Fields that this version does not know are left out. Uses its memory again for the next page. Not
 * safe for use by several threads.
 *
 * @since 0.1
 */
public final class PolicyCsvWriter {
  private static final int CHUNK = 1 << 20;

  private final List<PolicyField> fields;
  private final Utf8Buffer buffer = new Utf8Buffer();
  private final @Nullable AccountId account;
  private boolean needsHeader;

  private PolicyCsvWriter(
      List<PolicyField> fields, boolean needsHeader, @Nullable AccountId account) {
    this.fields = List.copyOf(fields);
    this.needsHeader = needsHeader;
    this.account = account;
  }

  /**
   * Makes a writer of a new file.
   *
   * @param fields the columns, in their order; not empty
   * @return a new writer, whose first call of {@link #write} writes the header line first
   */
  public static PolicyCsvWriter of(List<PolicyField> fields) {
    return new PolicyCsvWriter(fields, true, null);
  }

  /**
   * Makes a writer that goes on with a file that has its header line.
   *
   * @param fields the columns of the file, in their order
   * @return a new writer
   */
  public static PolicyCsvWriter continuing(List<PolicyField> fields) {
    return new PolicyCsvWriter(fields, false, null);
  }

  /**
   * Makes a writer of the same columns behind one more, {@code account_id}, for a file that holds
   * the policies of many accounts.
   *
   * @param id the account of what the new writer writes
   * @return a new writer, which writes the header line if this one still had to
   */
  public PolicyCsvWriter withAccount(AccountId id) {
    return new PolicyCsvWriter(fields, needsHeader, id);
  }

  /**
   * Writes policies, one line each, and before the first of them the header line.
   *
   * @param policies the policies, in order; with none, the header line alone is written
   * @param out takes the lines, some hundreds to each call; neither flushed nor closed
   * @throws IOException if {@code out} throws it; how much was written is then not known
   */
  public void write(List<AllowPolicy> policies, OutputStream out) throws IOException {
    buffer.clear();
    if (needsHeader) {
      needsHeader = false;
      if (account != null) {
        buffer.text("account_id");
      }
      for (int i = 0; i < fields.size(); i++) {
        separate(i).text(fields.get(i).apiName());
      }
      buffer.ascii('\r').ascii('\n');
    }
    for (AllowPolicy policy : policies) {
      write(policy);
      if (buffer.length() > CHUNK) {
        out.write(buffer.array(), 0, buffer.length());
        buffer.clear();
      }
    }
    out.write(buffer.array(), 0, buffer.length());
  }

  private void write(AllowPolicy policy) {
    if (account != null) {
      cell(account.value());
    }
    for (int i = 0; i < fields.size(); i++) {
      separate(i);
      Object value = fields.get(i).of(policy);
      if (value instanceof Instant instant) {
        buffer.instant(instant);
      } else if (value != null) {
        cell(value.toString());
      }
    }
    buffer.ascii('\r').ascii('\n');
  }

  private Utf8Buffer separate(int column) {
    return column == 0 && account == null ? buffer : buffer.ascii(',');
  }

  private void cell(String text) {
    if (text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')) {
      buffer.ascii('"').text(text.replace("\"", "\"\"")).ascii('"');
    } else {
      buffer.text(text);
    }
  }
}
