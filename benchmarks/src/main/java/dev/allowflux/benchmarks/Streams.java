package dev.allowflux.benchmarks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What blocking at the end of a stream gives back, which cannot be nothing here. */
final class Streams {
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private Streams() {}

  static long checked(@Nullable Tally tally, Endpoint endpoint) {
    return present(tally).checked(endpoint);
  }

  static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the stream ended without a value");
    }
    return value;
  }
}
