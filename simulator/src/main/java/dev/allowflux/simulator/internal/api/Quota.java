package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.internal.exchange.QuotaState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** The remaining calls of a {@link RateLimitRule}; the credentials of one user share it. */
public final class Quota {

  private final RateLimitRule rule;
  private final long window;
  private final LongSupplier clock;

  /** The times of the counted calls of this window; a fixed window starts at the first of them. */
  private final Deque<Long> calls = new ArrayDeque<>();

  private boolean blocked;
  private long blockEnd;

  public Quota(RateLimitRule rule, LongSupplier clock) {
    this.rule = rule;
    this.window = rule.window().toNanos();
    this.clock = clock;
  }

  RateLimitRule rule() {
    return rule;
  }

  /** Makes the quota full again and ends a block. */
  public synchronized void reset() {
    calls.clear();
    blocked = false;
  }

  public synchronized QuotaState take() {
    long now = removeExpired();
    if (!blocked) {
      if (calls.size() < rule.quota()) {
        calls.add(now);
      } else {
        blocked = true;
        blockEnd = now + rule.block().toNanos();
      }
    }
    return state(now);
  }

  public synchronized QuotaState peek() {
    return state(removeExpired());
  }

  private long removeExpired() {
    long now = clock.getAsLong();
    if (blocked && now - blockEnd >= 0) {
      blocked = false;
      calls.clear();
    }
    if (rule.sliding()) {
      while (!calls.isEmpty() && now - calls.getFirst() >= window) {
        calls.removeFirst();
      }
    } else if (!calls.isEmpty() && now - calls.getFirst() >= window) {
      calls.clear();
    }
    return now;
  }

  private QuotaState state(long now) {
    if (blocked) {
      return new QuotaState(true, 0, blockEnd - now);
    }
    long start = calls.isEmpty() ? now : calls.getFirst();
    return new QuotaState(false, rule.quota() - calls.size(), start + window - now);
  }
}
