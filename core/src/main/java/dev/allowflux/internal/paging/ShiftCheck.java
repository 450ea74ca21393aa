package dev.allowflux.internal.paging;

import dev.allowflux.internal.paging.CursorState.Adjoining;
import dev.allowflux.model.AllowPolicy;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts by how many positions older policies moved down, and tells whether they did. If a page
 * below what was delivered holds delivered policies only, then as many older ones were deleted, and
 * all policies moved at least that far. If one that was seen higher up is still in its place or
 * nearly so, that is not true, and the service has mixed up its pages.
 */
final class ShiftCheck {

  /** So many contradictions in a row prove a mix-up, whatever else changes meanwhile. */
  private static final int MAX_CONTRADICTIONS = 12;

  private final Watermark watermark;

  /** The first policy that was seen with nothing below it that can grow, and its position. */
  private @Nullable AllowPolicy anchor;

  private long anchorPosition;

  /** When it and the policies just above it were created, up to where more may show up. */
  private List<Instant> created = List.of();

  /** How far policies must have moved if the doubtful page is right. */
  private int repeated;

  private int contradictions;

  ShiftCheck(Watermark watermark) {
    this.watermark = watermark;
  }

  /**
   * Notes a page that was delivered, and what comes next. A page that begins behind the total has
   * its policies from elsewhere, or the total is too low: a later page will do.
   *
   * @param newest when the newest policy that was seen was created
   */
  void delivered(PageWindow page, CursorState next, @Nullable Instant newest) {
    contradictions = 0;
    if (anchor == null
        && next instanceof Adjoining adjoining
        && adjoining.position() == page.from()
        && !page.isEmpty()
        && (page.total() == null || page.from() < page.total())) {
      anchor = page.policies().get(0);
      anchorPosition = page.from();
      Instant limit = newest == null ? anchor.createdAt() : newest.minus(PageDelivery.LATE);
      created =
          page.policies().stream()
              .map(AllowPolicy::createdAt)
              .takeWhile(instant -> instant.equals(page.oldest()) || instant.isBefore(limit))
              .toList();
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
    if (anchor == null || !(state instanceof Adjoining adjoining) || adjoining.steppedDown()) {
      return false;
    }
    int below = (int) Math.min(page.policies().size(), adjoining.position() - page.from());
    repeated = 0;
    while (repeated < below && watermark.isBelow(page.created(below - 1 - repeated))) {
      repeated++;
    }
    return repeated > 0 && page.policies().stream().allMatch(watermark::covers);
  }

  /** The position to look at if a page is doubtful. */
  long anchorPosition() {
    return anchorPosition;
  }

  /**
   * Tells whether policies have moved as far as the doubtful page says, by the page that holds
   * {@link #anchorPosition()}: then a policy is there by now that was so much higher, or none, and
   * the old place is forgotten.
   */
  boolean haveMoved(PageWindow page) {
    int index = (int) (anchorPosition - page.from());
    AllowPolicy seen = anchor;
    if (seen != null && index < page.policies().size()) {
      // A page that begins higher is not the one that was requested.
      AllowPolicy now = index < 0 ? seen : page.policies().get(index);
      Instant oldest = created.get(Math.min(repeated, created.size() - 1));
      if (now.id().equals(seen.id()) || now.createdAt().isBefore(oldest)) {
        contradictions++;
        return false;
      }
    }
    anchor = null;
    return true;
  }

  /** Whether pages and the old place contradict each other too often. */
  boolean isMixUpProven() {
    return contradictions > MAX_CONTRADICTIONS;
  }
}
