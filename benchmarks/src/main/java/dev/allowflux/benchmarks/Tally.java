package dev.allowflux.benchmarks;

import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The consumer of every stream: counts policies and looks into each of them. */
final class Tally {
  private long count;
  private long sum;

  void add(AllowPolicy policy) {
    add(policy.createdAt(), policy.pattern());
  }

  void add(PolicyRecord policy) {
    add(policy.createdAt(), policy.pattern());
  }

  private void add(Instant createdAt, @Nullable String pattern) {
    count++;
    sum = sum * 31 + createdAt.getEpochSecond() + (pattern == null ? 0 : pattern.length());
  }

  /** A number that streams of the same policies share, once all of them came. */
  long checked(Endpoint endpoint) {
    if (count != endpoint.policies()) {
      throw new IllegalStateException(count + " policies came instead of " + endpoint.policies());
    }
    return sum;
  }
}
