package dev.allowflux.cli.runtime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Turns Ctrl-C into a stop behind the batches under way, as long as it is open. */
public final class StopSignal implements AutoCloseable {
  /** How long a signal waits for the batches under way; whoever sent it may not wait longer. */
  private static final Duration LAST_BATCH = Duration.ofSeconds(30);

  private final Invocation invocation;
  private final Sinks.Empty<Void> stop = Sinks.empty();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread onSignal = new Thread(this::stopAndWait, "allowflux-stop");

  public StopSignal(Invocation invocation) {
    this.invocation = invocation;
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  /** Completes when the process is to end, for late subscribers, too. */
  public Mono<Void> asMono() {
    return stop.asMono();
  }

  /** Lets the batches under way end, so that the journal leaves nothing to be found out. */
  private void stopAndWait() {
    if (invocation.io().errIsTerminal()) {
      invocation.io().err().print("\r\033[K");
    }
    invocation.say("ending after the batch under way");
    stop.tryEmitEmpty();
    try {
      if (!ended.await(LAST_BATCH.toSeconds(), TimeUnit.SECONDS)) {
        invocation.say("the batch has not ended; the next run finds out about it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The signal came first; its thread ends by itself, as the run has.
    }
  }
}
