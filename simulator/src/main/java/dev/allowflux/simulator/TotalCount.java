package dev.allowflux.simulator;

/** What a listing says of its {@code total_count}. */
public enum TotalCount {
  /** How many policies there are, whatever the filter, as documented. */
  ALL,
  /** How many policies pass the filter. */
  FILTERED,
  /** Nothing. */
  ABSENT
}
