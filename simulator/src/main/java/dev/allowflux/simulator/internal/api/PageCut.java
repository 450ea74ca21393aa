package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultEffect.CappedPage;
import dev.allowflux.simulator.FaultEffect.ShiftedPage;
import dev.allowflux.simulator.FaultEffect.ShortPage;
import dev.allowflux.simulator.FaultEffect.WrongPage;

/**
 * Which part of a list a page shows, with what its fault does to it.
 *
 * @param offset how many elements precede the page
 * @param limit how many elements it shows at most
 * @param perPage how many a full page has
 */
record PageCut(long offset, int limit, int perPage) {

  /**
   * Cuts a page.
   *
   * @param page the page, from 1
   * @param size how many elements a full page has without a fault
   * @param fault changes the page, if it is a change of pages
   */
  static PageCut of(long page, int size, FaultEffect fault) {
    int perPage = fault instanceof CappedPage capped ? Math.min(size, capped.rows()) : size;
    long offset = (page - 1) * perPage;
    if (fault instanceof ShiftedPage shifted) {
      offset += shifted.rows();
    } else if (fault == WrongPage.REPEATED_PAGE) {
      offset -= perPage;
    }
    int limit =
        fault == WrongPage.MISSING_PAGE
            ? 0
            : fault instanceof ShortPage shorter ? Math.min(shorter.rows(), perPage) : perPage;
    return new PageCut(Math.max(0, offset), limit, perPage);
  }
}
