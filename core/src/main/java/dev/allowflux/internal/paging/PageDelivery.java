package dev.allowflux.internal.paging;

import dev.allowflux.internal.paging.CursorState.Adjoining;
import dev.allowflux.internal.paging.CursorState.Bordering;
import dev.allowflux.internal.paging.CursorState.Covering;
import dev.allowflux.internal.paging.CursorState.Ended;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Delivers what is new on a page that reaches the watermark, and moves the watermark down to the
 * oldest policy of the page.
 */
final class PageDelivery {

  /** How long after its creation a policy may show up. */
  static final Duration LATE = Duration.ofMinutes(10);

  private final AccountId account;
  private final AllowPolicyFilter filter;
  private final PageSizeFinder sizes;
  private final Watermark watermark;
  private final TieGroupProof ties;
  private final TraversalCounts counts;
  private @Nullable Instant newest;

  PageDelivery(
      AccountId account,
      AllowPolicyFilter filter,
      PageSizeFinder sizes,
      Watermark watermark,
      TieGroupProof ties,
      TraversalCounts counts) {
    this.account = account;
    this.filter = filter;
    this.sizes = sizes;
    this.watermark = watermark;
    this.ties = ties;
    this.counts = counts;
  }

  /** A delivered page, and what to read next. */
  record Delivered(CursorState next, Page page) {}

  void continueFrom(@Nullable Instant newestSeen) {
    newest = newestSeen;
  }

  /** When the newest policy that was seen was created. */
  @Nullable Instant newest() {
    return newest;
  }

  /** Whether the newest policy that was seen must have been deleted if the list ends here. */
  boolean lacksNewest(PageWindow end) {
    return newest != null && (end.isEmpty() || end.newest().isBefore(newest));
  }

  /**
   * Delivers a page.
   *
   * @param window a page with nothing undelivered between its top and the watermark
   * @param toTheEnd whether the page reaches the end of the list
   * @param state in which the page was read
   */
  Delivered deliver(PageWindow window, boolean toTheEnd, CursorState state) {
    List<AllowPolicy> policies = window.policies();
    int tiedTo = policies.size();
    while (tiedTo > 0 && watermark.isBelow(window.created(tiedTo - 1))) {
      tiedTo--;
    }
    int tiedFrom = tiedTo;
    while (tiedFrom > 0 && !watermark.isAbove(window.created(tiedFrom - 1))) {
      tiedFrom--;
    }
    if (newest == null || newest.isBefore(window.newest())) {
      newest = window.newest();
    }
    boolean topSeen = toTheEnd || tiedTo < policies.size();
    if (topSeen) {
      ties.beginRound(window.from() + tiedTo, window.total());
    }
    List<AllowPolicy> fresh = freshTies(window, tiedFrom, tiedTo, state);
    if (tiedFrom == 0 && window.from() > 0) {
      // The page starts among those of the watermark.
      long from = window.from();
      return delivered(mayGrow() ? new Bordering(from) : new Adjoining(from, false), fresh, from);
    }
    if (!topSeen && tiedFrom == policies.size() && mayGrow()) {
      // One that shows up late may have pushed another one up to the page before.
      return delivered(new Bordering(window.end()), fresh, window.end());
    }
    if (!topSeen) {
      switch (ties.endRound(window.from() + tiedFrom, window.total(), mayGrow())) {
        case READ_AGAIN -> {
          long top = ties.top();
          ties.expectTopAgain();
          return delivered(new Covering(top, false), fresh, top);
        }
        case GIVEN_UP -> counts.incomplete();
        case WHOLE -> {
          // The watermark can move on.
        }
      }
    }
    return moveWatermark(window, tiedFrom, fresh);
  }

  /** Those created at the watermark that were not delivered before. */
  private List<AllowPolicy> freshTies(
      PageWindow window, int tiedFrom, int tiedTo, CursorState state) {
    List<AllowPolicy> policies = window.policies();
    List<AllowPolicy> fresh = new ArrayList<>(policies.size());
    boolean adjoins =
        state instanceof Adjoining adjoining
            && window.from() + window.size() == adjoining.position();
    for (AllowPolicy policy : policies.subList(tiedFrom, tiedTo)) {
      if (!ties.add(policy.id()) && adjoins) {
        counts.drift();
      }
      if (watermark.deliver(policy.id())) {
        fresh.add(policy);
      }
    }
    counts.duplicates(policies.size() - tiedFrom - fresh.size());
    if (watermark.delivered().size() > TraversalPosition.MAX_TIED) {
      throw MalformedListing.because(
          account,
          window.response(),
          "more than "
              + TraversalPosition.MAX_TIED
              + " policies were created at "
              + watermark.instant()
              + ", which a complete traversal cannot tell apart");
    }
    return fresh;
  }

  private Delivered moveWatermark(PageWindow window, int tiedFrom, List<AllowPolicy> fresh) {
    List<AllowPolicy> older = window.policies().subList(0, tiedFrom);
    ties.beginGroup();
    if (window.from() == 0) {
      fresh.addAll(0, older);
      return new Delivered(new Ended(), end(fresh));
    }
    Instant oldest = window.oldest();
    int oldestTo = 1;
    while (oldestTo < tiedFrom && window.created(oldestTo).equals(oldest)) {
      oldestTo++;
    }
    long top = window.from() + oldestTo;
    watermark.moveTo(oldest);
    if (mayGrow()) {
      // They are read again, with whatever else was created at the same instant.
      fresh.addAll(0, older.subList(oldestTo, tiedFrom));
      return delivered(new Covering(top, false), fresh, top);
    }
    fresh.addAll(0, older);
    ties.beginRound(top, window.total());
    for (AllowPolicy policy : older.subList(0, oldestTo)) {
      watermark.deliver(policy.id());
      ties.add(policy.id());
    }
    return delivered(new Adjoining(window.from(), false), fresh, top);
  }

  /** Whether policies may still show up at the watermark or below it, and pages can be chosen. */
  private boolean mayGrow() {
    Instant instant = watermark.instant();
    return sizes.mayOverlap()
        && instant != null
        && newest != null
        && instant.isAfter(newest.minus(LATE));
  }

  private Delivered delivered(CursorState next, List<AllowPolicy> fresh, long position) {
    return new Delivered(
        next, page(fresh, ties.isTopKnown() ? ties.top() : position, /* end= */ false));
  }

  /** Delivers the last policies, oldest first. */
  Page end(List<AllowPolicy> fresh) {
    return page(fresh, 0, /* end= */ true);
  }

  private Page page(List<AllowPolicy> fresh, long position, boolean end) {
    List<AllowPolicy> newestFirst = new ArrayList<>(fresh.size());
    for (int i = fresh.size() - 1; i >= 0; i--) {
      if (filter.matches(fresh.get(i))) {
        newestFirst.add(fresh.get(i));
      }
    }
    counts.delivered(fresh.size(), newestFirst.size());
    if (end) {
      counts.end();
    }
    TraversalReport report = counts.report();
    return Page.builder(newestFirst, report)
        .number(counts.nextNumber())
        .perPage(sizes.size())
        .totalCount(counts.lastTotal())
        .duplicates(counts.duplicatesOfPage())
        .position(
            new TraversalPosition(
                watermark.instant(), watermark.delivered(), position, newest, end, report))
        .build();
  }
}
