package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.reactor.Priority;
import dev.allowflux.reactor.QuotaStore.Limits;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Calls as the gate sees them.
 *
 * @param priority who goes first
 * @param account the account
 * @param job what the call is a part of
 * @param hold how long its request may be on its way, in nanoseconds
 */
record Callers(Priority priority, String account, String job, long hold) implements Caller {

  private static final long HOLD = Duration.ofSeconds(30).toNanos();

  static final Caller ANY = new Callers(Priority.INTERACTIVE, "account", "job", HOLD);

  static Caller bulk(String account, String job) {
    return new Callers(Priority.BULK, account, job, HOLD);
  }

  /** A gate of this process alone. */
  static CallGate gate(
      int quota, int kept, Duration window, int burst, int reserve, LongSupplier nanos) {
    return gate(quota, kept, window, burst, reserve, 20_000, nanos);
  }

  static CallGate gate(
      int quota,
      int kept,
      Duration window,
      int burst,
      int reserve,
      int maxWaiting,
      LongSupplier nanos) {
    return new CallGate(
        new Limits(quota, window, kept, reserve),
        new BurstLimit(burst, false),
        maxWaiting,
        nanos,
        null);
  }

  @Override
  public boolean isBulk() {
    return priority == Priority.BULK;
  }
}
