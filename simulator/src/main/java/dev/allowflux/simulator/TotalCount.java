package dev.allowflux.simulator;

/**
 * The meaning of {@code total_count} in a listing.
 *
 * @since 0.1
 */
public enum TotalCount {
  /** The number of all policies, whatever the filter, as documented. */
  ALL,
  /** The number of policies that match the filter. */
  FILTERED,
  /** The field is absent. */
  ABSENT
}
