package dev.allowflux.sync.accounts;

/**
 * The plans of many accounts that somebody answers for. Only such plans can be applied by {@link
 * AccountsSync}.
 *
 * <p>Made by {@link PlanSet#approve(String)} and {@link PlanSet#approve(java.security.PublicKey)}.
 * Immutable; the plans are read from the set when they are applied, so it must stay open.
 *
 * @since 0.1
 */
public final class ApprovedPlanSet {
  private final PlanSet set;

  ApprovedPlanSet(PlanSet set) {
    this.set = set;
  }

  /**
   * Returns the plans.
   *
   * @return the set that was approved
   */
  public PlanSet set() {
    return set;
  }

  /** Returns the number of plans and the digest. */
  @Override
  public String toString() {
    return "ApprovedPlanSet[" + set + "]";
  }
}
