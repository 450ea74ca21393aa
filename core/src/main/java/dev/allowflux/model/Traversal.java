package dev.allowflux.model;

/**
 * How a whole listing is read. Pages are cut from the list as it is when each is read
 * (docs/api-facts.md#listing), so what others add and delete meanwhile shifts the rest.
 */
public enum Traversal {
  /**
   * From the first page to the last, several of them at a time if read-ahead allows. The service
   * applies the filter and the order. A policy that moves to an earlier page while the listing runs
   * is missed; {@link TraversalReport#drift()} tells whether such changes were noticed.
   */
  FAST,

  /**
   * From the newest policy to the oldest, one page at a time, of the whole account; the filter is
   * applied here. No policy that is there all the time is missed, and none comes twice, whatever
   * others add and delete meanwhile. It can be continued from a {@link TraversalPosition}.
   *
   * <p>What it counts on: the service sorts by {@code created_at}, which never changes, and a new
   * policy shows up within ten minutes of its {@code created_at}, by the clock of the newest policy
   * that was seen. The order of policies that were created at the same instant may change from page
   * to page.
   */
  COMPLETE
}
