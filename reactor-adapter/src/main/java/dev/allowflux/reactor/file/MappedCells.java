package dev.allowflux.reactor.file;

import dev.allowflux.internal.quota.PlaceTable;
import dev.allowflux.internal.quota.PlaceTable.Cells;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.store.CellStore;
import java.time.Instant;

/**
 * The cells of a quota in a file, and behind them the process that holds each place.
 *
 * <p>A process that is stopped may have been about to write its request, and does so when it goes
 * on, however late. So a place whose lease has ended is not taken from a process that lives, for
 * ten windows; after that it counts as forgotten.
 */
final class MappedCells implements Cells {

  private static final int WINDOWS_FOR_THE_LIVING = 10;

  /** How long what was found out about a process is believed. */
  private static final long BELIEVED = 50_000_000;

  private static final long SELF = identity(ProcessHandle.current());

  private final MappedNumbers numbers;
  private final int first;
  private final int owners;
  private final long forgotten;

  private long asked;
  private boolean alive;
  private long askedAt;

  /**
   * Makes a view.
   *
   * @param first where the cells begin
   */
  MappedCells(MappedNumbers numbers, int first, Limits limits) {
    this.numbers = numbers;
    this.first = first;
    this.owners = first + CellStore.cells(limits) - PlaceTable.HEAD;
    this.forgotten = limits.window().toNanos() * WINDOWS_FOR_THE_LIVING;
  }

  /** Returns how many numbers a quota needs. */
  static int numbers(Limits limits) {
    return CellStore.cells(limits) + limits.calls();
  }

  @Override
  public long get(int index) {
    return numbers.read(first + index);
  }

  @Override
  public boolean compareAndSet(int index, long expected, long value) {
    return numbers.compareAndSet(first + index, expected, value);
  }

  @Override
  public boolean isAbandoned(int index, long overdue) {
    long owner = numbers.read(owners + index);
    return owner == 0 || overdue > forgotten || !isAlive(owner);
  }

  @Override
  public void taken(int index) {
    numbers.write(owners + index, SELF);
  }

  @Override
  public void released(int index) {
    numbers.write(owners + index, 0);
  }

  private boolean isAlive(long owner) {
    long now = System.nanoTime();
    if (owner != asked || now - askedAt > BELIEVED) {
      asked = owner;
      askedAt = now;
      alive =
          ProcessHandle.of(owner >>> Integer.SIZE).filter(p -> identity(p) == owner).isPresent();
    }
    return alive;
  }

  /** The number of a process and when it started, which no other process has. */
  static long identity(ProcessHandle process) {
    long started = process.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
    return process.pid() << Integer.SIZE | (started & 0xffff_ffffL);
  }
}
