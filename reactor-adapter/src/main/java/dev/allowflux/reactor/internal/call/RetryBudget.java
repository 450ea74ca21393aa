package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Throttled;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds the retries of a client: each takes tokens, each success gives some back. While the
 * service is down the bucket runs dry after some tens of retries, and calls fail at their first
 * attempt instead of multiplying the traffic.
 */
final class RetryBudget {

  private static final int CAPACITY = 500;
  private static final int TRANSIENT_COST = 14;
  private static final int THROTTLED_COST = 5;
  private static final int FIRST_TRY_REFUND = 1;

  private final AtomicInteger tokens = new AtomicInteger(CAPACITY);

  static int cost(EmailSecurityException failure) {
    return failure instanceof Throttled ? THROTTLED_COST : TRANSIENT_COST;
  }

  boolean take(int cost) {
    int left;
    do {
      left = tokens.get();
      if (left < cost) {
        return false;
      }
    } while (!tokens.compareAndSet(left, left - cost));
    return true;
  }

  /** A call succeeded whose last retry cost so much, or 0 if it had none. */
  void succeeded(int lastCost) {
    if (tokens.get() < CAPACITY) {
      int refund = lastCost == 0 ? FIRST_TRY_REFUND : lastCost;
      tokens.updateAndGet(left -> Math.min(CAPACITY, left + refund));
    }
  }
}
