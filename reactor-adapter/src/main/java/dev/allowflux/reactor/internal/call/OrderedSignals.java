package dev.allowflux.reactor.internal.call;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Signals that are sent in the order in which they were added, by one thread at a time and outside
 * the monitor under which they were added.
 */
final class OrderedSignals {

  private final Queue<Runnable> signals = new ArrayDeque<>();
  private boolean sending;

  synchronized void add(Runnable signal) {
    signals.add(signal);
  }

  /** Whether everything that was added was sent. */
  synchronized boolean isIdle() {
    return !sending && signals.isEmpty();
  }

  /**
   * Sends the signals. A signal may lead to another one, through this method again or on another
   * thread; whoever is sending already sends that too, so that nobody overtakes.
   */
  void send() {
    synchronized (this) {
      if (sending) {
        return;
      }
      sending = true;
    }
    boolean done = false;
    try {
      for (Runnable signal = next(); signal != null; signal = next()) {
        signal.run();
      }
      done = true;
    } finally {
      if (!done) {
        stop();
      }
    }
  }

  private synchronized void stop() {
    sending = false;
  }

  private synchronized @Nullable Runnable next() {
    Runnable signal = signals.poll();
    sending = signal != null;
    return signal;
  }
}
