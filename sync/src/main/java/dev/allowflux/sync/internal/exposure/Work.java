package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;

/**
 * Counts what the judgement of one expression costs, and ends it at fixed limits.
 *
 * <p>Counts, and no clock, so that the same expression is judged alike on every machine.
 */
final class Work {
  static final int MAX_STATES = 60_000;
  static final int MAX_TRANSITIONS = 200_000;
  static final long MAX_STEPS = 10_000_000;

  private int states;
  private int transitions;
  private long steps;

  void state() {
    if (++states > MAX_STATES) {
      throw tooLarge();
    }
  }

  void transition() {
    if (++transitions > MAX_TRANSITIONS) {
      throw tooLarge();
    }
  }

  /** Counts transitions that are looked at. */
  void steps(int count) {
    steps += count;
    if (steps > MAX_STEPS) {
      throw tooLarge();
    }
  }

  int states() {
    return states;
  }

  int transitions() {
    return transitions;
  }

  long steps() {
    return steps;
  }

  private static UndecidableRegexException tooLarge() {
    return new UndecidableRegexException("it is too large to decide");
  }
}
