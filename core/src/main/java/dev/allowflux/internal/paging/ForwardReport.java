package dev.allowflux.internal.paging;

import dev.allowflux.model.Page;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.model.TraversedPage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a listing from the first page to the last has seen, and whether the list seemed to stay. */
public final class ForwardReport {
  private final boolean totalIsExact;
  private @Nullable Long expected;
  private long seen;
  private long duplicates;
  private long pages;
  private boolean drift;

  /**
   * Begins with nothing seen.
   *
   * @param totalIsExact whether the total that the service reports counts just what is listed
   */
  public ForwardReport(boolean totalIsExact) {
    this.totalIsExact = totalIsExact;
  }

  /**
   * Counts a page.
   *
   * @param page the next one of the listing
   * @return the page with what was seen up to it
   */
  public TraversedPage next(Page page) {
    if (pages++ == 0) {
      expected = page.totalCount();
    }
    seen += page.policies().size();
    duplicates += page.duplicates();
    drift |= page.duplicates() > 0 || !Objects.equals(expected, page.totalCount());
    if (page.last() && totalIsExact && expected != null) {
      drift |= seen != expected;
    }
    return new TraversedPage(
        page.policies(),
        null,
        TraversalReport.builder()
            .expected(expected)
            .seen(seen)
            .matched(seen)
            .duplicates(duplicates)
            .pages(pages)
            .drift(drift)
            .complete(false)
            .build());
  }
}
