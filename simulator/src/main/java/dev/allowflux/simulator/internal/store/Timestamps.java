package dev.allowflux.simulator.internal.store;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Times as RFC 3339 text in UTC, with a chosen number of fraction digits.
 *
 * <p>{@code DateTimeFormatter} needs a formatter for each number of digits and is slower, which
 * shows at the start with a million policies.
 */
final class Timestamps {
  private Timestamps() {}

  static String text(long epochNanos, int digits) {
    long second = Math.floorDiv(epochNanos, 1_000_000_000L);
    int nano = (int) Math.floorMod(epochNanos, 1_000_000_000L);
    LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    StringBuilder text = new StringBuilder(30).append(time);
    if (time.getSecond() == 0) {
      text.append(":00");
    }
    if (digits > 0) {
      String fraction = Integer.toString(1_000_000_000 + nano);
      text.append('.').append(fraction, 1, 1 + digits);
    }
    return text.append('Z').toString();
  }
}
