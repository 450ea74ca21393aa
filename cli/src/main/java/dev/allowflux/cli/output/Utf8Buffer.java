package dev.allowflux.cli.output;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A page of output in the making: UTF-8 bytes in an array that is used again for the next page. */
public final class Utf8Buffer {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PAIRS = pairs();
  private static final int MAX_INSTANT = 30;
  private static final int SECONDS_PER_DAY = 86_400;
  private static final long FIRST_YEAR_0000 = -62_167_219_200L;
  private static final long LAST_YEAR_9999 = 253_402_300_799L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private byte[] array = new byte[1 << 13];
  private int length;

  private @Nullable Instant lastInstant;
  private final byte[] lastInstantText = new byte[MAX_INSTANT];
  private int lastInstantLength;

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  public byte[] array() {
    return array;
  }

  public int length() {
    return length;
  }

  public void clear() {
    length = 0;
  }

  private void reserve(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
    }
  }

  Utf8Buffer ascii(char c) {
    reserve(1);
    array[length++] = (byte) c;
    return this;
  }

  /** Changes a byte that was written before. */
  void set(int position, char c) {
    array[position] = (byte) c;
  }

  Utf8Buffer bytes(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
    return this;
  }

  Utf8Buffer text(String text) {
    int end = text.length();
    reserve(3 * end);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        array[length++] = (byte) c;
      } else {
        i += beyondAscii(text, i);
      }
    }
    return this;
  }

  /** A JSON string with its quotes. A surrogate without its other half is written as an escape. */
  Utf8Buffer json(String text) {
    // Copying whole and looking at eight bytes at once takes a third of the time of going by char.
    byte[] latin1 = text.getBytes(StandardCharsets.ISO_8859_1);
    if (!isPlain(latin1)) {
      return jsonByChar(text);
    }
    reserve(latin1.length + 2);
    array[length++] = '"';
    System.arraycopy(latin1, 0, array, length, latin1.length);
    length += latin1.length;
    array[length++] = '"';
    return this;
  }

  /**
   * Tells whether all of it is ASCII that stands for itself in JSON. A question mark does not
   * count, since the JDK writes one for what is not Latin-1.
   */
  private static boolean isPlain(byte[] latin1) {
    int i = 0;
    for (; i <= latin1.length - Long.BYTES; i += Long.BYTES) {
      long eight = (long) LONG.get(latin1, i);
      long special =
          eight
              | ((eight - 0x20 * ONES) & ~eight)
              | zeros(eight ^ '"' * ONES)
              | zeros(eight ^ '\\' * ONES)
              | zeros(eight ^ '?' * ONES);
      if ((special & HIGH_BITS) != 0) {
        return false;
      }
    }
    for (; i < latin1.length; i++) {
      byte c = latin1[i];
      if (c < 0x20 || c == '"' || c == '\\' || c == '?') {
        return false;
      }
    }
    return true;
  }

  /** The high bit of a byte is set if the byte is zero, or if it follows one that is. */
  private static long zeros(long bytes) {
    return (bytes - ONES) & ~bytes;
  }

  private Utf8Buffer jsonByChar(String text) {
    int end = text.length();
    reserve(6 * end + 2);
    array[length++] = '"';
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        if (isLonely(text, i)) {
          escape(c);
        } else {
          i += beyondAscii(text, i);
        }
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

  private static boolean isLonely(String text, int i) {
    char c = text.charAt(i);
    if (Character.isLowSurrogate(c)) {
      return i == 0 || !Character.isHighSurrogate(text.charAt(i - 1));
    }
    return Character.isHighSurrogate(c)
        && (i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1)));
  }

  /** Writes the code point at {@code i} and returns how many chars it took beyond the first. */
  private int beyondAscii(String text, int i) {
    char c = text.charAt(i);
    if (c < 0x800) {
      array[length++] = (byte) (0xc0 | (c >> 6));
      array[length++] = (byte) (0x80 | (c & 0x3f));
      return 0;
    }
    if (Character.isSurrogate(c)) {
      if (isLonely(text, i)) {
        array[length++] = '?';
        return 0;
      }
      int codePoint = text.codePointAt(i);
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
  Utf8Buffer instant(Instant instant) {
    if (instant.equals(lastInstant)) {
      reserve(lastInstantLength);
      System.arraycopy(lastInstantText, 0, array, length, lastInstantLength);
      length += lastInstantLength;
      return this;
    }
    long second = instant.getEpochSecond();
    if (second < FIRST_YEAR_0000 || second > LAST_YEAR_9999) {
      return text(instant.toString());
    }
    reserve(MAX_INSTANT);
    int start = length;
    date(Math.floorDiv(second, SECONDS_PER_DAY));
    int ofDay = (int) Math.floorMod(second, (long) SECONDS_PER_DAY);
    array[length++] = 'T';
    digits(ofDay / 3600, 2);
    array[length++] = ':';
    digits(ofDay / 60 % 60, 2);
    array[length++] = ':';
    digits(ofDay % 60, 2);
    int nano = instant.getNano();
    if (nano != 0) {
      array[length++] = '.';
      if (nano % 1_000_000 == 0) {
        digits(nano / 1_000_000, 3);
      } else if (nano % 1000 == 0) {
        digits(nano / 1000, 6);
      } else {
        digits(nano, 9);
      }
    }
    array[length++] = 'Z';
    lastInstant = instant;
    lastInstantLength = length - start;
    System.arraycopy(array, start, lastInstantText, 0, lastInstantLength);
    return this;
  }

  /** Counts in years that begin in March, so that the leap day is the last one. */
  private void date(long epochDay) {
    long day = epochDay + 719_468;
    long era = Math.floorDiv(day, 146_097);
    int ofEra = (int) (day - era * 146_097);
    int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int month = (5 * ofYear + 2) / 153;
    digits((int) (yearOfEra + era * 400) + (month < 10 ? 0 : 1), 4);
    array[length++] = '-';
    digits(month < 10 ? month + 3 : month - 9, 2);
    array[length++] = '-';
    digits(ofYear - (153 * month + 2) / 5 + 1, 2);
  }

  /** Two at a time, since a division takes longer than all the rest of this. */
  private void digits(int number, int count) {
    int rest = number;
    int first = length;
    length += count;
    int i = length;
    for (; i - first > 1; i -= 2) {
      int pair = 2 * (rest % 100);
      array[i - 2] = PAIRS[pair];
      array[i - 1] = PAIRS[pair + 1];
      rest /= 100;
    }
    if (i > first) {
      array[first] = (byte) ('0' + rest);
    }
  }
}
