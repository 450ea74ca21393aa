package dev.allowflux.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** What is left of the calls of a {@link RateLimitRule}; the credentials of one user share it. */
final class Quota {

  /** How the quota stands for one call: refused or not, calls left, nanoseconds to the reset. */
  record State(boolean refused, int left, long resetNanos) {
    long resetSeconds() {
      return (resetNanos + 999_999_999) / 1_000_000_000;
    }
  }

  private final RateLimitRule rule;
  private final long window;
  private final LongSupplier clock;

  /** When each counted call of this window came; a fixed window starts at the first of them. */
  private final Deque<Long> calls = new ArrayDeque<>();

  private boolean blocked;
  private long blockEnd;

  Quota(RateLimitRule rule, LongSupplier clock) {
    this.rule = rule;
    this.window = rule.window().toNanos();
    this.clock = clock;
  }

  RateLimitRule rule() {
    return rule;
  }

  synchronized State take() {
    long now = forgetWhatIsOver();
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

  synchronized State look() {
    return state(forgetWhatIsOver());
  }

  private long forgetWhatIsOver() {
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

  private State state(long now) {
    if (blocked) {
      return new State(true, 0, blockEnd - now);
    }
    long start = calls.isEmpty() ? now : calls.getFirst();
    return new State(false, rule.quota() - calls.size(), start + window - now);
  }
}
