package dev.allowflux.kafka.connect;

import java.time.Duration;

/** How long to wait after a failure: 1 s, then twice as long each time, at most 60 s. */
final class Backoff {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofSeconds(60);

  private int failures;

  Duration next() {
    Duration wait = FIRST.multipliedBy(1L << Math.min(failures++, 6));
    return wait.compareTo(MAX) > 0 ? MAX : wait;
  }

  void reset() {
    failures = 0;
  }
}
