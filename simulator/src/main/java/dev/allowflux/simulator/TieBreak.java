package dev.allowflux.simulator;

/** The order among policies that are equal in what a listing is ordered by; nobody documents it. */
public enum TieBreak {
  /** The one that was added first comes first. */
  ADDITION,
  /** The lower id comes first. */
  ID,
  /** Another one in each answer. Each listing then takes time for all policies, not for a page. */
  RANDOM
}
