package dev.allowflux.sync.file;

import dev.allowflux.internal.json.FastPageReader;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of an export straight from their bytes, as long as each of them is a policy of
 * the form in which exports are written. From the first line on that is not, even if it is merely
 * written in another way, another reader has to read and to judge what is left.
 */
final class PolicyLines {
  private static final int BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] bytes = new byte[BYTES];

  /** Where the line begins that comes next. */
  private int at;

  /** Where the last whole line ends. */
  private int linesEnd;

  private int end;
  private boolean ended;
  private long line = 1;
  private FastPageReader lines = FastPageReader.ofLines(bytes, 0, 0);

  PolicyLines(InputStream in) {
    this.in = in;
  }

  /** Returns the policy of the next line; null at the end, or if another reader is to be asked. */
  @Nullable AllowPolicy next() throws IOException {
    if (at == linesEnd && !load()) {
      return null;
    }
    AllowPolicy policy = lines.nextLine();
    if (policy == null || !isPlain(policy)) {
      return null;
    }
    at = lines.position();
    line++;
    return policy;
  }

  /** People may write a kind in other letters, which the other reader understands. */
  private static boolean isPlain(AllowPolicy policy) {
    String name = policy.patternTypeName();
    return policy.patternType() != PatternType.UNRECOGNIZED
        || (name != null && name.equals(name.strip().toUpperCase(Locale.ROOT)));
  }

  /** The number of the line that comes next, from 1. */
  long line() {
    return line;
  }

  /** Tells whether all was read. */
  boolean isAtEnd() {
    return ended && at == end;
  }

  /** Returns what was not read yet; what is left of the input is read when this is. */
  InputStream rest() throws IOException {
    PushbackInputStream rest = new PushbackInputStream(in, BYTES);
    rest.unread(bytes, at, end - at);
    return rest;
  }

  /**
   * Moves what is left to the front and reads on until there is a whole line; returns false if
   * there is none, or it is longer than what is kept.
   */
  private boolean load() throws IOException {
    System.arraycopy(bytes, at, bytes, 0, end - at);
    end -= at;
    at = 0;
    linesEnd = 0;
    while (linesEnd == 0 && !ended && end < BYTES) {
      int from = end;
      int count = in.read(bytes, end, BYTES - end);
      ended = count < 0;
      end += Math.max(0, count);
      linesEnd = ended ? end : lastLineEnd(from);
    }
    lines = FastPageReader.ofLines(bytes, 0, linesEnd);
    return linesEnd > 0;
  }

  private int lastLineEnd(int from) {
    int i = end;
    while (i > from && bytes[i - 1] != '\n') {
      i--;
    }
    return i > from ? i : 0;
  }
}
