package dev.allowflux.reactor.internal.call;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** One clock for every timer of Reactor and for the gate, moved by the test. */
public final class VirtualTime implements AutoCloseable {

  private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.getOrSet();

  public LongSupplier nanos() {
    return () -> scheduler.now(TimeUnit.NANOSECONDS);
  }

  public void advance(Duration time) {
    scheduler.advanceTimeBy(time);
  }

  @Override
  public void close() {
    VirtualTimeScheduler.reset();
  }
}
