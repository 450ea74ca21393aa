package dev.allowflux.plan;

/**
 * A plan that somebody answers for: it has the digest of the plan that was reviewed, or the
 * signature of somebody who is trusted. Only such a plan can be applied.
 *
 * <p>Made by {@link SyncPlan#approve(String)} and {@link
 * SyncPlan#approve(java.security.PublicKey)}. Immutable.
 *
 * @since 0.1
 */
public final class ApprovedPlan {
  private final SyncPlan plan;

  ApprovedPlan(SyncPlan plan) {
    this.plan = plan;
  }

  /**
   * Returns the plan.
   *
   * @return the plan that was approved
   */
  public SyncPlan plan() {
    return plan;
  }

  /** Returns the plan's account, counts and digest. */
  @Override
  public String toString() {
    return "ApprovedPlan[" + plan + "]";
  }
}
