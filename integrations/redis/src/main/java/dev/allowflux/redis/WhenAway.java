package dev.allowflux.redis;

/**
 * What a process does while Redis is away: it cannot be reached, or does not respond in time.
 *
 * @since 0.1
 */
public enum WhenAway {
  /**
   * Calls go on within this process's share of the quota. At first that is what Redis has kept for
   * this process: its share of what was left when the two last spoke. A window and a lease later,
   * when nothing can count any more that was sent through Redis, it is an equal part of the quota
   * for each process.
   *
   * <p>No span holds more calls than the quota if Redis is away for all processes. If it is away
   * for one of them alone, that holds for the first window; after it, the others may use the whole
   * quota beside the share of the one that is cut off. Where that must not be, take {@link
   * #CLOSED}.
   */
  LOCAL_SHARE,
  /** No call is sent. Calls wait a second for Redis and then fail as {@code Throttled}. */
  CLOSED
}
