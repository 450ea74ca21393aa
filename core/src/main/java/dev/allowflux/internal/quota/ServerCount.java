package dev.allowflux.internal.quota;

import org.jspecify.annotations.Nullable;

/**
 * What the service itself says is left of the quota, which others may use too.
 *
 * <p>When its count runs out, no call goes before its reset; then one call goes ahead and asks.
 */
final class ServerCount {

  private static final long SECOND = 1_000_000_000L;
  private static final long UNKNOWN = SpanLimit.UNKNOWN;

  private final int reserve;

  /** How many calls the service still accepts before {@link #reset}, if it said so. */
  private long left = UNKNOWN;

  private long lowest = UNKNOWN;
  private long reset;

  /** Permits granted whose attempt has not ended yet, sent or not. */
  private int outstanding;

  /** Permits whose attempt has ended. */
  private long ended;

  /** The call that goes ahead and asks, once the count ran out and its reset passed. */
  private @Nullable QuotaPermit probe;

  ServerCount(int reserve, int quota) {
    this.reserve = reserve;
    if (reserve > 0) {
      // Until the service has said more: others may spend their share while the first calls run.
      left = (long) quota + reserve;
    }
  }

  int outstanding() {
    return outstanding;
  }

  /** The turn of the call that stands behind {@code ahead} others, or {@code now}. */
  long next(long now, int ahead) {
    if (left == UNKNOWN) {
      return now;
    }
    long free = left - ahead;
    if (free <= reserve) {
      if (now < reset) {
        return reset;
      }
      return probe != null || ahead > 0 ? UNKNOWN : now;
    }
    // Others may spend their share before the response to each call that is under way.
    return free - (long) reserve * (outstanding + ahead) <= reserve ? UNKNOWN : now;
  }

  void taken(QuotaPermit permit) {
    outstanding++;
    if (left != UNKNOWN) {
      if (left <= reserve) {
        probe = permit;
      }
      left--;
    }
  }

  /** A call that needs no permit was sent. */
  void spent() {
    if (left != UNKNOWN) {
      left--;
    }
  }

  void sent(QuotaPermit permit) {
    permit.endedBefore = ended;
  }

  /** A permit was called back that the service has no part in: its request never counts. */
  void notSent() {
    if (left != UNKNOWN) {
      left++;
    }
  }

  void closed(QuotaPermit permit, boolean unused) {
    outstanding--;
    ended++;
    if (unused) {
      notSent();
    }
    if (probe == permit) {
      // The call that went ahead brought no response, so another one must.
      probe = null;
    }
  }

  void silent(QuotaPermit by) {
    if (probe == by || lowest == UNKNOWN) {
      left = UNKNOWN;
      lowest = UNKNOWN;
      probe = null;
    }
  }

  void learn(long now, long remaining, long untilReset, QuotaPermit by) {
    long wait = BelievableWait.ofService(untilReset);
    if (remaining <= lowest) {
      // The calls under way, but for the one with the response, may not be counted in it yet.
      left = remaining - (outstanding - 1);
    } else if (now >= reset || by.sentAt + wait - SECOND >= reset) {
      // A later window, or calls that left a sliding one. The response may be older than others
      // that were seen before, so none that was under way beside it counts as counted.
      left = remaining - (ended + outstanding - by.endedBefore - 1);
    } else {
      return;
    }
    lowest = remaining;
    // Whole seconds, which may have been rounded down.
    reset = now + wait + SECOND;
    probe = null;
  }

  /** A 429 came: nothing is left until the pause is over. */
  void exhausted(long until) {
    left = reserve;
    lowest = 0;
    reset = until;
    probe = null;
  }
}
