package dev.allowflux.simulator;

/**
 * The order among policies that are equal in what a listing is ordered by; it is documented
 * nowhere.
 *
 * @since 0.1
 */
public enum TieBreak {
  /** The policy that was added first comes first. */
  ADDITION,
  /** The lower id comes first. */
  ID,
  /**
   * Another order in each response. Each listing then takes time for all policies, not for a page.
   */
  RANDOM
}
