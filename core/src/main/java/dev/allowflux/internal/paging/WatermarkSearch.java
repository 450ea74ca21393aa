package dev.allowflux.internal.paging;

/**
 * Searches the watermark by doubling steps and bisection: the lowest position whose policy was
 * delivered already or does not exist. It lies above {@code low} and is at most {@code high}.
 */
final class WatermarkSearch {

  /** Instead of a position to look at: the watermark is known well enough. */
  static final long FOUND = -1;

  private static final long UNKNOWN = -2;

  private long low = UNKNOWN;
  private long high = UNKNOWN;
  private long stride;

  WatermarkSearch(int pageSize) {
    stride = pageSize;
  }

  /** Everything from this position on was delivered or does not exist. */
  void atMost(long position) {
    high = position;
    if (low >= high) {
      low = UNKNOWN;
    }
  }

  /** This position and everything below it is still to be delivered. */
  void above(long position) {
    low = position;
    if (high <= low) {
      high = UNKNOWN;
    }
  }

  /**
   * Returns the position to look at next, or {@link #FOUND} if a page that ends at {@link #high()}
   * is likely to reach the watermark.
   */
  long next(int pageSize) {
    if (high == UNKNOWN) {
      return step(low + stride);
    }
    if (low == UNKNOWN) {
      long position = step(high - stride);
      if (position >= 0) {
        return position;
      }
      low = -1;
    }
    return high - low <= Math.max(1, pageSize / 3) ? FOUND : (low + high) >>> 1;
  }

  private long step(long position) {
    stride *= 2;
    return position;
  }

  long high() {
    return high;
  }
}
