package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.model.TraversedPage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A walk through a whole account from the newest policy to the oldest that misses nothing which
 * stays, whatever is added and deleted meanwhile (docs/decisions/0011-two-traversals.md).
 *
 * <p>The list is sorted by creation, so a <em>place</em> in it, counted from 0, holds an older
 * policy than the place behind. All that is remembered is the watermark: everything newer has been
 * delivered, and of what was created at the watermark itself the policies that are named. A
 * deletion can only move what is older to lower places, and those are still to be read. So each
 * read is of the places just below the watermark, and of nothing else two at a time. What can go
 * wrong at the border between two reads is dealt with by their overlap:
 *
 * <ul>
 *   <li>Policies created at one instant may lie on both sides, in an order that changes from read
 *       to read. The ones that came are counted against the places they take; if any may be
 *       missing, a page that covers all of them is read, or, where no page can, they are read again
 *       and again until as many different ones came as there are.
 *   <li>A new policy may show up a little below the newest ones. Near the end of the list each page
 *       therefore begins with a policy that was read before: if it does not, it is looked for
 *       higher up.
 *   <li>Where so much was deleted that a page holds nothing but what was delivered, and where a
 *       traversal is continued, the watermark is found by bisection.
 * </ul>
 *
 * <p>Not safe for use by several threads at a time. The answers are to be given in the order in
 * which they were asked for, each before the next one is.
 */
public final class DescendingCursor {

  /** How all pages are listed. */
  public static final AllowPolicyFilter LISTING =
      AllowPolicyFilter.builder().order(Order.CREATED_AT).direction(Direction.ASC).build();

  /** How long after its creation a policy may show up. */
  private static final Duration LATE = Duration.ofMinutes(10);

  /**
   * Pages start at multiples of their size, so they overlap only if the size can be chosen. Of
   * twenty sizes in a row or more, one always fits: the first place that all of the sizes from 10
   * to 20 divide is the 232,792,560th.
   */
  private static final int SMALLEST_TO_OVERLAP = 20;

  private static final int MAX_SIZE = 1000;
  private static final int MAX_PASSES = 30;
  private static final int MAX_UNSTEADY_PASSES = 3;
  private static final int MAX_DOUBTS = 3;
  private static final int MAX_IDLE = 200;
  private static final long NOWHERE = -2;

  private final AccountId account;
  private final AllowPolicyFilter filter;

  /** How many policies the service puts on a page at most. */
  private int size;

  /** The service said of its own accord, or showed by a full page, that this is the size. */
  private boolean sizeShown;

  /** The service said once that its pages are larger than what it was asked for. */
  private boolean sizeInDoubt;

  /** The service does not heed smaller sizes: all pages start at multiples of the one size. */
  private boolean oneSize;

  private @Nullable Instant watermark;
  private Set<PolicyId> delivered = new HashSet<>();
  private @Nullable Instant newest;

  /** Nothing is known of the list yet. */
  private boolean opening;

  /** All of the list was on the first page, however many the service puts there. */
  private boolean onePage;

  /** A place whose policy is newer than the watermark, with all below it to be read. */
  private long place;

  /** Whether the next page must hold that place too, or only what is below it. */
  private boolean covering = true;

  /** The first place behind what was created at the watermark, once it was seen. */
  private long tiedEnd = NOWHERE;

  /** Who was seen of those created at the watermark, in this pass and in all of them. */
  private Set<PolicyId> pass = new HashSet<>();

  private Set<PolicyId> passes = new HashSet<>();
  private long placesInPass = NOWHERE;
  private int passCount;
  private @Nullable Long total;
  private @Nullable Long totalAtTop;
  private @Nullable Long totalInPass;

  /** The search for the watermark: the first of the places above {@code low} up to {@code high}. */
  private boolean searching;

  private long low = NOWHERE;
  private long high = NOWHERE;
  private long stride;

  /** The page before held only what was delivered, so that the next lower one is read. */
  private boolean steppedDown;

  private int page;
  private int perPage;
  private @Nullable Window doubted;

  /** The last page that came shorter than it can have been, and how often in a row it did. */
  private @Nullable Window suspect;

  private int doubts;
  private int idle;

  private boolean ended;
  private @Nullable Long expected;
  private long seen;
  private long matched;
  private long duplicates;
  private long pages;
  private boolean drift;
  private boolean complete = true;

  private DescendingCursor(AccountId account, AllowPolicyFilter filter, int perPage) {
    if (!filter.isLocal()) {
      throw new IllegalArgumentException(
          "a complete traversal takes no search, order or direction");
    }
    this.account = account;
    this.filter = filter;
    this.size = perPage;
  }

  /**
   * Some places of the list as they were at one moment: those from {@code from} on of a page that
   * has {@code size} of them, which the service may have said or not.
   */
  private record Window(
      List<AllowPolicy> policies,
      long from,
      int size,
      long said,
      @Nullable Long total,
      ApiResult<PageBody> answer) {

    long end() {
      return from + policies.size();
    }

    boolean isFull() {
      return policies.size() >= size;
    }

    boolean isSameAs(@Nullable Window other) {
      return other != null && from == other.from && policies.equals(other.policies);
    }

    Instant created(int index) {
      return policies.get(index).createdAt();
    }

    Instant oldest() {
      return created(0);
    }

    Instant newest() {
      return created(policies.size() - 1);
    }
  }

  /**
   * Returns the beginning of a traversal.
   *
   * @param account whose policies are read
   * @param filter which of them are delivered
   * @param perPage how many policies a page is asked for at most
   * @return the cursor of the first page to ask for
   * @throws IllegalArgumentException if the filter has a search term, an order or a direction
   */
  public static DescendingCursor first(AccountId account, AllowPolicyFilter filter, int perPage) {
    DescendingCursor cursor = new DescendingCursor(account, filter, perPage);
    cursor.opening = true;
    cursor.plan();
    return cursor;
  }

  /**
   * Returns the continuation of a traversal.
   *
   * @param account whose policies are read
   * @param filter which of them are delivered
   * @param perPage how many policies a page is asked for at most
   * @param position where the traversal stood
   * @return the cursor of the first page to ask for, ended if the position is an end
   * @throws IllegalArgumentException if the filter has a search term, an order or a direction
   */
  public static DescendingCursor from(
      AccountId account, AllowPolicyFilter filter, int perPage, TraversalPosition position) {
    DescendingCursor cursor = new DescendingCursor(account, filter, perPage);
    TraversalReport report = position.report();
    cursor.expected = report.expected();
    cursor.seen = report.seen();
    cursor.matched = report.matched();
    cursor.duplicates = report.duplicates();
    cursor.pages = report.pages();
    cursor.drift = report.drift();
    cursor.complete = report.complete();
    cursor.watermark = position.watermark();
    cursor.delivered.addAll(position.tied());
    cursor.place = position.place();
    cursor.newest = position.newest();
    cursor.ended = position.end();
    cursor.opening = true;
    cursor.plan();
    return cursor;
  }

  /**
   * Returns the page to ask for.
   *
   * @return the page, from 1
   */
  public int page() {
    return page;
  }

  /**
   * Returns how many policies the page is to be asked for, which changes on the way.
   *
   * @return the size, from 1
   */
  public int perPage() {
    return perPage;
  }

  /**
   * Tells whether all has been read.
   *
   * @return true if there is no page to ask for
   */
  public boolean ended() {
    return ended;
  }

  /**
   * Takes the answer for {@link #page()}.
   *
   * @param answer the answer
   * @return a page of policies that are new, which may be none; {@code null} if the answer only
   *     told where to look
   * @throws Malformed if the answer is of another page, longer than it says pages are or not in
   *     order, if it lost policies time and again, or if the list changes faster than it can be
   *     read
   */
  public @Nullable TraversedPage next(ApiResult<PageBody> answer) {
    Window window = window(answer);
    pages++;
    total = window.total();
    if (pages == 1) {
      expected = total;
    }
    drift |= expected != null && total != null && !expected.equals(total);
    TraversedPage delivery = doubted == null ? read(window) : lookedBehind(doubted, window);
    if (delivery != null) {
      idle = 0;
    } else if (++idle > MAX_IDLE) {
      throw malformed(answer, "the list changes faster than it can be read");
    }
    if (!ended) {
      plan();
    }
    return delivery;
  }

  private Window window(ApiResult<PageBody> answer) {
    PageBody body = answer.value();
    List<AllowPolicy> policies = body.policies();
    Long number = body.page();
    if (number != null && number != page) {
      throw malformed(answer, "page " + number + " came for page " + page);
    }
    Instant before = Instant.MIN;
    for (AllowPolicy policy : policies) {
      if (policy.createdAt().isBefore(before)) {
        throw malformed(answer, "page " + page + " is not in the order of creation");
      }
      before = policy.createdAt();
    }
    int used = usedSize(body);
    if (policies.size() > used) {
      throw malformed(
          answer, "page " + page + " has " + policies.size() + " policies, not " + used);
    }
    Long said = body.perPage();
    if (used < perPage) {
      size = Math.min(size, used);
      sizeShown = true;
    } else if (used > perPage) {
      size = used;
      sizeShown = true;
      oneSize = true;
    } else if (used == size && said != null) {
      sizeShown |= policies.size() == used;
    }
    return new Window(
        policies, (page - 1L) * used, used, said == null ? 0 : said, body.totalCount(), answer);
  }

  /** A service that says more than it was asked for is believed if it shows that it means it. */
  private int usedSize(PageBody body) {
    Long said = body.perPage();
    if (said == null || said < 1 || said > Integer.MAX_VALUE) {
      return perPage;
    }
    boolean meant =
        said <= perPage || body.policies().size() > perPage || (sizeShown && said == size);
    return meant ? said.intValue() : perPage;
  }

  private @Nullable TraversedPage read(Window window) {
    if (opening && !sizeInDoubt && window.said() > perPage && perPage < MAX_SIZE) {
      // Whether it means it shows when it is asked for that many.
      sizeInDoubt = true;
      size = (int) Math.min(window.said(), MAX_SIZE);
      sizeShown = true;
      return null;
    }
    boolean tooShort = isSizeKnown(window) && total != null && total > window.end();
    if (!window.isFull() && !searching && (tooShort || sizeInDoubt)) {
      doubted = window;
      return null;
    }
    return opening ? open(window) : take(window, !window.isFull());
  }

  /** Whether the service said how many policies it puts on the page, or showed it before. */
  private boolean isSizeKnown(Window window) {
    return !opening || window.said() > 0 || window.policies().isEmpty();
  }

  /** A page came short, although there may be more: what is behind it tells which is true. */
  private @Nullable TraversedPage lookedBehind(Window before, Window behind) {
    doubted = null;
    boolean nothing = behind.policies().isEmpty();
    if (!isSizeKnown(before)) {
      if (nothing) {
        // By now, what is left of the list is on the first page.
        onePage = true;
        return null;
      }
      size = before.policies().size();
      return begin(before);
    }
    if (nothing) {
      return opening ? open(before) : take(before, true);
    }
    // While the list changes, it may have been the end when it was read.
    boolean quiet = Objects.equals(before.total(), behind.total());
    doubts = quiet && before.isSameAs(suspect) ? doubts + 1 : 1;
    suspect = before;
    if (doubts > MAX_DOUBTS) {
      throw malformed(
          before.answer(),
          "a page came with "
              + before.policies().size()
              + " of "
              + before.size()
              + " policies, but the one behind it has some");
    }
    return null;
  }

  /**
   * The first page is the oldest one: unless it is the only one, it tells how many policies the
   * service puts on a page, and where the end may be.
   */
  private @Nullable TraversedPage open(Window first) {
    if (first.isFull()) {
      return begin(first);
    }
    if (isSizeKnown(first) || onePage) {
      opening = false;
      return take(first, true);
    }
    // That is all, or the service puts less on a page than it was asked for.
    doubted = first;
    return null;
  }

  private @Nullable TraversedPage begin(Window first) {
    opening = false;
    if (watermark != null) {
      return null;
    }
    Long counted = first.total();
    if (counted == null) {
      atMost(first.end() - 1);
    } else {
      // Some room for what is added until the end is read.
      place = Math.max(counted, first.end()) + (mayOverlap() ? size / 8 : 0);
    }
    return null;
  }

  private @Nullable TraversedPage take(Window window, boolean toTheEnd) {
    if (window.policies().isEmpty() || isDelivered(window.oldest())) {
      duplicates += searching ? 0 : window.policies().size();
      if (window.from() == 0) {
        return end(List.of());
      }
      atLeast(window.from());
      return null;
    }
    if (toTheEnd || isConnected(window)) {
      searching = false;
      steppedDown = false;
      suspect = null;
      return deliver(window, toTheEnd);
    }
    if (searching || window.size() == perPage) {
      atMost(window.end() - 1);
    }
    // Else the page was smaller than planned, and is planned anew.
    return null;
  }

  private boolean isDelivered(Instant created) {
    return watermark != null && created.isAfter(watermark);
  }

  private boolean isPending(Instant created) {
    return watermark == null || created.isBefore(watermark);
  }

  /** Whether nothing can be between the top of the window and what was delivered. */
  private boolean isConnected(Window window) {
    Instant top = window.newest();
    if (isDelivered(top)) {
      return true;
    }
    return !covering && (!isPending(top) || window.end() == place);
  }

  private TraversedPage deliver(Window window, boolean toTheEnd) {
    List<AllowPolicy> policies = window.policies();
    int tiedTo = policies.size();
    while (tiedTo > 0 && isDelivered(window.created(tiedTo - 1))) {
      tiedTo--;
    }
    int tiedFrom = tiedTo;
    while (tiedFrom > 0 && !isPending(window.created(tiedFrom - 1))) {
      tiedFrom--;
    }
    if (newest == null || newest.isBefore(window.newest())) {
      newest = window.newest();
    }
    boolean topSeen = toTheEnd || tiedTo < policies.size();
    if (topSeen) {
      tiedEnd = window.from() + tiedTo;
      pass = new HashSet<>();
      totalAtTop = total;
    }
    List<AllowPolicy> fresh = new ArrayList<>(policies.size());
    boolean adjoins = window.from() + window.size() == place && !covering;
    for (AllowPolicy policy : policies.subList(tiedFrom, tiedTo)) {
      drift |= !pass.add(policy.id()) && adjoins;
      if (delivered.add(policy.id())) {
        fresh.add(policy);
      }
    }
    duplicates += policies.size() - tiedFrom - fresh.size();
    if (delivered.size() > TraversalPosition.MAX_TIED) {
      throw malformed(
          window.answer(),
          "more than "
              + TraversalPosition.MAX_TIED
              + " policies were created at "
              + watermark
              + ", which a complete traversal cannot tell apart");
    }
    if (tiedFrom == 0 && window.from() > 0) {
      // The page starts among those of the watermark.
      place = window.from();
      covering = false;
      return page(fresh);
    }
    if (!topSeen && !allCame(tiedEnd - window.from() - tiedFrom)) {
      place = tiedEnd;
      covering = true;
      tiedEnd = NOWHERE;
      return page(fresh);
    }
    return below(window, tiedFrom, fresh);
  }

  /**
   * Tells whether all of those created at the watermark have come, given how many places they take.
   *
   * <p>In a pass each place was read once or, as places only move down, twice: as many different
   * policies as places are all of them. What came in several passes adds up only while nothing
   * changes, or one that is gone would make up for one that is missing. Nor may anything change in
   * a pass where others may show up, at the same instant or below, and push a policy over the
   * border between two pages.
   */
  private boolean allCame(long places) {
    boolean quiet = total != null && total.equals(totalAtTop);
    if (quiet && places == placesInPass && Objects.equals(total, totalInPass)) {
      passes.addAll(pass);
    } else {
      passes = new HashSet<>(pass);
      placesInPass = places;
      totalInPass = total;
    }
    boolean all = passes.size() >= places;
    if (all && (quiet || !mayGrow())) {
      return true;
    }
    if (++passCount < (all ? MAX_UNSTEADY_PASSES : MAX_PASSES)) {
      return false;
    }
    complete = false;
    return true;
  }

  /** Moves the watermark down to the oldest policy of the window. */
  private TraversedPage below(Window window, int tiedFrom, List<AllowPolicy> fresh) {
    List<AllowPolicy> older = window.policies().subList(0, tiedFrom);
    passes = new HashSet<>();
    placesInPass = NOWHERE;
    passCount = 0;
    if (window.from() == 0) {
      fresh.addAll(0, older);
      return end(fresh);
    }
    Instant oldest = window.oldest();
    int oldestTo = 1;
    while (oldestTo < tiedFrom && window.created(oldestTo).equals(oldest)) {
      oldestTo++;
    }
    watermark = oldest;
    delivered = new HashSet<>();
    pass = new HashSet<>();
    if (mayOverlap() && isRecent(oldest)) {
      // They are read again, with whatever else was created at the same instant.
      fresh.addAll(0, older.subList(oldestTo, tiedFrom));
      tiedEnd = NOWHERE;
      place = window.from() + oldestTo;
      covering = true;
    } else {
      fresh.addAll(0, older);
      older.subList(0, oldestTo).forEach(policy -> delivered.add(policy.id()));
      pass.addAll(delivered);
      tiedEnd = window.from() + oldestTo;
      place = window.from();
      covering = false;
    }
    return page(fresh);
  }

  private boolean mayGrow() {
    return mayOverlap() && watermark != null && isRecent(watermark);
  }

  private boolean isRecent(Instant created) {
    return newest != null && created.isAfter(newest.minus(LATE));
  }

  private boolean mayOverlap() {
    return !oneSize && size >= SMALLEST_TO_OVERLAP;
  }

  /** All from this place on was delivered or is not there. */
  private void atLeast(long from) {
    if (!searching && !steppedDown) {
      steppedDown = true;
      goOnBelow(from);
      return;
    }
    search();
    high = from;
    if (low >= high) {
      low = NOWHERE;
    }
  }

  /** This place and all below it is to be delivered yet. */
  private void atMost(long last) {
    search();
    low = last;
    if (high <= low) {
      high = NOWHERE;
    }
  }

  private void goOnBelow(long from) {
    place = from;
    covering = mayOverlap();
    tiedEnd = covering ? NOWHERE : from;
    totalAtTop = total;
    pass = new HashSet<>();
  }

  private void search() {
    if (!searching) {
      searching = true;
      low = NOWHERE;
      high = NOWHERE;
      stride = size;
    }
    covering = true;
    tiedEnd = NOWHERE;
    pass = new HashSet<>();
  }

  private void plan() {
    if (doubted != null) {
      page++;
      return;
    }
    if (searching) {
      long probe = probe();
      if (probe != NOWHERE) {
        ask(oneSize ? probe / size : probe, oneSize ? size : 1);
        return;
      }
      searching = false;
      goOnBelow(high);
    }
    if (opening) {
      ask(0, size);
    } else if (covering) {
      planToCover(place + 1);
    } else {
      ask((place + size - 1) / size - 1, size);
    }
  }

  /** The place to look at next, or nowhere if the watermark is near enough. */
  private long probe() {
    if (high == NOWHERE) {
      long probe = low + stride;
      stride *= 2;
      return probe;
    }
    if (low == NOWHERE) {
      long probe = high - stride;
      stride *= 2;
      if (probe >= 0) {
        return probe;
      }
      low = -1;
    }
    return high - low <= Math.max(1, size / 3) ? NOWHERE : (low + high) >>> 1;
  }

  /** Of all pages with the last of so many places on them, takes the one that starts lowest. */
  private void planToCover(long places) {
    if (!mayOverlap()) {
      ask((places + size - 1) / size - 1, size);
      return;
    }
    if (places <= size) {
      ask(0, watermark == null ? size : (int) places);
      return;
    }
    long lowest = Long.MAX_VALUE;
    int best = size;
    for (int candidate = size; candidate >= size / 2; candidate--) {
      long start = (places - 1) / candidate * candidate;
      if (start < lowest) {
        lowest = start;
        best = candidate;
      }
    }
    ask(lowest / best, best);
  }

  private void ask(long pagesBefore, int ofSize) {
    page = (int) Math.min(pagesBefore + 1, Integer.MAX_VALUE);
    perPage = ofSize;
  }

  private TraversedPage end(List<AllowPolicy> fresh) {
    ended = true;
    drift |= expected != null && seen + fresh.size() != expected;
    return page(fresh);
  }

  private TraversedPage page(List<AllowPolicy> fresh) {
    seen += fresh.size();
    List<AllowPolicy> newestFirst = new ArrayList<>(fresh.size());
    for (int i = fresh.size() - 1; i >= 0; i--) {
      if (filter.matches(fresh.get(i))) {
        newestFirst.add(fresh.get(i));
      }
    }
    matched += newestFirst.size();
    TraversalReport report =
        new TraversalReport(expected, seen, matched, duplicates, pages, drift, complete);
    return new TraversedPage(
        newestFirst,
        new TraversalPosition(
            watermark, delivered, tiedEnd == NOWHERE ? place : tiedEnd, newest, ended, report),
        report);
  }

  /** Has no status, as no single answer is to blame, and so is never repeated. */
  private Malformed malformed(ApiResult<PageBody> answer, String what) {
    return new Malformed(
        FailureDetails.builder(Operation.LIST, account)
            .cfRay(answer.cfRay())
            .rateLimit(answer.rateLimit())
            .requestSent(Sent.YES)
            .build(),
        what);
  }
}
