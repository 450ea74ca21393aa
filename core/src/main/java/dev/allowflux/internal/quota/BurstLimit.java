package dev.allowflux.internal.quota;

/** At most so many calls in any second, over all quotas that share this. Safe for many threads. */
public final class BurstLimit {

  private static final long SECOND = 1_000_000_000L;

  /** How soon a quota looks again whose calls wait for those of another one. */
  private static final long LOOK_AGAIN = 5_000_000L;

  private final int calls;
  private final boolean shared;
  private final SpanLimit span;
  private boolean used;
  private long epoch;

  /**
   * Makes a limit, all of it free.
   *
   * @param calls how many calls any second may hold; the largest integer for no limit
   * @param shared whether more than one quota uses it
   */
  public BurstLimit(int calls, boolean shared) {
    this.calls = calls;
    this.shared = shared;
    this.span = new SpanLimit(calls, SECOND);
  }

  /** Returns how many calls any second may hold. */
  public int calls() {
    return calls;
  }

  /**
   * The zero of the times of every quota that uses this: that of the first one. Times that are
   * counted from different zeros could not be compared.
   *
   * @param first what it is if no quota has used this before, a reading of the clock
   * @return a reading of the clock
   */
  public synchronized long epoch(long first) {
    if (!used) {
      used = true;
      epoch = first;
    }
    return epoch;
  }

  synchronized long next(long now, int ahead) {
    long at = span.next(now, ahead);
    // The call that must end first may be one of another quota, which tells nobody.
    return shared && at == SpanLimit.UNKNOWN ? now + LOOK_AGAIN : at;
  }

  synchronized int free(long now) {
    return span.free(now);
  }

  /** A call takes a place, if one is free. */
  synchronized boolean open(long now) {
    if (span.next(now, 0) > now) {
      return false;
    }
    span.open();
    return true;
  }

  synchronized void giveBack() {
    span.giveBack();
  }

  synchronized void date(long now) {
    span.date(now);
  }

  /** Counts calls that nobody watches as sent, all or none. */
  synchronized boolean add(int count, long now) {
    if (span.next(now, count - 1) > now) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      span.add(now);
    }
    return true;
  }
}
