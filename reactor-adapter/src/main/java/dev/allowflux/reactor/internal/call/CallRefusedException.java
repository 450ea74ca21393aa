package dev.allowflux.reactor.internal.call;

import dev.allowflux.reactor.CallEvents.WaitReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call was not let in: its wait would outlast its deadline, too many wait already, or the store
 * of the quota failed.
 */
final class CallRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable WaitReason reason;
  private final Duration wait;

  CallRefusedException(@Nullable WaitReason reason, Duration wait) {
    super(null, null, false, false);
    this.reason = reason;
    this.wait = wait;
  }

  /** The store of the quota failed. */
  CallRefusedException(Throwable storeFailure) {
    super(null, storeFailure, false, false);
    this.reason = null;
    this.wait = Duration.ZERO;
  }

  /** What the call would wait for, or null if it would wait for nothing. */
  @Nullable WaitReason reason() {
    return reason;
  }

  Duration waitTime() {
    return wait;
  }

  /** Says why, for people. */
  String what() {
    Throwable storeFailure = getCause();
    if (storeFailure != null) {
      return "the store of the rate limit grants nothing: " + storeFailure.getMessage();
    }
    return reason == null
        ? "too many calls wait for the rate limit already"
        : "the rate limit lets it through in "
            + wait.plusMillis(999).toSeconds()
            + " s, which is past its time limit";
  }
}
