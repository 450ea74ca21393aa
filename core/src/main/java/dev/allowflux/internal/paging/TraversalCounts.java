package dev.allowflux.internal.paging;

import dev.allowflux.model.SinglePageReason;
import dev.allowflux.model.TraversalReport;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what a complete traversal reads and delivers, for its report. */
final class TraversalCounts {

  /** So many responses in a row may bring no page, and so many between two new policies. */
  private static final int MAX_IN_A_ROW = 200;

  private static final int MAX_SINCE_NEW = 1_000;

  private @Nullable Long expected;
  private @Nullable Long lastTotal;
  private int number;
  private long seen;
  private long seenBefore;
  private int inARow;
  private int sinceNew;
  private long matched;
  private long duplicates;
  private long earlierDuplicates;
  private long pages;
  private long fences;
  private long failedFences;
  private long pagesReadTwice;
  private @Nullable SinglePageReason earlierReason;
  private final Map<SinglePageReason, Long> singly = new EnumMap<>(SinglePageReason.class);
  private boolean drift;
  private boolean complete = true;

  void continueFrom(TraversalReport report) {
    expected = report.expected();
    seen = report.seen();
    matched = report.matched();
    duplicates = report.duplicates();
    earlierDuplicates = duplicates;
    pages = report.pages();
    drift = report.drift();
    complete = report.complete();
    fences = report.fences();
    failedFences = report.failedFences();
    pagesReadTwice = report.pagesReadTwice();
    earlierReason = report.singlePageReason();
  }

  /** Counts a response. */
  void page(@Nullable Long total) {
    pages++;
    lastTotal = total;
    if (pages == 1) {
      expected = total;
    }
    drift |= expected != null && total != null && !expected.equals(total);
  }

  /** Counts the response to a fence. */
  void fence() {
    pages++;
    fences++;
  }

  /** The last fence did not hold. */
  void failedFence() {
    failedFences++;
  }

  /** A page that was requested is dropped and read again. */
  void readAgain() {
    pages++;
    pagesReadTwice++;
  }

  /** A page is read alone although several could be in flight. */
  void readSingly(SinglePageReason reason) {
    singly.merge(reason, 1L, Long::sum);
  }

  void duplicates(int policies) {
    duplicates += policies;
  }

  void delivered(int policies, int afterFilter) {
    seen += policies;
    matched += afterFilter;
  }

  /** Notes that a response was dealt with; true if too many brought nothing. */
  boolean isStuck(boolean delivered) {
    inARow = delivered ? 0 : inARow + 1;
    sinceNew = seen > seenBefore ? 0 : sinceNew + (delivered ? 0 : 1);
    seenBefore = seen;
    return inARow > MAX_IN_A_ROW || sinceNew > MAX_SINCE_NEW;
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

  /** The total in the last response. */
  @Nullable Long lastTotal() {
    return lastTotal;
  }

  /** Counts a page that is delivered, from 1 for the first one after the beginning. */
  int nextNumber() {
    return ++number;
  }

  /** How many policies came again since this was last asked. */
  int duplicatesOfPage() {
    long since = duplicates - earlierDuplicates;
    earlierDuplicates = duplicates;
    return Math.toIntExact(since);
  }

  TraversalReport report() {
    return TraversalReport.builder()
        .expected(expected)
        .seen(seen)
        .matched(matched)
        .duplicates(duplicates)
        .pages(pages)
        .drift(drift)
        .complete(complete)
        .fences(fences)
        .failedFences(failedFences)
        .pagesReadTwice(pagesReadTwice)
        .singlePageReason(fences > failedFences ? null : mostFrequentReason())
        .build();
  }

  private @Nullable SinglePageReason mostFrequentReason() {
    SinglePageReason most = earlierReason;
    long pagesOfMost = 0;
    for (Map.Entry<SinglePageReason, Long> entry : singly.entrySet()) {
      if (entry.getValue() > pagesOfMost) {
        most = entry.getKey();
        pagesOfMost = entry.getValue();
      }
    }
    return most;
  }
}
