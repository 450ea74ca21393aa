package dev.allowflux.reactor;

/**
 * Who goes first where calls wait for the quota.
 *
 * <p>Interactive calls pass the bulk calls that wait, and a share of the quota is kept for them
 * while bulk calls use up the rest ({@link ApiQuota.Builder#interactiveShare}). Of ten calls in a
 * row that are let in while both kinds wait, at least one is a bulk call, so neither starves. Bulk
 * calls are served in turn: one account after another, and within an account one job after another.
 *
 * @since 0.1
 */
public enum Priority {
  /** Somebody waits for this call: the default for get, create, edit, delete and check. */
  INTERACTIVE,
  /**
   * One of many: the default for traversals, plan, apply, batches and a listing beyond its first
   * page.
   */
  BULK
}
