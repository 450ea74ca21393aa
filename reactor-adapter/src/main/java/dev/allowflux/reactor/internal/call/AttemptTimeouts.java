package dev.allowflux.reactor.internal.call;

import dev.allowflux.model.Operation;
import java.time.Duration;

/**
 * How long an attempt may take from its sending; zero is no limit.
 *
 * @param single an attempt that concerns one policy or one page
 * @param batch an attempt of a batch, which the service may need far longer for
 */
public record AttemptTimeouts(Duration single, Duration batch) {

  /** Returns the limit of an attempt. */
  public Duration of(Operation operation) {
    return operation == Operation.BATCH ? batch : single;
  }
}
