package dev.allowflux.sync;

import dev.allowflux.plan.SyncPlan;
import org.jspecify.annotations.Nullable;

/**
 * What happens while a plan is made: pages that were read, then the plan.
 *
 * @since 0.1
 */
public sealed interface PlanEvent {

  /**
   * A page of the account was read.
   *
   * @since 0.1
   */
  final class PageRead implements PlanEvent {
    private final long policies;
    private final @Nullable Long expected;

    PageRead(long policies, @Nullable Long expected) {
      this.policies = policies;
      this.expected = expected;
    }

    /**
     * Returns how many policies were read so far.
     *
     * @return 0 or more
     */
    public long policies() {
      return policies;
    }

    /**
     * Returns how many policies the service counted.
     *
     * @return the count, or {@code null} if the service gave none
     */
    public @Nullable Long expected() {
      return expected;
    }

    /** Returns both counts. */
    @Override
    public String toString() {
      return "PageRead[policies=" + policies + ", expected=" + expected + "]";
    }
  }

  /**
   * The last event: the plan is made.
   *
   * @since 0.1
   */
  final class Planned implements PlanEvent {
    private final SyncPlan plan;

    Planned(SyncPlan plan) {
      this.plan = plan;
    }

    /**
     * Returns the plan.
     *
     * @return what has to change
     */
    public SyncPlan plan() {
      return plan;
    }

    /** Returns the plan's account, counts and digest. */
    @Override
    public String toString() {
      return "Planned[" + plan + "]";
    }
  }
}
