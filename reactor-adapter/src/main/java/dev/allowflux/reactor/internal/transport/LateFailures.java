package dev.allowflux.reactor.internal.transport;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.reactor.AllowPolicyClient;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Failures of an exchange that come when nobody waits for it any more. Reactor would log each as an
 * error with a stack trace, although nothing is wrong.
 *
 * <p>There are two of them. A connection may be lost just as its call is cancelled. And the pool of
 * Reactor Netty 1.2 starts the timer of a call that waits for a connection after it has queued the
 * call: if the call gets its connection in between, nothing stops the timer, which reports a
 * time-out of the call when that is long over.
 */
final class LateFailures {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  private static final Logger LOG = LoggerFactory.getLogger(AllowPolicyClient.class);

  /** Where Reactor looks for a hook that is not that of the whole process. */
  private static final String HOOK = "reactor.onErrorDropped.local";

  private LateFailures() {}

  /** Adds the hook, unless the subscriber has one. */
  static Context handledIn(Context context) {
    Consumer<Throwable> hook = LateFailures::handle;
    return context.hasKey(HOOK) ? context : context.put(HOOK, hook);
  }

  private static void handle(Throwable failure) {
    if (failure instanceof IOException
        || failure instanceof TimeoutException
        || failure instanceof EmailSecurityException) {
      LOG.debug("a call that was over failed: {}", failure.getClass().getName());
    } else {
      Operators.onErrorDropped(failure, Context.empty());
    }
  }
}
