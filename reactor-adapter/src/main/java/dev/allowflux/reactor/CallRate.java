package dev.allowflux.reactor;

import dev.allowflux.internal.quota.BurstLimit;

/**
 * How many calls any second may hold, over all quotas that are given the same one.
 *
 * <p>The service limits an address to 200 calls a second, whoever calls. All quotas of a process
 * therefore share {@link #ofProcess()} unless they are given another one.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class CallRate {

  /** Below the 200 that the service documents for an address. */
  private static final int DEFAULT = 150;

  private static final CallRate PROCESS = new CallRate(new BurstLimit(DEFAULT, true));

  private final BurstLimit limit;

  private CallRate(BurstLimit limit) {
    this.limit = limit;
  }

  /**
   * The rate that all quotas of this process share by default: 150 calls a second.
   *
   * @return the one of this process
   */
  public static CallRate ofProcess() {
    return PROCESS;
  }

  /**
   * Makes another rate, for the quotas that are given it.
   *
   * @param calls how many calls any second may hold; at least 1
   * @return a new rate
   */
  public static CallRate perSecond(int calls) {
    if (calls < 1) {
      throw new IllegalArgumentException("a rate must be at least 1 a second, but is " + calls);
    }
    return new CallRate(new BurstLimit(calls, true));
  }

  BurstLimit limit() {
    return limit;
  }

  /** Shows the number of calls. */
  @Override
  public String toString() {
    return "CallRate[" + limit.calls() + "/s]";
  }
}
