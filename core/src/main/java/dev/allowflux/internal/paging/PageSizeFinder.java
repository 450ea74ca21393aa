package dev.allowflux.internal.paging;

import dev.allowflux.internal.json.PageBody;

/**
 * Finds out how many policies the service puts on a page. It may cap the size that is requested,
 * ignore it, report another one than it uses, or report none.
 */
final class PageSizeFinder {

  /** The most that the API allows. */
  private static final int MAX_SIZE = 1000;

  /**
   * Pages start at multiples of their size, so they overlap only if the size can be chosen. Of
   * twenty sizes in a row or more, one always fits: the first position that all of the sizes from
   * 10 to 20 divide is the 232,792,560th.
   */
  private static final int SMALLEST_TO_OVERLAP = 20;

  private int size;

  /** How many policies the first page had when it came shorter than requested. */
  private int shortPage;

  /** The service reported this size unasked, or showed it by a full page. */
  private boolean confirmed;

  /** The service reported once that its pages are larger than the requested size. */
  private boolean inDoubt;

  /** The service ignores smaller sizes: all pages start at multiples of the one size. */
  private boolean fixed;

  PageSizeFinder(int requested) {
    this.size = requested;
  }

  /** How many policies the service puts on a page at most. */
  int size() {
    return size;
  }

  /** Whether the reported size was larger than the requested one, so that short pages may lie. */
  boolean isInDoubt() {
    return inDoubt;
  }

  /** Whether the service uses one page size only. */
  boolean isFixed() {
    return fixed;
  }

  /** Whether pages can be chosen so that they overlap. */
  boolean mayOverlap() {
    return !fixed && size >= SMALLEST_TO_OVERLAP;
  }

  /** The size of a page. A larger size than requested is believed once the service has shown it. */
  int sizeOf(PageBody page, int requested) {
    Long reported = page.perPage();
    if (reported == null || reported < 1 || reported > Integer.MAX_VALUE) {
      return requested;
    }
    boolean used =
        reported <= requested
            || page.policies().size() > requested
            || (confirmed && reported == size);
    return used ? reported.intValue() : requested;
  }

  /** Learns from a page whose size is known. */
  void learn(PageBody page, int requested, int used) {
    if (used < requested) {
      size = Math.min(size, used);
      confirmed = true;
    } else if (used > requested) {
      size = used;
      confirmed = true;
      fixed = true;
    } else if (used == size && page.perPage() != null) {
      confirmed |= page.policies().size() == used;
    }
  }

  /**
   * Whether the first page reports a larger size than requested. Whether the service uses it shows
   * when that many are requested, which is what happens next.
   */
  boolean mustTryReportedSize(PageWindow first, int requested) {
    if (inDoubt || first.reportedSize() <= requested || requested >= MAX_SIZE) {
      return false;
    }
    inDoubt = true;
    size = (int) Math.min(first.reportedSize(), MAX_SIZE);
    confirmed = true;
    return true;
  }

  /**
   * The service reports no size, but ended the first page after so many although there are more.
   *
   * @return whether the size is known now, which it is if the page ended there twice
   */
  boolean learnFromShortPage(int policies) {
    boolean again = endsAgainAfter(policies);
    size = again ? policies : size;
    return again;
  }

  /**
   * The service reports a larger size than it uses. Whether it follows smaller requests nobody
   * knows, so it is asked for pages of this one size only.
   *
   * @return whether the size is known now, which it is if the page ended there twice
   */
  boolean learnFromClampedPage(int policies) {
    fixed |= endsAgainAfter(policies);
    size = fixed ? policies : size;
    return fixed;
  }

  /** If the list has only grown behind its first page, that page is longer by now. */
  private boolean endsAgainAfter(int policies) {
    boolean again = policies == shortPage;
    shortPage = policies;
    return again;
  }

  /** Of all pages that hold the last of so many positions, the one that starts lowest. */
  PageRequest covering(long positions, boolean nothingReadYet) {
    if (!mayOverlap()) {
      return adjoining(positions);
    }
    if (positions <= size) {
      return PageRequest.after(0, nothingReadYet ? size : (int) positions);
    }
    long lowest = Long.MAX_VALUE;
    int best = size;
    for (int candidate = size; candidate >= size / 2; candidate--) {
      long start = (positions - 1) / candidate * candidate;
      if (start < lowest) {
        lowest = start;
        best = candidate;
      }
    }
    return PageRequest.after(lowest / best, best);
  }

  /** The page of full size that holds the last of so many positions. */
  PageRequest adjoining(long positions) {
    return PageRequest.after((positions + size - 1) / size - 1, size);
  }

  /** The smallest page that holds a position. */
  PageRequest probe(long position) {
    return PageRequest.holding(position, fixed ? size : 1);
  }
}
