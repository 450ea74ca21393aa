package dev.allowflux.reactor.internal.paging;

/**
 * Counts the pages of one subscriber: how many are demanded, how many were taken, and how many may
 * be requested in all. Pages are read ahead of demand only once the first one was taken. Safe for
 * use by several threads at a time.
 */
final class PageDemand {

  private final int readAhead;
  private long demanded;
  private long taken;

  PageDemand(int readAhead) {
    this.readAhead = readAhead;
  }

  /** So many more pages are demanded. */
  synchronized void add(long pages) {
    demanded = demanded + pages < 0 ? Long.MAX_VALUE : demanded + pages;
  }

  /** The next page was taken. */
  synchronized void take() {
    taken++;
  }

  /** How many pages were taken. */
  synchronized long taken() {
    return taken;
  }

  /** How many pages may be requested in all, those that were taken included. */
  synchronized long allowed() {
    return taken == 0 ? demanded : Math.max(demanded, taken + readAhead);
  }
}
