package dev.allowflux.internal.paging;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.SinglePageReason;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Fences that look right and are not: they compare the length of the list, taken from the last page
 * or from the total, with what is new on the last page.
 */
final class EndFence implements Fence {

  private final boolean trustsTotal;
  private long length = -1;
  private long firstLength = -1;
  private Set<PolicyId> first = new HashSet<>();

  EndFence(boolean trustsTotal) {
    this.trustsTotal = trustsTotal;
  }

  @Override
  public void begin(PageWindow page, Instant newest, Instant watermark) {
    Long total = page.total();
    if (total != null) {
      length = total;
    }
  }

  @Override
  public boolean isReady() {
    return length > 0;
  }

  @Override
  public SinglePageReason obstacle() {
    return SinglePageReason.RECENT;
  }

  @Override
  public PageRequest request(PageSizeFinder sizes) {
    return PageRequest.holding(length, sizes.size());
  }

  @Override
  public long deleted(PageWindow second) {
    Long total = second.total();
    long secondLength = trustsTotal && total != null ? total : second.end();
    length = secondLength;
    int added = 0;
    Set<PolicyId> ids = new HashSet<>();
    for (AllowPolicy policy : second.policies()) {
      ids.add(policy.id());
      added += first.contains(policy.id()) ? 0 : 1;
    }
    boolean comparable = firstLength >= 0 && !second.isFull();
    long deleted = firstLength + (trustsTotal ? 0 : added) - secondLength;
    firstLength = second.isFull() ? -1 : secondLength;
    first = ids;
    return comparable && deleted >= 0 ? deleted : UNUSABLE;
  }

  /** A fence that always holds. */
  static Fence off() {
    return new Fence() {
      @Override
      public void begin(PageWindow page, Instant newest, Instant watermark) {}

      @Override
      public boolean isReady() {
        return true;
      }

      @Override
      public SinglePageReason obstacle() {
        return SinglePageReason.RECENT;
      }

      @Override
      public PageRequest request(PageSizeFinder sizes) {
        return new PageRequest(1, 1);
      }

      @Override
      public long deleted(PageWindow second) {
        return 0;
      }
    };
  }
}
