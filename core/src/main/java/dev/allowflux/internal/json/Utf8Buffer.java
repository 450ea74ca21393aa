package dev.allowflux.internal.json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A page of output in the making: UTF-8 bytes in an array that is used again for the next page. */
public final class Utf8Buffer {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** The characters of ASCII that stand for themselves in JSON. */
  private static final boolean[] PLAIN = new boolean[0x80];

  static {
    for (char c = 0x20; c < PLAIN.length; c++) {
      PLAIN[c] = c != '"' && c != '\\';
    }
  }

  /** Longer texts are rare. */
  private final char[] chars = new char[512];

  private byte[] array = new byte[1 << 13];
  private int length;

  private @Nullable Instant lastInstant;
  private final byte[] lastInstantText = new byte[Rfc3339.MAX_FORMATTED];
  private int lastInstantLength;

  /** Returns the bytes that were written, from its beginning. */
  public byte[] array() {
    return array;
  }

  /** Returns how many bytes were written. */
  public int length() {
    return length;
  }

  /** Begins anew, in the same memory. */
  public void clear() {
    length = 0;
  }

  private void reserve(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
    }
  }

  /** Appends a character of ASCII. */
  public Utf8Buffer ascii(char c) {
    reserve(1);
    array[length++] = (byte) c;
    return this;
  }

  /** Changes a byte that was written before. */
  public void set(int position, char c) {
    array[position] = (byte) c;
  }

  /** Appends bytes that are UTF-8. */
  public Utf8Buffer bytes(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
    return this;
  }

  /** Appends text; half of a surrogate pair becomes a question mark. */
  public Utf8Buffer text(String text) {
    int end = text.length();
    reserve(3 * end);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        array[length++] = (byte) c;
      } else {
        i += beyondAscii(text, i, /* escapes= */ false);
      }
    }
    return this;
  }

  /** A JSON string with its quotes. A surrogate without its other half is written as an escape. */
  public Utf8Buffer json(String text) {
    int end = text.length();
    if (end > chars.length) {
      return jsonByChar(text);
    }
    // Copying whole is faster than going by char, and leaves no garbage.
    text.getChars(0, end, chars, 0);
    reserve(end + 2);
    char[] from = chars;
    byte[] to = array;
    int start = length + 1;
    for (int i = 0; i < end; i++) {
      char c = from[i];
      if (c >= PLAIN.length || !PLAIN[c]) {
        return jsonByChar(text);
      }
      to[start + i] = (byte) c;
    }
    to[length] = '"';
    to[start + end] = '"';
    length += end + 2;
    return this;
  }

  private Utf8Buffer jsonByChar(String text) {
    int end = text.length();
    reserve(6 * end + 2);
    array[length++] = '"';
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        i += beyondAscii(text, i, /* escapes= */ true);
      } else if (c == '"' || c == '\\') {
        array[length++] = '\\';
        array[length++] = (byte) c;
      } else if (c < 0x20) {
        control(c);
      } else {
        array[length++] = (byte) c;
      }
    }
    array[length++] = '"';
    return this;
  }

  private void control(char c) {
    char letter =
        switch (c) {
          case '\n' -> 'n';
          case '\t' -> 't';
          case '\r' -> 'r';
          case '\b' -> 'b';
          case '\f' -> 'f';
          default -> 'u';
        };
    if (letter == 'u') {
      escape(c);
    } else {
      array[length++] = '\\';
      array[length++] = (byte) letter;
    }
  }

  private void escape(char c) {
    array[length++] = '\\';
    array[length++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      array[length++] = HEX[c >> shift & 0xf];
    }
  }

  /**
   * Writes the code point at {@code i} and returns how many chars it took beyond the first.
   *
   * @param escapes whether half of a surrogate pair is written as an escape of JSON
   */
  private int beyondAscii(String text, int i, boolean escapes) {
    char c = text.charAt(i);
    if (c < 0x800) {
      array[length++] = (byte) (0xc0 | (c >> 6));
      array[length++] = (byte) (0x80 | (c & 0x3f));
      return 0;
    }
    if (Character.isSurrogate(c)) {
      int codePoint = text.codePointAt(i);
      if (codePoint == c) {
        if (escapes) {
          escape(c);
        } else {
          array[length++] = '?';
        }
        return 0;
      }
      array[length++] = (byte) (0xf0 | (codePoint >> 18));
      array[length++] = (byte) (0x80 | (codePoint >> 12 & 0x3f));
      array[length++] = (byte) (0x80 | (codePoint >> 6 & 0x3f));
      array[length++] = (byte) (0x80 | (codePoint & 0x3f));
      return 1;
    }
    array[length++] = (byte) (0xe0 | (c >> 12));
    array[length++] = (byte) (0x80 | (c >> 6 & 0x3f));
    array[length++] = (byte) (0x80 | (c & 0x3f));
    return 0;
  }

  /**
   * What {@link Instant#toString()} gives, without the formatter: three of these stand in each
   * policy, and would otherwise take most of the time of an export. Two of the three are mostly
   * equal.
   */
  public Utf8Buffer instant(Instant instant) {
    if (!instant.equals(lastInstant)) {
      lastInstantLength = Rfc3339.format(instant, lastInstantText, 0);
      lastInstant = instant;
    }
    if (lastInstantLength == 0) {
      return text(instant.toString());
    }
    reserve(lastInstantLength);
    System.arraycopy(lastInstantText, 0, array, length, lastInstantLength);
    length += lastInstantLength;
    return this;
  }
}
