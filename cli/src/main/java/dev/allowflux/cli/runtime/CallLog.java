package dev.allowflux.cli.runtime;

import dev.allowflux.cli.option.Durations;
import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.reactor.CallEvents;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.scheduler.Schedulers;

/** Tells a person why nothing seems to happen: waits that can be felt, and with -v retries. */
final class CallLog implements CallEvents {
  private static final Duration FELT = Duration.ofMillis(500);
  private static final long QUIET_NANOS = Duration.ofSeconds(1).toNanos();

  private final ProcessIo shell;
  private final int verbosity;
  private final AtomicLong nextWait = new AtomicLong(System.nanoTime());

  CallLog(ProcessIo shell, int verbosity) {
    this.shell = shell;
    this.verbosity = verbosity;
  }

  @Override
  public void waiting(Call call, WaitReason reason, Duration expected) {
    long now = System.nanoTime();
    long next = nextWait.get();
    // Calls that wait together wait for the same thing: one of them says so.
    if (expected.compareTo(FELT) < 0
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
    say("waiting " + Durations.format(expected) + ": " + why);
  }

  @Override
  public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
    if (verbosity > 0) {
      say(
          "attempt "
              + attempt
              + " failed, next in "
              + Durations.format(backoff)
              + ": "
              + failure.getMessage());
    }
  }

  /** Events come on event loops, which must not wait for a terminal. */
  private void say(String line) {
    Schedulers.boundedElastic().schedule(() -> shell.err().println("allowflux: " + line));
  }
}
