package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Holds the fast reader of pages against the one that goes by Jackson. */
final class TwoReaders {
  /** What the fast reader did with a page, and rightly so. */
  enum Verdict {
    READ,
    LEFT_A_GOOD_PAGE,
    LEFT_A_BAD_PAGE
  }

  private TwoReaders() {}

  /**
   * Reads a page with both. It lies within a larger array, with bytes behind it that might go on
   * with it.
   */
  static Verdict compare(byte[] page, byte[] behind) {
    byte[] larger = Arrays.copyOf(new byte[] {'"', '{', '1'}, 3 + page.length + behind.length);
    System.arraycopy(page, 0, larger, 3, page.length);
    System.arraycopy(behind, 0, larger, 3 + page.length, behind.length);
    return compare(larger, 3, page.length);
  }

  static Verdict compare(byte[] bytes, int offset, int length) {
    Envelope<PageBody> fast;
    try {
      fast = FastPageReader.read(bytes, offset, length);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("the fast reader fails on " + text(bytes, offset, length), e);
    }
    Envelope<PageBody> other = readByJackson(bytes, offset, length);
    if (fast == null) {
      return other == null ? Verdict.LEFT_A_BAD_PAGE : Verdict.LEFT_A_GOOD_PAGE;
    }
    if (!fast.equals(other)) {
      throw new AssertionError(
          "the fast reader reads\n%s\nas\n%s\nbut Jackson as\n%s"
              .formatted(text(bytes, offset, length), fast, other));
    }
    return Verdict.READ;
  }

  private static @Nullable Envelope<PageBody> readByJackson(byte[] bytes, int offset, int length) {
    try {
      return JacksonResponseParser.readPage(bytes, offset, length);
    } catch (UnreadableException e) {
      return null;
    }
  }

  /** One character a byte, so that the bytes can be told from the message. */
  private static String text(byte[] bytes, int offset, int length) {
    return length > 10_000
        ? "a page of " + length + " bytes"
        : new String(bytes, offset, length, ISO_8859_1);
  }
}
