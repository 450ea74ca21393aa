package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.CursorState.Adjoining;
import dev.allowflux.internal.paging.CursorState.Bordering;
import dev.allowflux.internal.paging.CursorState.Covering;
import dev.allowflux.internal.paging.CursorState.Ended;
import dev.allowflux.internal.paging.CursorState.LookingAbove;
import dev.allowflux.internal.paging.CursorState.LookingBehind;
import dev.allowflux.internal.paging.CursorState.Opening;
import dev.allowflux.internal.paging.CursorState.Searching;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.TraversalPosition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traverses a whole account from the newest policy to the oldest and misses nothing that stays,
 * whatever is added and deleted meanwhile (docs/decisions/0011-two-traversals.md).
 *
 * <p>The list is sorted by creation, so a position in it, counted from 0, holds an older policy
 * than the position behind. The cursor remembers the {@link Watermark} only. A deletion can only
 * move older policies to lower positions, and those are still to be read, so each request is for
 * the positions just below the watermark. Two things can go wrong at the border between two pages:
 *
 * <ul>
 *   <li>Policies created at one instant may lie on both sides: {@link TieGroupProof}.
 *   <li>A new policy may show up a little below the newest ones. Near the end of the list each page
 *       therefore begins with a policy that was read before ({@link Covering}); if it does not, the
 *       cursor looks for that policy higher up.
 * </ul>
 *
 * <p>Where so much was deleted that a page holds delivered policies only, and where a traversal is
 * continued, {@link WatermarkSearch} finds the watermark.
 *
 * <p>Not safe for use by several threads at a time. Responses are given in the order of their
 * requests, each before the next request is sent.
 */
public final class DescendingCursor {

  /** How all pages are listed. */
  public static final AllowPolicyFilter LISTING =
      AllowPolicyFilter.builder().order(Order.CREATED_AT).direction(Direction.ASC).build();

  private final AccountId account;
  private final PageSizeFinder sizes;
  private final Watermark watermark = new Watermark();
  private final TieGroupProof ties = new TieGroupProof();
  private final PageDelivery delivery;
  private final ShortPageCheck shortPages = new ShortPageCheck();
  private final ShiftCheck shifts;
  private final TraversalCounts counts = new TraversalCounts();

  private @Nullable Long total;
  private CursorState state = new Opening(0, false);
  private PageRequest request;

  private @Nullable PageWindow lastWindow;
  private int lastShift;

  private DescendingCursor(AccountId account, AllowPolicyFilter filter, int perPage) {
    if (!filter.isLocal()) {
      throw new IllegalArgumentException(
          "a complete traversal takes no search, order or direction");
    }
    this.account = account;
    this.sizes = new PageSizeFinder(perPage);
    this.delivery = new PageDelivery(account, filter, sizes, watermark, ties, counts);
    this.shifts = new ShiftCheck(watermark);
    this.request = PageRequest.after(0, perPage);
  }

  /**
   * Returns the beginning of a traversal.
   *
   * @param account whose policies are read
   * @param filter which of them are delivered
   * @param perPage how many policies to request on a page at most
   * @return the cursor of the first page
   * @throws IllegalArgumentException if the filter has a search term, an order or a direction
   */
  public static DescendingCursor first(AccountId account, AllowPolicyFilter filter, int perPage) {
    return new DescendingCursor(account, filter, perPage);
  }

  /**
   * Returns the continuation of a traversal.
   *
   * @param account whose policies are read
   * @param filter which of them are delivered
   * @param perPage how many policies to request on a page at most
   * @param position where the traversal stood
   * @return the cursor of the first page, ended if the position is an end
   * @throws IllegalArgumentException if the filter has a search term, an order or a direction
   */
  public static DescendingCursor from(
      AccountId account, AllowPolicyFilter filter, int perPage, TraversalPosition position) {
    DescendingCursor cursor = new DescendingCursor(account, filter, perPage);
    cursor.counts.continueFrom(position.report());
    cursor.watermark.continueAt(position.watermark(), position.tied());
    cursor.delivery.continueFrom(position.newest());
    cursor.state = position.end() ? new Ended() : new Opening(position.place(), false);
    return cursor;
  }

  /**
   * Returns the page to request next.
   *
   * @return the page and its size, which changes on the way
   */
  public PageRequest request() {
    return request;
  }

  /**
   * Tells whether everything was read.
   *
   * @return true if there is nothing left to request
   */
  public boolean ended() {
    return state instanceof Ended;
  }

  CursorState state() {
    return state;
  }

  /** Whether the next page is the one just below what was delivered. */
  boolean isAdjoining() {
    return state instanceof Adjoining adjoining && !adjoining.steppedDown();
  }

  /** Whether the next page overlaps what was delivered. */
  boolean isOverlapping() {
    return (state instanceof Covering && !watermark.isUnset()) || state instanceof Bordering;
  }

  PageSizeFinder sizes() {
    return sizes;
  }

  TraversalCounts counts() {
    return counts;
  }

  /** When the newest policy that was seen was created. */
  @Nullable Instant newest() {
    return delivery.newest();
  }

  /** The instant down to which everything was delivered. */
  @Nullable Instant watermark() {
    return watermark.instant();
  }

  /** By how many positions older policies moved down before the last response, -1 if unknown. */
  int lastShift() {
    return lastShift;
  }

  /** The page of the last response, once. */
  @Nullable PageWindow takeLastWindow() {
    PageWindow window = lastWindow;
    lastWindow = null;
    return window;
  }

  /** Reads the response to a request that is not the cursor's own. */
  PageWindow windowOf(PageRequest other, ApiResult<PageBody> response) {
    return PageWindow.of(account, other, sizes, response);
  }

  /**
   * Takes the response to {@link #request()}.
   *
   * @param response the response
   * @return a page of policies that are new, which may be none; {@code null} if the response only
   *     showed where to look
   * @throws Malformed if the response is of another page, longer than it says pages are or not in
   *     order, if it lost policies time and again, or if the list changes faster than it can be
   *     read
   */
  public @Nullable Page next(ApiResult<PageBody> response) {
    PageWindow window = PageWindow.of(account, request, sizes, response);
    total = window.total();
    counts.page(total);
    lastWindow = window;
    lastShift = shifts.shift(window, state);
    Page delivery =
        state instanceof LookingBehind behind
            ? lookBehind(behind, window)
            : state instanceof LookingAbove above ? lookAbove(above, window) : read(window);
    if (counts.isStuck(delivery != null)) {
      throw malformed(window, "the list changes faster than it can be read");
    }
    plan();
    return delivery;
  }

  private @Nullable Page read(PageWindow window) {
    boolean opening = state instanceof Opening;
    if (opening && sizes.mustTryReportedSize(window, request.perPage())) {
      return null;
    }
    boolean tooShort =
        isSizeKnown(window)
            && (total == null ? delivery.lacksNewest(window) : total > window.end());
    if (!window.isFull() && !(state instanceof Searching) && (tooShort || sizes.isInDoubt())) {
      return lookBehindOf(window);
    }
    if (shifts.isDoubtful(window, state)) {
      state = new LookingAbove(window, shifts.anchorPosition(), state);
      return null;
    }
    return opening ? open(window) : take(window, !window.isFull());
  }

  /** A page held delivered policies only: whether policies have moved shows higher up. */
  private @Nullable Page lookAbove(LookingAbove looking, PageWindow above) {
    PageWindow repeated = looking.repeated();
    state = looking.before();
    if (shifts.haveMoved(above)) {
      return take(repeated, !repeated.isFull());
    }
    if (shortPages.isLossProven(repeated, above) || shifts.isMixUpProven()) {
      throw malformed(repeated, "a page repeats policies of another one, and none have moved");
    }
    return null;
  }

  /** Whether the service reported how many policies it puts on the page, or showed it before. */
  private boolean isSizeKnown(PageWindow window) {
    return !(state instanceof Opening) || window.reportedSize() > 0 || window.isEmpty();
  }

  private @Nullable Page lookBehindOf(PageWindow shortPage) {
    state = new LookingBehind(shortPage, request, state);
    return null;
  }

  /** A page came short, although there may be more: the page behind it tells which is true. */
  private @Nullable Page lookBehind(LookingBehind looking, PageWindow behind) {
    PageWindow shortPage = looking.shortPage();
    state = looking.before();
    boolean opening = state instanceof Opening;
    boolean sizeKnown = isSizeKnown(shortPage);
    if (behind.isEmpty()) {
      if (!sizeKnown) {
        // By now, what is left of the list is on the first page.
        state = new Opening(((Opening) state).resumeAt(), true);
        return null;
      }
      if (!shortPages.isEndProven(shortPage)) {
        return null;
      }
      return opening ? open(shortPage) : take(shortPage, true);
    }
    int length = shortPage.policies().size();
    if (!sizeKnown) {
      return sizes.learnFromShortPage(length) ? begin(shortPage) : null;
    }
    if (opening && length > 0 && behind.policies().size() <= length) {
      return sizes.learnFromClampedPage(length) ? begin(shortPage) : null;
    }
    if (shortPages.isLossProven(shortPage, behind)) {
      throw malformed(
          shortPage,
          "a page came with "
              + length
              + " of "
              + shortPage.size()
              + " policies, but the one behind it has some");
    }
    return null;
  }

  /**
   * The first page holds the oldest policies: unless it is the only one, it tells how many policies
   * the service puts on a page, and where the end may be.
   */
  private @Nullable Page open(PageWindow first) {
    if (first.isFull()) {
      return begin(first);
    }
    if (isSizeKnown(first) || (state instanceof Opening opening && opening.holdsAll())) {
      state = new Covering(0, false);
      return take(first, true);
    }
    // That is all, or the service puts less on a page than was requested.
    return lookBehindOf(first);
  }

  private @Nullable Page begin(PageWindow first) {
    Long counted = first.total();
    if (!watermark.isUnset()) {
      state = new Covering(((Opening) state).resumeAt(), false);
    } else if (counted == null) {
      search(false).above(first.end() - 1);
    } else {
      // Some room for what is added until the end is read.
      long room = sizes.mayOverlap() ? sizes.size() / 8 : 0;
      state = new Covering(Math.max(counted, first.end()) + room, false);
    }
    return null;
  }

  private @Nullable Page take(PageWindow window, boolean toTheEnd) {
    boolean searching = state instanceof Searching;
    if (window.isEmpty() || watermark.isBelow(window.oldest())) {
      counts.duplicates(searching ? 0 : window.policies().size());
      if (window.from() == 0) {
        state = new Ended();
        return delivery.end(List.of());
      }
      goBelow(window.from());
      return null;
    }
    if (toTheEnd || isConnected(window)) {
      shortPages.clear();
      return deliver(window, toTheEnd);
    }
    if (searching || window.size() == request.perPage()) {
      search(state.steppedDown()).above(window.end() - 1);
    }
    // Else the page was smaller than planned, and is planned anew.
    return null;
  }

  /** Whether nothing can be between the top of the window and what was delivered. */
  private boolean isConnected(PageWindow window) {
    Instant top = window.newest();
    if (watermark.isBelow(top)) {
      return true;
    }
    boolean adjoins = state instanceof Adjoining next && window.end() == next.position();
    boolean tied = state instanceof Adjoining || state instanceof Bordering;
    return adjoins || (tied && !watermark.isAbove(top));
  }

  private Page deliver(PageWindow window, boolean toTheEnd) {
    PageDelivery.Delivered delivered = delivery.deliver(window, toTheEnd, state);
    state = delivered.next();
    shifts.delivered(window, state, delivery.newest());
    return delivered.page();
  }

  /** Everything from this position on was delivered or does not exist. */
  private void goBelow(long position) {
    if (state instanceof Searching || state.steppedDown()) {
      search(state.steppedDown()).atMost(position);
    } else {
      state = below(position, true);
    }
  }

  private CursorState below(long position, boolean steppedDown) {
    if (sizes.mayOverlap()) {
      ties.beginRoundAbove(total);
      return new Covering(position, steppedDown);
    }
    ties.beginRound(position, total);
    return new Adjoining(position, steppedDown);
  }

  private WatermarkSearch search(boolean steppedDown) {
    ties.loseTop();
    if (state instanceof Searching searching) {
      return searching.search();
    }
    WatermarkSearch search = new WatermarkSearch(sizes.size());
    state = new Searching(search, 0, steppedDown);
    return search;
  }

  private void plan() {
    if (state instanceof Searching searching) {
      long probe = searching.search().next(sizes.size());
      state =
          probe == WatermarkSearch.FOUND
              ? below(searching.search().high(), searching.steppedDown())
              : new Searching(searching.search(), probe, searching.steppedDown());
    }
    if (!ended()) {
      request = state.request(sizes, watermark.isUnset());
    }
  }

  private Malformed malformed(PageWindow window, String what) {
    return MalformedListing.because(account, window.response(), what);
  }
}
