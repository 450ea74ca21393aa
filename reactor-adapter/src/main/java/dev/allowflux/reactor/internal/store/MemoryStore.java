package dev.allowflux.reactor.internal.store;

import dev.allowflux.internal.quota.PlaceTable.Cells;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Reply;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Keeps a quota in memory. */
public final class MemoryStore implements QuotaStore {

  private final LongSupplier nanos;
  private final long epoch;
  private @Nullable CellStore cells;

  /**
   * Makes a store, all of its places free.
   *
   * @param nanos the clock
   */
  public MemoryStore(LongSupplier nanos) {
    this.nanos = nanos;
    this.epoch = nanos.getAsLong();
  }

  @Override
  public Mono<Reply> exchange(Exchange exchange) {
    return Mono.fromSupplier(() -> carryOut(exchange));
  }

  private synchronized Reply carryOut(Exchange exchange) {
    if (cells == null) {
      // A place that was never taken is free from the moment 0, which the clock has not passed yet.
      cells =
          new CellStore(
              new HeapCells(CellStore.cells(exchange.limits())),
              exchange.limits(),
              () -> nanos.getAsLong() - epoch + 1);
    }
    return cells.exchange(exchange);
  }

  private static final class HeapCells implements Cells {
    private final AtomicLongArray values;

    HeapCells(int size) {
      values = new AtomicLongArray(size);
    }

    @Override
    public long get(int index) {
      return values.get(index);
    }

    @Override
    public boolean compareAndSet(int index, long expected, long value) {
      return values.compareAndSet(index, expected, value);
    }
  }
}
