package dev.allowflux.internal.paging;

import dev.allowflux.internal.json.PageBody;
import org.jspecify.annotations.Nullable;

/**
 * How long the pages of a listing are: what the service says, and what they turn out to be.
 *
 * <p>A service may serve fewer policies a page than it says. It is believed once the first page is
 * shorter than it says, the total counts more policies than came, and the page behind has some: all
 * pages are then as long as the first one.
 *
 * @param requested how many policies a page was asked for
 * @param said the page size that the service reported, null if it never did
 * @param observed how long full pages are where that is less than reported, else 0
 * @param reached how many policies came so far, repeated ones included: the position that the next
 *     page begins at
 * @param doubted how long the page just before was if it came shorter than the total allows, else
 *     {@link #NOT_DOUBTED}
 */
record PageLengths(int requested, @Nullable Long said, int observed, long reached, int doubted) {

  static final int NOT_DOUBTED = -1;

  static PageLengths of(int requested) {
    return new PageLengths(requested, null, 0, 0, NOT_DOUBTED);
  }

  /** Returns the page size that a response reports, or null. */
  static @Nullable Long said(PageBody body) {
    Long said = body.perPage();
    return said == null || said < 1 ? null : said;
  }

  /** Tells whether the page just before came shorter than the total allows. */
  boolean isDoubted() {
    return doubted != NOT_DOUBTED;
  }

  /**
   * Tells whether a page behind a doubted one fits the belief that the service serves fewer
   * policies a page than it says; if not, the doubted page has lost some of its own.
   */
  boolean isExplainedBy(int page, int length) {
    return page == 2 && doubted > 0 && length <= doubted;
  }

  /** Returns the lengths with the page size that the doubted page shows. */
  PageLengths believed() {
    return new PageLengths(requested, said, doubted, reached, NOT_DOUBTED);
  }

  /** Returns how many policies a page has at least that is not the last one. */
  long full(PageBody body) {
    if (observed > 0) {
      return observed;
    }
    Long now = said(body);
    return now == null ? 1 : Math.min(now, requested);
  }

  /** Returns how many policies a page has at most, as far as is known. */
  int size(PageBody body) {
    if (observed > 0) {
      return observed;
    }
    Long now = said(body);
    return now == null ? requested : (int) Math.min(now, Integer.MAX_VALUE);
  }

  /** Returns the lengths behind a page. */
  PageLengths after(PageBody body, boolean doubt) {
    int length = body.policies().size();
    Long now = said(body);
    return new PageLengths(
        requested,
        now == null ? said : now,
        observed,
        reached + length,
        doubt ? length : NOT_DOUBTED);
  }
}
