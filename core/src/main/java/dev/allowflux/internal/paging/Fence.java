package dev.allowflux.internal.paging;

import dev.allowflux.model.SinglePageReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Proves that nothing was deleted below a place in the list between two responses, so that all
 * pages read between the two show the same list.
 */
interface Fence {

  /** A fence that could not be evaluated. */
  long UNUSABLE = -1;

  /**
   * Takes a page as the first of the two responses.
   *
   * @param page the page
   * @param newest when the newest policy that was seen was created
   * @param watermark the instant of the newest policy that is still to be read
   */
  void begin(PageWindow page, Instant newest, Instant watermark);

  /** Whether there is a first response to compare with. */
  boolean isReady();

  /** Why there is none. */
  SinglePageReason obstacle();

  /** The second of the two responses. {@code null} if no page of the service can be one. */
  @Nullable PageRequest request(PageSizeFinder sizes);

  /**
   * Compares the two responses. The second one is the first one of the next comparison, if it can
   * be.
   *
   * @return how many policies were deleted, 0 if the fence holds, {@link #UNUSABLE} if the
   *     responses do not tell
   */
  long deleted(PageWindow second);
}
