package dev.allowflux.model;

/**
 * How a whole listing is read. Pages are cut from the list as it is when each is read
 * (docs/api-facts.md#listing), so what others add and delete meanwhile shifts the rest.
 *
 * @since 0.1
 */
public enum Traversal {
  /**
   * From the first page to the last, several of them at a time if read-ahead allows. The service
   * applies the filter and the order. A policy that moves to an earlier page while the listing runs
   * is missed; {@link TraversalReport#drift()} tells whether such changes were noticed.
   */
  FAST,

  /**
   * From the newest policy to the oldest, of the whole account; the filter is applied here. No
   * policy that is there all the time is missed, and none comes twice, whatever others add and
   * delete meanwhile. It can be continued from a {@link TraversalPosition}.
   *
   * <p>If the read-ahead is two pages or more, as many are in flight. They are delivered once it is
   * certain that nothing was deleted while they were read; otherwise they are read again. In an
   * account where policies are deleted all the time, pages are read one at a time. The {@link
   * TraversalReport} counts both.
   *
   * <p>What it counts on: the service sorts by {@code created_at}, which never changes; a new
   * policy shows up within ten minutes of its {@code created_at}, by the clock of the newest policy
   * that was seen; and no response is older than its request, as it could be behind a replica that
   * lags. The order of policies that were created at the same instant may change from page to page.
   */
  COMPLETE
}
