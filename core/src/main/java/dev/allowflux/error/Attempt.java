package dev.allowflux.error;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.SafeText;
import java.time.Duration;

/**
 * One attempt of a call.
 *
 * @param number the attempt, counted from 1
 * @param elapsed the time from its start, after any wait for the quota, to its end
 * @param outcome how it ended, in one line of at most 200 characters
 * @since 0.1
 */
public record Attempt(int number, Duration elapsed, String outcome) {
  private static final int MAX_OUTCOME = 200;

  /**
   * Makes the outcome one line and bounds it.
   *
   * @param number the attempt
   * @param elapsed how long it took
   * @param outcome how it ended
   */
  public Attempt {
    requireNonNull(elapsed, "elapsed");
    outcome = SafeText.line(outcome, MAX_OUTCOME);
  }
}
