package dev.allowflux.internal.paging;

/**
 * Which page to request.
 *
 * @param page the number of the page, from 1
 * @param perPage how many policies to request, from 1
 */
public record PageRequest(int page, int perPage) {

  /** The page behind so many pages of a size. */
  static PageRequest after(long pagesBefore, int perPage) {
    return new PageRequest((int) Math.min(pagesBefore + 1, Integer.MAX_VALUE), perPage);
  }

  /** The page that holds a position of the list, counted from 0. */
  static PageRequest holding(long position, int perPage) {
    return after(position / perPage, perPage);
  }

  /** The next page of the same size. */
  PageRequest behind() {
    return new PageRequest(page + 1, perPage);
  }
}
