package dev.allowflux.sync.export;

import dev.allowflux.internal.json.Utf8Buffer;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes policies as the CSV that the service's dashboard takes as an upload, in the form of 2026
 * (docs/command-line.md#other-forms-of-an-export). The dashboard takes at most {@link
 * #MAX_UPLOAD_BYTES} at once; {@link DashboardUploads} splits a longer file.
 *
 * <p>A flag that the service did not set is false. Times and ids have no column. A policy that
 * nobody could create, since it has no pattern or is of a kind that is not EMAIL, DOMAIN or IP, is
 * left out and counted. Not safe for use by several threads.
 *
 * @since 0.1
 */
public final class DashboardCsvWriter {
  /** How long a file may be that the dashboard takes: 150 KB. */
  public static final int MAX_UPLOAD_BYTES = 150_000;

  private static final String HEADER =
      "Values,Rule Type,Is Regex,Sender Verification,Trusted Sender,Exempt Recipient,"
          + "Acceptable Sender,Notes\r\n";

  private static final Set<PatternType> WRITABLE =
      EnumSet.of(PatternType.EMAIL, PatternType.DOMAIN, PatternType.IP);

  private final Utf8Buffer buffer = new Utf8Buffer();
  private boolean needsHeader;
  private long leftOut;
  private long bytes;

  private DashboardCsvWriter(boolean needsHeader) {
    this.needsHeader = needsHeader;
  }

  /**
   * Makes a writer of a new file.
   *
   * @return a new writer, whose first call of {@link #write} writes the header line first
   */
  public static DashboardCsvWriter create() {
    return new DashboardCsvWriter(true);
  }

  /**
   * Makes a writer that goes on with a file that has its header line.
   *
   * @return a new writer
   */
  public static DashboardCsvWriter continuing() {
    return new DashboardCsvWriter(false);
  }

  /** Tells whether a policy can be written by anybody but the service. */
  static boolean isWritable(AllowPolicy policy) {
    return policy.pattern() != null && WRITABLE.contains(policy.patternType());
  }

  /**
   * Writes policies, one row each, and before the first of them the header line.
   *
   * @param policies the policies, in order; with none, the header line alone is written
   * @param out takes the rows; neither flushed nor closed
   * @throws IOException if {@code out} throws it; how much was written is then not known
   */
  public void write(List<AllowPolicy> policies, OutputStream out) throws IOException {
    buffer.clear();
    if (needsHeader) {
      needsHeader = false;
      buffer.text(HEADER);
    }
    for (AllowPolicy policy : policies) {
      if (isWritable(policy)) {
        write(policy);
      } else {
        leftOut++;
      }
    }
    bytes += buffer.length();
    out.write(buffer.array(), 0, buffer.length());
  }

  /**
   * Returns how many policies were left out.
   *
   * @return the count since this writer was made
   */
  public long leftOut() {
    return leftOut;
  }

  /**
   * Returns how much was written.
   *
   * @return the bytes since this writer was made
   */
  public long bytes() {
    return bytes;
  }

  private void write(AllowPolicy policy) {
    cell(String.valueOf(policy.pattern()));
    buffer.ascii(',').text(String.valueOf(policy.patternType()));
    flag(policy.isRegex());
    flag(policy.verifySender());
    flag(policy.isTrustedSender());
    flag(policy.isExemptRecipient());
    flag(policy.isAcceptableSender());
    buffer.ascii(',');
    String comments = policy.comments();
    if (comments != null) {
      cell(comments);
    }
    buffer.ascii('\r').ascii('\n');
  }

  private void flag(@Nullable Boolean flag) {
    buffer.ascii(',').text(Boolean.TRUE.equals(flag) ? "true" : "false");
  }

  /** White space around a cell belongs to the form unless it stands in quotes. */
  private void cell(String text) {
    boolean quoted =
        !text.equals(text.strip())
            || text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    if (quoted) {
      buffer.ascii('"').text(text.replace("\"", "\"\"")).ascii('"');
    } else {
      buffer.text(text);
    }
  }
}
