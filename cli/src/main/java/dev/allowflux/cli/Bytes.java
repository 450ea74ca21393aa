package dev.allowflux.cli;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/** A page of output in the making: UTF-8 bytes in an array that is used again for the next page. */
final class Bytes {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final int SECONDS_PER_DAY = 86_400;
  private static final long FIRST_YEAR_0000 = -62_167_219_200L;
  private static final long LAST_YEAR_9999 = 253_402_300_799L;

  private byte[] array = new byte[1 << 13];
  private int length;

  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  void clear() {
    length = 0;
  }

  private void reserve(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
    }
  }

  Bytes ascii(char c) {
    reserve(1);
    array[length++] = (byte) c;
    return this;
  }

  Bytes bytes(byte[] bytes) {
    reserve(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
    return this;
  }

  Bytes text(String text) {
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
  Bytes json(String text) {
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
   * policy, and would otherwise take most of the time of an export.
   */
  Bytes instant(Instant instant) {
    long second = instant.getEpochSecond();
    if (second < FIRST_YEAR_0000 || second > LAST_YEAR_9999) {
      return text(instant.toString());
    }
    reserve(30);
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

  private void digits(int number, int count) {
    int rest = number;
    for (int i = length + count - 1; i >= length; i--) {
      array[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }
}
