package dev.allowflux.benchmarks.peer;

import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The consumer of every stream: counts policies and looks into each of them. */
public final class Counter {
  private long count;
  private long sum;

  public void add(AllowPolicy policy) {
    add(policy.createdAt(), policy.pattern());
  }

  public void add(PolicyRecord policy) {
    add(policy.createdAt(), policy.pattern());
  }

  private void add(Instant createdAt, @Nullable String pattern) {
    count++;
    sum = sum * 31 + createdAt.getEpochSecond() + (pattern == null ? 0 : pattern.length());
  }

  /** A number that streams of the same policies share, once all of them came. */
  public long checked(Endpoint endpoint) {
    if (count != endpoint.policies()) {
      throw new IllegalStateException(count + " policies came instead of " + endpoint.policies());
    }
    return sum;
  }
}
