package dev.allowflux.simulator.internal.server;

import dev.allowflux.simulator.internal.random.SplitMix;
import java.time.Duration;

/**
 * The time from a request to its response, and the moment within it at which a read is evaluated.
 * Both are random within their bounds and follow from the seed and the number of the request.
 *
 * @param readsWithin whether a read is evaluated at a random moment rather than at once
 */
public record Latency(long minNanos, long maxNanos, boolean readsWithin, long seed) {

  /** Bounds as durations; the nanoseconds must fit a long. */
  public static Latency of(Duration min, Duration max, boolean readsWithin, long seed) {
    return new Latency(min.toNanos(), max.toNanos(), readsWithin, seed);
  }

  long nanos(long request) {
    return minNanos + share(2 * request, maxNanos - minNanos);
  }

  /**
   * The time until a request is evaluated.
   *
   * @param latencyNanos the latency of this request
   */
  long evaluationNanos(long request, boolean read, long latencyNanos) {
    return read && readsWithin ? share(2 * request + 1, latencyNanos) : 0;
  }

  private long share(long draw, long nanos) {
    return nanos == 0
        ? 0
        : (long) (new SplitMix(SplitMix.mix(seed) + SplitMix.mix(draw)).fraction() * (nanos + 1.0));
  }
}
