package dev.allowflux.benchmarks.peer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What blocking at the end of a stream gives back, which cannot be nothing here. */
public final class Streams {
  public static final Duration PATIENCE = Duration.ofMinutes(5);

  private Streams() {}

  public static long checked(@Nullable Counter counter, Endpoint endpoint) {
    return present(counter).checked(endpoint);
  }

  public static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the stream ended without a value");
    }
    return value;
  }
}
