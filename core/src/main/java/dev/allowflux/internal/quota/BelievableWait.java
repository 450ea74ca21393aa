package dev.allowflux.internal.quota;

import java.time.Duration;

/**
 * How long a named wait is believed.
 *
 * <p>The service blocks for five minutes (docs/api-facts.md#rate-limits). Twice as long may be a
 * clumsy rounding; what is longer is an error, or comes from something else, and must not silence a
 * client for days: after the documented five minutes one call asks again.
 */
public final class BelievableWait {
  private static final long DOCUMENTED_BLOCK = 300_000_000_000L;

  private BelievableWait() {}

  /**
   * Bounds a wait that the service names.
   *
   * @param nanos the wait
   * @return the wait itself, or the documented block if the wait is longer than twice that
   */
  public static long ofService(long nanos) {
    return nanos > 2 * DOCUMENTED_BLOCK ? DOCUMENTED_BLOCK : nanos;
  }

  /**
   * Bounds a wait that a 429 names which does not come from the service itself, but from whatever
   * stands before it.
   *
   * @param wait the wait
   * @return the wait itself, at most the documented block
   */
  public static Duration ofOther(Duration wait) {
    Duration block = Duration.ofNanos(DOCUMENTED_BLOCK);
    return wait.compareTo(block) <= 0 ? wait : block;
  }
}
