package dev.allowflux.internal.paging;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Counts how often in a row a page came with fewer policies than it must have had, because the page
 * behind it has some. While the list changes, the page may have been the end when it was read.
 */
final class ShortPageCheck {

  private static final int MAX_REPEATS = 3;

  private @Nullable PageWindow suspect;
  private int repeats;

  /** Notes such a page; true if it came the same too often. */
  boolean isLossProven(PageWindow shortPage, PageWindow behind) {
    boolean quiet = Objects.equals(shortPage.total(), behind.total());
    repeats = quiet && shortPage.hasSamePoliciesAs(suspect) ? repeats + 1 : 1;
    suspect = shortPage;
    return repeats > MAX_REPEATS;
  }

  /** The traversal went on. */
  void clear() {
    suspect = null;
  }
}
