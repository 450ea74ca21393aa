package dev.allowflux.model;

/**
 * Why a complete traversal read pages one at a time although several could be in flight.
 *
 * @since 0.1
 */
public enum SinglePageReason {
  /**
   * The policies were created less than ten minutes before the newest one, so others may still show
   * up among them.
   */
  RECENT,

  /** All policies of the pages were created at one instant, so a shift cannot be seen. */
  ONE_INSTANT,

  /**
   * The service uses one page size only, and no page of that size shows whether the list shifted.
   */
  PAGE_BORDER,

  /** There were too few pages for several at a time to pay. */
  FEW_PAGES,

  /** Policies were deleted so often that reading several pages at a time would not pay. */
  DELETIONS
}
