package dev.allowflux.reactor.internal.call;

import dev.allowflux.reactor.CallEvents.WaitReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A call was not let in: its wait would outlast its deadline, or too many wait already. */
final class CallRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable WaitReason reason;
  private final Duration wait;

  CallRefusedException(@Nullable WaitReason reason, Duration wait) {
    super(null, null, false, false);
    this.reason = reason;
    this.wait = wait;
  }

  /** What the call would wait for, or null if the queue is full. */
  @Nullable WaitReason reason() {
    return reason;
  }

  Duration waitTime() {
    return wait;
  }
}
