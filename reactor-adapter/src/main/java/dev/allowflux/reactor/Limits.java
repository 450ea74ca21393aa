package dev.allowflux.reactor;

import java.time.Duration;

/** The ranges that settings and options are held to. */
final class Limits {

  /** Fits the milliseconds that Netty counts in an int, and the nanoseconds that Reactor counts. */
  private static final Duration LONGEST = Duration.ofDays(24);

  private static final Duration SHORTEST = Duration.ofMillis(1);

  private Limits() {}

  static int inRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", but is " + value);
    }
    return value;
  }

  /** A limit, which is none if it is zero: less than a millisecond would be rounded to that. */
  static Duration duration(String name, Duration value) {
    boolean tooShort = !value.isZero() && value.compareTo(SHORTEST) < 0;
    if (tooShort || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          name + " must be from 1 ms to 24 days, or zero for no limit, but is " + value);
    }
    return value;
  }

  static Duration pause(String name, Duration value) {
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + " must be from 0 to 24 days, but is " + value);
    }
    return value;
  }
}
