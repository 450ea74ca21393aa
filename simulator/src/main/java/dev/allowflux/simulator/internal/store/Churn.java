package dev.allowflux.simulator.internal.store;

import dev.allowflux.simulator.internal.random.SplitMix;

/**
 * Additions and deletions at given rates, as by other clients of the account.
 *
 * <p>The times between two of a kind are random with an exponential distribution, so that they come
 * in bursts like the requests of independent clients. A seed gives the same sequence of changes at
 * the same times; this class knows no clock. Thread-safe.
 */
public final class Churn {
  private static final double NANOS_PER_SECOND = 1e9;

  private final PolicyStore store;
  private final double addsPerSecond;
  private final double deletesPerSecond;
  private final long startNanos;
  private final SplitMix random;
  private double nextAdd;
  private double nextDelete;
  private boolean stopped;

  /**
   * Makes a source of changes.
   *
   * @param startNanos the time at which the first interval begins
   */
  public Churn(
      PolicyStore store,
      double addsPerSecond,
      double deletesPerSecond,
      long seed,
      long startNanos) {
    this.startNanos = startNanos;
    this.store = store;
    this.addsPerSecond = addsPerSecond;
    this.deletesPerSecond = deletesPerSecond;
    random = new SplitMix(SplitMix.mix(seed));
    nextAdd = interval(addsPerSecond);
    nextDelete = interval(deletesPerSecond);
  }

  /** Makes all changes that are due; a deletion in an empty account does nothing. */
  public synchronized void advanceTo(long nowNanos) {
    long elapsedNanos = nowNanos - startNanos;
    while (!stopped && Math.min(nextAdd, nextDelete) <= elapsedNanos) {
      if (nextAdd <= nextDelete) {
        store.change(PolicyStore.Changes::add);
        nextAdd += interval(addsPerSecond);
      } else {
        store.deleteRandom(random);
        nextDelete += interval(deletesPerSecond);
      }
    }
  }

  /** Ends the changes: once this returns, none is made. */
  public synchronized void stop() {
    stopped = true;
  }

  private double interval(double perSecond) {
    return perSecond == 0
        ? Double.POSITIVE_INFINITY
        : -Math.log(1 - random.fraction()) / perSecond * NANOS_PER_SECOND;
  }
}
