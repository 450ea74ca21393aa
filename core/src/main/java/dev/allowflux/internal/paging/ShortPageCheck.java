package dev.allowflux.internal.paging;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often in a row a page came with fewer policies than it must have had, because the page
 * behind it has some. While the list changes, the page may have been the end when it was read. A
 * page that ends the list although the total counts more is believed when it comes again.
 */
final class ShortPageCheck {

  private static final int MAX_REPEATS = 3;
  private static final int MAX_ENDS = 3;

  private @Nullable PageWindow suspect;
  private int repeats;
  private @Nullable PageWindow end;
  private int ends;

  /** Notes such a page; true if it came the same too often. */
  boolean isLossProven(PageWindow shortPage, PageWindow behind) {
    boolean quiet = Objects.equals(shortPage.total(), behind.total());
    repeats = quiet && shortPage.hasSamePoliciesAs(suspect) ? repeats + 1 : 1;
    suspect = shortPage;
    return repeats > MAX_REPEATS;
  }

  /** Notes a page without one behind it; true if no other end is to be expected. */
  boolean isEndProven(PageWindow shortPage) {
    Long total = shortPage.total();
    boolean again = shortPage.hasSamePoliciesAs(end) || ++ends >= MAX_ENDS;
    end = shortPage;
    return again || total == null || total <= shortPage.end();
  }

  /** The traversal went on. */
  void clear() {
    suspect = null;
    end = null;
    ends = 0;
  }
}
