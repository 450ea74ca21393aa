package dev.allowflux.simulator.internal.exchange;

/** The quota as one call finds it: refused or not, calls left, nanoseconds to the reset. */
public record QuotaState(boolean refused, int left, long resetNanos) {

  /** Whole seconds to the reset, rounded up. */
  public long resetSeconds() {
    return (resetNanos + 999_999_999) / 1_000_000_000;
  }
}
