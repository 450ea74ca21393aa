package dev.allowflux.internal.paging;

/**
 * What a complete traversal is about to read, with the data that this needs. Positions count from
 * 0, the oldest policy. {@link DescendingCursor} decides which state follows.
 */
sealed interface CursorState {

  /** Which page to request in this state. */
  PageRequest request(PageSizeFinder sizes, boolean nothingReadYet);

  /** Whether the page before held only delivered policies, so that the next lower one is read. */
  default boolean steppedDown() {
    return false;
  }

  /**
   * Reads the first page, that of the oldest policies, which tells the page size and the total.
   *
   * @param resumeAt the position to go on at afterwards, if a traversal is continued
   * @param holdsAll whether the first page was seen to hold the whole list
   */
  record Opening(long resumeAt, boolean holdsAll) implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return PageRequest.after(0, sizes.size());
    }
  }

  /**
   * Reads the page behind one that came short although there may be more.
   *
   * @param shortPage the short page
   * @param shortRequest how it was requested
   * @param before the state in which it was read
   */
  record LookingBehind(PageWindow shortPage, PageRequest shortRequest, CursorState before)
      implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return shortRequest.behind();
    }
  }

  /**
   * Reads a policy that was seen higher up, because a page held delivered policies only.
   *
   * @param repeated the page
   * @param position where the policy was
   * @param before the state in which the page was read
   */
  record LookingAbove(PageWindow repeated, long position, CursorState before)
      implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return sizes.probe(position);
    }
  }

  /**
   * Searches the watermark, because it is unknown how far below the last known position it is.
   *
   * @param search the positions that it may have
   * @param probe the position to look at
   * @param steppedDown as in {@link CursorState#steppedDown()}
   */
  record Searching(WatermarkSearch search, long probe, boolean steppedDown) implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return sizes.probe(probe);
    }
  }

  /**
   * Reads a page that overlaps what was delivered: it holds a position whose policy is newer than
   * the watermark, and what is below.
   *
   * @param position the position
   * @param steppedDown as in {@link CursorState#steppedDown()}
   */
  record Covering(long position, boolean steppedDown) implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return sizes.covering(position + 1, nothingReadYet);
    }
  }

  /**
   * Reads the page just below what was delivered.
   *
   * @param position the lowest position that was delivered
   * @param steppedDown as in {@link CursorState#steppedDown()}
   */
  record Adjoining(long position, boolean steppedDown) implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return sizes.adjoining(position);
    }
  }

  /**
   * Reads a page that holds a policy of a group of ties that was read before, and what is below. If
   * one shows up late in between, none is left out.
   *
   * @param position the lowest position of the group that was read
   */
  record Bordering(long position) implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      return sizes.covering(position + 1, false);
    }
  }

  /** Everything was read. */
  record Ended() implements CursorState {
    @Override
    public PageRequest request(PageSizeFinder sizes, boolean nothingReadYet) {
      throw new IllegalStateException("nothing is left to request");
    }
  }
}
