package dev.allowflux.cli.runtime;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.reactor.CallEvents;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.scheduler.Schedulers;

/** Reports why nothing seems to happen: waits that a person notices, and with -v retries. */
final class CallLog implements CallEvents {
  private static final Duration NOTICEABLE = Duration.ofMillis(500);
  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private final Invocation invocation;
  private final AtomicLong nextWait = new AtomicLong(System.nanoTime());

  CallLog(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public void waiting(Call call, WaitReason reason, Duration expected) {
    long now = System.nanoTime();
    long next = nextWait.get();
    // Calls that wait together wait for the same reason: one line is enough.
    if (expected.compareTo(NOTICEABLE) < 0
        || now - next < 0
        || !nextWait.compareAndSet(next, now + QUIET_NANOS)) {
      return;
    }
    String why =
        switch (reason) {
          case QUOTA -> "the rate limit is used up";
          case SERVER_QUOTA -> "the service says that the rate limit is used up";
          case THROTTLED -> "the service asked for a pause (429)";
        };
    say("waiting " + DurationText.format(expected) + ": " + why);
  }

  @Override
  public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
    if (invocation.verbosity() > 0) {
      say(
          "attempt "
              + attempt
              + " failed, next in "
              + DurationText.format(backoff)
              + ": "
              + failure.getMessage());
    }
  }

  /** Events come on event loops, which must not wait for a terminal. */
  private void say(String line) {
    Schedulers.boundedElastic().schedule(() -> invocation.say(line));
  }
}
