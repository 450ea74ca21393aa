package dev.allowflux.internal.paging;

import dev.allowflux.model.SinglePageReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Counts the policies below a step, which is a place where {@code created_at} changes from one
 * position to the next. Both positions are on one page, so one response tells the rank of the step:
 * how many policies were created at its lower instant or before.
 *
 * <p>The step is more than ten minutes older than the newest policy, so nothing is added below it.
 * If its rank is the same in two responses, nothing was deleted below it in between: neither a
 * total nor the order of ties plays a part. If the rank fell, the difference is the number of
 * deletions.
 */
final class RankFence implements Fence {

  /** Enough positions below the step to count deletions, and little to transfer. */
  private static final int LARGEST_PAGE = 40;

  private @Nullable Instant lower;
  private long rank;
  private SinglePageReason obstacle = SinglePageReason.RECENT;

  @Override
  public void begin(PageWindow page, Instant newest, Instant watermark) {
    Instant limit = newest.minus(PageDelivery.LATE);
    for (int i = 0; i + 1 < page.policies().size() && page.created(i).isBefore(limit); i++) {
      // What is still to be read must be below the step.
      if (!page.created(i).isBefore(watermark) && page.created(i).isBefore(page.created(i + 1))) {
        lower = page.created(i);
        rank = page.from() + i + 1;
        return;
      }
    }
    // The step of an earlier page is higher up in the list, and still good.
    obstacle = watermark.isBefore(limit) ? SinglePageReason.ONE_INSTANT : SinglePageReason.RECENT;
  }

  @Override
  public boolean isReady() {
    return lower != null;
  }

  @Override
  public SinglePageReason obstacle() {
    return obstacle;
  }

  @Override
  public @Nullable PageRequest request(PageSizeFinder sizes) {
    int largest = sizes.isFixed() ? sizes.size() : Math.min(LARGEST_PAGE, sizes.size());
    int smallest = sizes.isFixed() ? largest : (largest + 1) / 2;
    int best = 0;
    for (int size = smallest; size <= largest; size++) {
      if (best == 0 || rank % size > rank % best) {
        best = size;
      }
    }
    // Both sides of the step must be on the page.
    return rank % best == 0 ? null : PageRequest.holding(rank, best);
  }

  @Override
  public long deleted(PageWindow second) {
    Instant instant = lower;
    int below = 0;
    while (instant != null
        && below < second.policies().size()
        && !second.created(below).isAfter(instant)) {
      below++;
    }
    boolean lowerSide = below > 0 || second.from() == 0;
    boolean upperSide = below < second.policies().size();
    long before = rank;
    rank = second.from() + below;
    if (instant == null || !lowerSide || !upperSide || rank > before) {
      lower = null;
      return UNUSABLE;
    }
    return before - rank;
  }
}
