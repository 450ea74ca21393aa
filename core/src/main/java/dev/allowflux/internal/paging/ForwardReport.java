package dev.allowflux.internal.paging;

import dev.allowflux.model.TraversalReport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a listing from the first page to the last has seen, and whether the list seemed to stay. */
final class ForwardReport {
  private final boolean totalIsExact;
  private final @Nullable TraversalReport before;

  /** Whether a page is the last one. */
  enum End {
    /** More pages follow. */
    NOT_YET,
    /** It is the last one, and nothing but its length says so. */
    ASSUMED,
    /** It is the last one, and a total or an empty page says so. */
    VERIFIED
  }

  private ForwardReport(boolean totalIsExact, @Nullable TraversalReport before) {
    this.totalIsExact = totalIsExact;
    this.before = before;
  }

  /**
   * Begins with nothing seen.
   *
   * @param totalIsExact whether the total that the service reports counts just what is listed
   */
  static ForwardReport first(boolean totalIsExact) {
    return new ForwardReport(totalIsExact, null);
  }

  /** What the pages after the one with this report add to. */
  ForwardReport after(TraversalReport report) {
    return new ForwardReport(totalIsExact, report);
  }

  /**
   * Reports what was seen with the next page.
   *
   * @param fresh how many of its policies are new
   * @param repeated how many are not
   * @param total what the service gives as its total
   * @param end whether the listing ends with it, and how certain that is
   */
  TraversalReport next(int fresh, int repeated, @Nullable Long total, End end) {
    Long expected = before == null ? total : before.expected();
    long seen = fresh + (before == null ? 0 : before.seen());
    boolean miscounted = end != End.NOT_YET && totalIsExact && expected != null && seen != expected;
    return TraversalReport.builder()
        .expected(expected)
        .seen(seen)
        .matched(seen)
        .duplicates(repeated + (before == null ? 0 : before.duplicates()))
        .pages(1 + (before == null ? 0 : before.pages()))
        .drift(
            (before != null && before.drift())
                || repeated > 0
                || !Objects.equals(expected, total)
                || miscounted)
        .complete(false)
        .endVerified(end == End.VERIFIED)
        .build();
  }
}
