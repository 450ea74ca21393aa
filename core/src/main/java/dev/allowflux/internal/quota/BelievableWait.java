package dev.allowflux.internal.quota;

/**
 * How long a named wait is believed.
 *
 * <p>The service blocks for five minutes (docs/api-facts.md#rate-limits). Twice as long may be a
 * clumsy rounding; what is longer is an error, or comes from something else, and must not silence a
 * client for days: after the documented five minutes one call asks again.
 */
final class BelievableWait {

  static final long DOCUMENTED_BLOCK = 300_000_000_000L;

  private BelievableWait() {}

  /** Returns the wait itself, or the documented block if the wait is longer than twice that. */
  static long of(long nanos) {
    return nanos > 2 * DOCUMENTED_BLOCK ? DOCUMENTED_BLOCK : nanos;
  }
}
