package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.SinglePageReason;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A complete traversal with several pages in flight. The {@link DescendingCursor} remains the judge
 * of what is delivered, and gets the pages as if they had been read one after the other. That is
 * true if nothing was deleted while they were read, which a {@link Fence} proves. Until then pages
 * are held; if the fence fails, all but the first are dropped and read again. How many pages are
 * read per fence, {@link FenceRule} decides: one at a time needs no fence.
 *
 * <p>The order of events is the order of the calls of {@link #next} and {@link #take}. Not safe for
 * use by several threads at a time.
 */
public final class FencedCursor {

  /** A request that was sent. */
  public static final class Sent {
    private final PageRequest page;
    private final long sentNanos;
    private final long sentEvent;
    private @Nullable ApiResult<PageBody> response;
    private long arrivedEvent = Long.MAX_VALUE;

    private Sent(PageRequest page, long sentNanos, long sentEvent) {
      this.page = page;
      this.sentNanos = sentNanos;
      this.sentEvent = sentEvent;
    }

    /**
     * Returns the page to request.
     *
     * @return the page and its size
     */
    public PageRequest page() {
      return page;
    }

    private boolean hasArrived() {
      return response != null;
    }
  }

  private final DescendingCursor cursor;
  private final int inFlight;
  private final int maxHeld;
  private final Fence fence;
  private final FenceRule rule;

  /** The pages that were requested and not given to the cursor yet, in the order of the cursor. */
  private final Deque<Sent> held = new ArrayDeque<>();

  private @Nullable Sent openFence;
  private FenceRule.Block block = FenceRule.Block.SINGLE;
  private int requestsInFlight;
  private long lastAllowed;
  private long events;

  /** Whether the first held page needs no fence, since nothing was accepted after its request. */
  private boolean firstIsSafe = true;

  /** A page failed, so no more are requested until the held ones are settled. */
  private boolean paused;

  /**
   * Older policies moved, so the next page overlaps what was delivered. What the cursor needs after
   * that page is known only when it came.
   */
  private boolean moved;

  private long comparedNanos;
  private long shiftNanos;

  FencedCursor(DescendingCursor cursor, int inFlight, int maxHeld, Fence fence, FenceRule rule) {
    this.cursor = cursor;
    this.inFlight = inFlight;
    this.maxHeld = maxHeld;
    this.fence = fence;
    this.rule = rule;
  }

  /**
   * Returns a traversal with several pages in flight.
   *
   * @param cursor the traversal, at its beginning
   * @param inFlight how many requests may be in flight, from 1, where one needs no fence
   * @param maxHeld how many pages may be held or in flight before they are accepted
   * @return the traversal
   */
  public static FencedCursor of(DescendingCursor cursor, int inFlight, int maxHeld) {
    FenceRule rule = new FenceRule(inFlight, maxHeld);
    return new FencedCursor(cursor, inFlight, maxHeld, new RankFence(), rule);
  }

  /**
   * Tells whether everything was read.
   *
   * @return true if there is nothing left to request
   */
  public boolean ended() {
    return cursor.ended();
  }

  /**
   * Returns the next request that may be sent now, until there is none.
   *
   * @param allowed how many more pages may be delivered
   * @param now the time in nanoseconds, of a clock that never goes back
   * @return a request, or {@code null} if a response has to come first or no page is allowed
   */
  public @Nullable Sent next(long allowed, long now) {
    if (cursor.ended() || requestsInFlight >= inFlight || allowed < 1) {
      return null;
    }
    lastAllowed = allowed;
    if (held.isEmpty()) {
      paused = false;
      firstIsSafe = true;
      block = chooseBlock(allowed, now);
      return request(cursor.request(), now);
    }
    if (isFenceDue(allowed)) {
      Sent due = fenceRequest(now);
      if (due != null) {
        return due;
      }
    }
    if (!mayRequestMore(allowed)) {
      return null;
    }
    PageRequest last = held.getLast().page;
    return request(new PageRequest(last.page() - 1, last.perPage()), now);
  }

  private Sent request(PageRequest page, long now) {
    Sent sent = new Sent(page, now, ++events);
    requestsInFlight++;
    held.addLast(sent);
    return sent;
  }

  private FenceRule.Block chooseBlock(long allowed, long now) {
    if (inFlight == 1 || moved || cursor.request().page() == 1) {
      moved = false;
      return FenceRule.Block.SINGLE;
    }
    SinglePageReason reason;
    if (!cursor.isAdjoining()) {
      reason = cursor.isOverlapping() ? SinglePageReason.RECENT : null;
    } else if (!fence.isReady()) {
      reason = fence.obstacle();
    } else if (fence.request(cursor.sizes()) == null) {
      reason = SinglePageReason.PAGE_BORDER;
    } else {
      FenceRule.Block chosen = rule.next(cursor.request().page(), allowed, now);
      if (chosen.pages() > 1) {
        return chosen;
      }
      reason = rule.sawDeletions() ? SinglePageReason.DELETIONS : SinglePageReason.FEW_PAGES;
    }
    if (reason != null) {
      cursor.counts().readSingly(reason);
    }
    return FenceRule.Block.SINGLE;
  }

  private boolean mayRequestMore(long allowed) {
    int ofBlock = firstIsSafe ? block.pages() : unproven();
    int most = ofBlock + block.readOn();
    return block.pages() > 1
        && !paused
        && held.size() < Math.min(Math.min(most, maxHeld), allowed)
        && held.getLast().page.page() > 1;
  }

  /** In a block that waits for its fence, the first page may be gone already. */
  private int unproven() {
    return block.pages() - 1;
  }

  private boolean isFenceDue(long allowed) {
    if (openFence != null || firstIsSafe) {
      return false;
    }
    int arrived = 0;
    for (Sent page : held) {
      if (!page.hasArrived()) {
        break;
      }
      arrived++;
    }
    return arrived >= block.pages() - 1
        ? arrived > 0
        : arrived == held.size() && !mayRequestMore(allowed);
  }

  private @Nullable Sent fenceRequest(long now) {
    PageRequest page = fence.request(cursor.sizes());
    if (page == null) {
      drop();
      return next(1, now);
    }
    Sent sent = new Sent(page, now, ++events);
    rule.spent(1);
    openFence = sent;
    requestsInFlight++;
    return sent;
  }

  /**
   * Takes a response.
   *
   * @param sent the request
   * @param response the response to it
   * @param now when it came, in nanoseconds
   * @return the pages that are delivered with it, perhaps none
   * @throws Malformed as {@link DescendingCursor#next}
   */
  public List<Page> take(Sent sent, ApiResult<PageBody> response, long now) {
    events++;
    requestsInFlight--;
    rule.responseTook(now - sent.sentNanos);
    List<Page> delivered = new ArrayList<>();
    if (sent == openFence) {
      openFence = null;
      takeFence(sent, response, now, delivered);
    } else if (held.contains(sent)) {
      sent.response = response;
      sent.arrivedEvent = events;
      takeFirst(now, delivered);
    }
    return delivered;
  }

  /**
   * Takes the failure of a request. That of the first held page is the failure of the traversal;
   * any other page is requested again when its turn comes.
   *
   * @param sent the request
   * @return whether the traversal fails
   */
  public boolean fails(Sent sent) {
    events++;
    requestsInFlight--;
    if (sent == openFence) {
      openFence = null;
      cursor.counts().fence();
      failed();
      return false;
    }
    if (!held.contains(sent)) {
      return false;
    }
    if (firstIsSafe && sent == held.peekFirst()) {
      return true;
    }
    paused = true;
    while (held.peekLast() != sent) {
      dropLast();
    }
    dropLast();
    if (held.isEmpty()) {
      drop();
    }
    return false;
  }

  /** Gives the first page to the cursor if it needs no fence. */
  private void takeFirst(long now, List<Page> delivered) {
    Sent first = held.peekFirst();
    if (first == null || !firstIsSafe || !first.hasArrived()) {
      return;
    }
    held.removeFirst();
    boolean alone = held.isEmpty();
    firstIsSafe = alone;
    if (give(first, delivered) && alone) {
      observeShift(now);
      begin(now);
    }
  }

  private void observeShift(long now) {
    int shift = cursor.lastShift();
    if (shift >= 0 && shiftNanos != 0) {
      rule.observed(shift, now - shiftNanos);
    }
    shiftNanos = now;
  }

  /** The last page given to the cursor is as the list was at the last comparison. */
  private void begin(long now) {
    Instant newest = cursor.newest();
    Instant watermark = cursor.watermark();
    PageWindow window = cursor.takeLastWindow();
    if (inFlight > 1 && newest != null && watermark != null && window != null) {
      fence.begin(window, newest, watermark);
      comparedNanos = now;
    }
  }

  /** Gives a page to the cursor, unless the cursor needs another one. */
  private boolean give(Sent page, List<Page> delivered) {
    ApiResult<PageBody> response = page.response;
    if (response == null || !cursor.request().equals(page.page)) {
      held.addFirst(page);
      drop();
      return false;
    }
    Page next = cursor.next(response);
    rule.accepted(1);
    if (next != null) {
      delivered.add(next);
    }
    if (cursor.ended()) {
      held.clear();
    }
    return true;
  }

  private void takeFence(Sent sent, ApiResult<PageBody> response, long now, List<Page> delivered) {
    cursor.counts().fence();
    PageWindow window = cursor.windowOf(sent.page, response);
    long deleted = fence.deleted(window);
    rule.observed(deleted == Fence.UNUSABLE ? 1 : deleted, now - comparedNanos);
    comparedNanos = now;
    shiftNanos = 0;
    if (deleted != 0) {
      moved = true;
      failed();
      return;
    }
    boolean given = true;
    while (given && !held.isEmpty() && held.getFirst().arrivedEvent < sent.sentEvent) {
      given = give(held.removeFirst(), delivered);
    }
    if (given && !cursor.ended()) {
      begin(now);
      firstIsSafe = true;
      if (!held.isEmpty()) {
        block = rule.next(held.getFirst().page.page(), lastAllowed, now);
      }
      takeFirst(now, delivered);
    }
  }

  private void failed() {
    cursor.counts().failedFence();
    drop();
  }

  /** Drops all held pages, to be read again. A fence that is under way proves nothing then. */
  private void drop() {
    while (!held.isEmpty()) {
      dropLast();
    }
    firstIsSafe = true;
    openFence = null;
  }

  private void dropLast() {
    held.removeLast();
    rule.spent(1);
    cursor.counts().readAgain();
  }
}
