package dev.allowflux.internal.paging;

import dev.allowflux.model.TraversalReport;
import org.jspecify.annotations.Nullable;

/** Counts what a complete traversal reads and delivers, for its report. */
final class TraversalCounts {

  private @Nullable Long expected;
  private long seen;
  private long matched;
  private long duplicates;
  private long pages;
  private boolean drift;
  private boolean complete = true;

  void continueFrom(TraversalReport report) {
    expected = report.expected();
    seen = report.seen();
    matched = report.matched();
    duplicates = report.duplicates();
    pages = report.pages();
    drift = report.drift();
    complete = report.complete();
  }

  /** Counts a response. */
  void page(@Nullable Long total) {
    pages++;
    if (pages == 1) {
      expected = total;
    }
    drift |= expected != null && total != null && !expected.equals(total);
  }

  void duplicates(int policies) {
    duplicates += policies;
  }

  void delivered(int policies, int afterFilter) {
    seen += policies;
    matched += afterFilter;
  }

  /** The list was seen to change. */
  void drift() {
    drift = true;
  }

  /** The last policy is delivered. */
  void end() {
    drift |= expected != null && seen != expected;
  }

  /** Policies may be missing. */
  void incomplete() {
    complete = false;
  }

  TraversalReport report() {
    return new TraversalReport(expected, seen, matched, duplicates, pages, drift, complete);
  }
}
