package dev.allowflux.simulator;

import java.time.Duration;
import java.util.Objects;

/**
 * How many calls one user may make, and what happens to the next one.
 *
 * @param quota calls in one window, at least 1
 * @param window length of the window, longer than zero
 * @param block how long every call is refused after one too many, longer than zero
 * @param sliding whether the window slides, so that every span of its length counts; otherwise it
 *     is fixed, starts with the first call, and the next starts with the first call after its end
 * @param headers whether responses have {@code Ratelimit} and {@code Ratelimit-Policy}; {@code
 *     retry-after} comes with every refusal in any case
 * @since 0.1
 */
public record RateLimitRule(
    int quota, Duration window, Duration block, boolean sliding, boolean headers) {

  /**
   * Makes a rule of its parts.
   *
   * @param quota calls in one window
   * @param window length of the window
   * @param block length of the block
   * @param sliding whether the window slides
   * @param headers whether responses have the headers
   * @throws IllegalArgumentException if a part is out of its range
   */
  public RateLimitRule {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(block, "block");
    if (quota < 1) {
      throw new IllegalArgumentException("quota must be at least 1, not " + quota);
    }
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("window must be longer than zero, not " + window);
    }
    if (block.isNegative() || block.isZero()) {
      throw new IllegalArgumentException("block must be longer than zero, not " + block);
    }
  }

  /**
   * Returns a rule with a fixed window, a block of 300 seconds and all headers.
   *
   * @param quota calls in one window, at least 1
   * @param window length of the window, longer than zero
   * @return the rule
   * @throws IllegalArgumentException if a part is out of its range
   */
  public static RateLimitRule of(int quota, Duration window) {
    return new RateLimitRule(quota, window, Duration.ofMinutes(5), false, true);
  }

  /**
   * Returns this rule with another block.
   *
   * @param block how long every call is refused after one too many, longer than zero
   * @return the new rule
   * @throws IllegalArgumentException if {@code block} is not longer than zero
   */
  public RateLimitRule withBlock(Duration block) {
    return new RateLimitRule(quota, window, block, sliding, headers);
  }

  /**
   * Returns this rule with a window that slides.
   *
   * @return the new rule
   */
  public RateLimitRule withSlidingWindow() {
    return new RateLimitRule(quota, window, block, true, headers);
  }

  /**
   * Returns this rule without {@code Ratelimit} and {@code Ratelimit-Policy}.
   *
   * @return the new rule
   */
  public RateLimitRule withoutHeaders() {
    return new RateLimitRule(quota, window, block, sliding, false);
  }
}
