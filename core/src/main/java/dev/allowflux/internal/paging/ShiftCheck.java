package dev.allowflux.internal.paging;

import dev.allowflux.internal.paging.CursorState.Adjoining;
import dev.allowflux.model.AllowPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Counts by how many positions older policies moved down, and tells whether they did. If a page
 * below what was delivered holds delivered policies only, then as many older ones were deleted, and
 * all policies moved. If one that was seen higher up is still in its place, none moved, and the
 * service has mixed up its pages.
 */
final class ShiftCheck {
  private final Watermark watermark;

  /** The first policy that was seen with nothing below it that can grow, and its position. */
  private @Nullable AllowPolicy anchor;

  private long anchorPosition;

  ShiftCheck(Watermark watermark) {
    this.watermark = watermark;
  }

  /**
   * Notes a page that was delivered, and what comes next. A page that begins behind the total has
   * its policies from elsewhere, or the total is too low: a later page will do.
   */
  void delivered(PageWindow page, CursorState next) {
    if (anchor == null
        && next instanceof Adjoining adjoining
        && adjoining.position() == page.from()
        && !page.isEmpty()
        && (page.total() == null || page.from() < page.total())) {
      anchor = page.policies().get(0);
      anchorPosition = page.from();
    }
  }

  /**
   * Counts the delivered policies on a page on which there would be none if nothing had moved; -1
   * if that is unknown.
   */
  int shift(PageWindow page, CursorState state) {
    if (!(state instanceof Adjoining adjoining) || adjoining.steppedDown()) {
      return -1;
    }
    int known = 0;
    for (int i = page.policies().size() - 1;
        i >= 0 && watermark.covers(page.policies().get(i));
        i--) {
      known++;
    }
    return (int) (known - Math.max(0, page.end() - adjoining.position()));
  }

  /** Whether all was delivered, and newer policies stand where older ones were. */
  boolean isDoubtful(PageWindow page, CursorState state) {
    if (anchor == null || !(state instanceof Adjoining adjoining)) {
      return false;
    }
    int highest = (int) Math.min(page.policies().size(), adjoining.position() - page.from()) - 1;
    return highest >= 0
        && watermark.isBelow(page.created(highest))
        && page.policies().stream().allMatch(watermark::covers);
  }

  /** The position to look at if a page is doubtful. */
  long anchorPosition() {
    return anchorPosition;
  }

  /**
   * Tells whether policies have moved, by a page that holds {@link #anchorPosition()}: then a newer
   * policy is there by now, or none, and the old place is forgotten.
   */
  boolean haveMoved(PageWindow page) {
    int index = (int) (anchorPosition - page.from());
    AllowPolicy seen = anchor;
    if (seen != null && index >= 0 && index < page.policies().size()) {
      AllowPolicy now = page.policies().get(index);
      if (now.id().equals(seen.id()) || now.createdAt().isBefore(seen.createdAt())) {
        return false;
      }
    }
    anchor = null;
    return true;
  }
}
