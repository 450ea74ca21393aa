package dev.allowflux.internal.quota;

import org.jspecify.annotations.Nullable;

/**
 * How long no call goes after a response of 429.
 *
 * <p>A wait that the service names holds as {@link BelievableWait} bounds it. Without one the pause
 * is 2 s and doubles with each further 429, up to 300 s; several 429s of one burst are one step.
 */
final class PauseAfter429 {

  private static final long SECOND = 1_000_000_000L;
  private static final long FIRST_UNNAMED = 2 * SECOND;
  private static final long LONGEST_UNNAMED = 300 * SECOND;

  private long until;
  private long unnamed;

  /** A 429 came. {@code named} is the wait that it names, or null. */
  void refused(long now, @Nullable Long named) {
    long pause;
    if (named != null && named > 0) {
      pause = BelievableWait.ofService(named);
    } else if (now < until) {
      pause = 0;
    } else {
      unnamed = unnamed == 0 ? FIRST_UNNAMED : Math.min(LONGEST_UNNAMED, unnamed * 2);
      pause = unnamed;
    }
    until = Math.max(until, now + pause);
  }

  /**
   * Another process saw a 429.
   *
   * @return whether the pause has become longer by it
   */
  boolean pausedBy(long now, long wait) {
    long end = now + BelievableWait.ofService(wait);
    boolean longer = end > until;
    until = Math.max(until, end);
    return longer;
  }

  /** Another response than 429 came to a call that was sent at {@code sentAt}. */
  void passed(long sentAt) {
    if (sentAt >= until) {
      unnamed = 0;
    }
  }

  /** The end of the pause; no call goes before it. */
  long until() {
    return until;
  }
}
