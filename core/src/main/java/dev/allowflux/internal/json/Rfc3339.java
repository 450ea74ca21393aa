package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Year;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes timestamps without making garbage: three thousand to a page, they cost more than
 * all the rest of it when the JDK reads or writes them.
 */
public final class Rfc3339 {
  private static final int SECONDS_END = 19;
  private static final int MAX_FRACTION = 9;
  private static final int DAY_SECONDS = 86_400;

  /** From the first of March of the year 0 to the epoch. */
  private static final int DAYS_TO_1970 = 719_468;

  /** As far from Greenwich as the JDK goes. */
  private static final int MAX_OFFSET_SECONDS = 18 * 3600;

  private static final long FIRST_SECOND = LocalDate.of(0, 1, 1).toEpochDay() * DAY_SECONDS;
  private static final long LAST_SECOND = LocalDate.of(10_000, 1, 1).toEpochDay() * DAY_SECONDS - 1;

  /** Four hundred years, after which the calendar repeats. */
  private static final int DAYS_PER_ERA = 146_097;

  private static final byte[] PAIRS = pairs();

  private Rfc3339() {}

  /**
   * Reads a time in all its forms, see {@link #parse(byte[], int, int)}.
   *
   * @return the instant, or null if the text is none
   */
  public static @Nullable Instant parse(String text) {
    // What is not of ISO 8859-1 becomes a question mark, which no time has either.
    byte[] bytes = text.getBytes(ISO_8859_1);
    return parse(bytes, 0, bytes.length);
  }

  /**
   * Reads {@code 2026-11-21T08:15:30.12345Z} in all its forms: up to nine fraction digits, any
   * offset, a space or small letters for the T and the Z; a leap second reads as the second before
   * it. What else {@link OffsetDateTime#parse(CharSequence)} reads, this reads too.
   *
   * @param text has the characters from {@code start} on, one byte each; a byte that is not ASCII
   *     stands for what no time has
   * @return the instant, or null if the text is none
   */
  static @Nullable Instant parse(byte[] text, int start, int length) {
    int shortest = SECONDS_END + 1;
    if (length < shortest
        || text[start + 4] != '-'
        || text[start + 7] != '-'
        || !isDateEnd(text[start + 10])
        || text[start + 13] != ':'
        || text[start + 16] != ':') {
      return parseByJdk(text, start, length);
    }
    int year = 100 * twoDigits(text, start) + twoDigits(text, start + 2);
    int month = twoDigits(text, start + 5);
    int day = twoDigits(text, start + 8);
    int hour = twoDigits(text, start + 11);
    int minute = twoDigits(text, start + 14);
    int second = twoDigits(text, start + 17);
    int end = start + length;
    int at = start + SECONDS_END;
    int nanos = 0;
    if (text[at] == '.') {
      int firstDigit = ++at;
      while (at < end && isDigit(text[at]) && at - firstDigit < MAX_FRACTION) {
        nanos = 10 * nanos + text[at++] - '0';
      }
      for (int digits = at - firstDigit; digits < MAX_FRACTION; digits++) {
        nanos *= 10;
      }
    }
    int offset = offsetSeconds(text, at, end);
    if (!isDate(year, month, day) || !isTime(hour, minute, second) || offset == Integer.MIN_VALUE) {
      return parseByJdk(text, start, length);
    }
    int secondOfDay = 3600 * hour + 60 * minute + Math.min(second, 59);
    long epochSecond = (long) DAY_SECONDS * epochDay(year, month, day) + secondOfDay - offset;
    return Instant.ofEpochSecond(epochSecond, nanos);
  }

  private static boolean isDate(int year, int month, int day) {
    return year >= 0
        && month >= 1
        && month <= 12
        && day >= 1
        && day <= Month.of(month).length(Year.isLeap(year));
  }

  private static boolean isTime(int hour, int minute, int second) {
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60;
  }

  /** Counts years from March, so that a leap day is the last of its year. */
  private static int epochDay(int year, int month, int day) {
    int yearFromMarch = month > 2 ? year : year - 1;
    int monthFromMarch = month > 2 ? month - 3 : month + 9;
    int dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
    int leapDays =
        Math.floorDiv(yearFromMarch, 4)
            - Math.floorDiv(yearFromMarch, 100)
            + Math.floorDiv(yearFromMarch, 400);
    return 365 * yearFromMarch + leapDays + dayOfYear - DAYS_TO_1970;
  }

  /** The longest text that {@link #format} writes. */
  static final int MAX_FORMATTED = 30;

  /**
   * Writes a time in UTC with none, three, six or nine fraction digits, as {@link Instant#toString}
   * does.
   *
   * @param text takes the characters, with room for {@link #MAX_FORMATTED} of them
   * @param at where they begin
   * @return the index behind them, or {@code at} for a year that does not have four digits
   */
  static int format(Instant time, byte[] text, int at) {
    long second = time.getEpochSecond();
    if (second < FIRST_SECOND || second > LAST_SECOND) {
      return at;
    }
    date(text, at, Math.floorDiv(second, DAY_SECONDS));
    int secondOfDay = Math.floorMod(second, DAY_SECONDS);
    text[at + 10] = 'T';
    digits(text, at + 11, 2, secondOfDay / 3600);
    text[at + 13] = ':';
    digits(text, at + 14, 2, secondOfDay / 60 % 60);
    text[at + 16] = ':';
    digits(text, at + 17, 2, secondOfDay % 60);
    int end = at + SECONDS_END;
    int nanos = time.getNano();
    if (nanos != 0) {
      text[end++] = '.';
      if (nanos % 1_000_000 == 0) {
        digits(text, end, 3, nanos / 1_000_000);
        end += 3;
      } else if (nanos % 1000 == 0) {
        digits(text, end, 6, nanos / 1000);
        end += 6;
      } else {
        digits(text, end, MAX_FRACTION, nanos);
        end += MAX_FRACTION;
      }
    }
    text[end++] = 'Z';
    return end;
  }

  /** Counts in years that begin in March, so that the leap day is the last one. */
  private static void date(byte[] text, int at, long epochDay) {
    long day = epochDay + DAYS_TO_1970;
    long era = Math.floorDiv(day, DAYS_PER_ERA);
    int ofEra = (int) (day - era * DAYS_PER_ERA);
    int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int month = (5 * ofYear + 2) / 153;
    digits(text, at, 4, (int) (yearOfEra + era * 400) + (month < 10 ? 0 : 1));
    text[at + 4] = '-';
    digits(text, at + 5, 2, month < 10 ? month + 3 : month - 9);
    text[at + 7] = '-';
    digits(text, at + 8, 2, ofYear - (153 * month + 2) / 5 + 1);
  }

  /** Two at a time, since a division takes longer than all the rest of this. */
  private static void digits(byte[] text, int from, int count, int value) {
    int rest = value;
    int at = from + count;
    for (; at - from > 1; at -= 2) {
      int pair = 2 * (rest % 100);
      text[at - 2] = PAIRS[pair];
      text[at - 1] = PAIRS[pair + 1];
      rest /= 100;
    }
    if (at > from) {
      text[from] = (byte) ('0' + rest);
    }
  }

  private static byte[] pairs() {
    byte[] pairs = new byte[200];
    for (int i = 0; i < 100; i++) {
      pairs[2 * i] = (byte) ('0' + i / 10);
      pairs[2 * i + 1] = (byte) ('0' + i % 10);
    }
    return pairs;
  }

  private static @Nullable Instant parseByJdk(byte[] text, int start, int length) {
    try {
      return OffsetDateTime.parse(new String(text, start, length, ISO_8859_1)).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean isDateEnd(byte c) {
    return c == 'T' || c == 't' || c == ' ';
  }

  /** Returns the seconds east of Greenwich, or the smallest int if what is left is no offset. */
  private static int offsetSeconds(byte[] text, int at, int end) {
    int left = end - at;
    if (left == 1 && (text[at] == 'Z' || text[at] == 'z')) {
      return 0;
    }
    if (left == 6 && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
      int hours = twoDigits(text, at + 1);
      int minutes = twoDigits(text, at + 4);
      int seconds = 3600 * hours + 60 * minutes;
      if (hours >= 0 && minutes >= 0 && minutes <= 59 && seconds <= MAX_OFFSET_SECONDS) {
        return text[at] == '-' ? -seconds : seconds;
      }
    }
    return Integer.MIN_VALUE;
  }

  /** Returns 0 to 99, or a number below -99 if one of the two is no digit. */
  private static int twoDigits(byte[] text, int at) {
    byte tens = text[at];
    byte ones = text[at + 1];
    return isDigit(tens) && isDigit(ones) ? 10 * (tens - '0') + ones - '0' : -10_000;
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }
}
