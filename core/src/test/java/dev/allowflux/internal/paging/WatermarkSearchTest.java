package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatermarkSearchTest {

  /** Searches in a list where everything from a position on was delivered. */
  private static int probes(WatermarkSearch search, long delivered, int pageSize) {
    int probes = 0;
    long position;
    while ((position = search.next(pageSize)) != WatermarkSearch.FOUND) {
      assertThat(position).isNotNegative();
      assertThat(++probes).isLessThan(100);
      if (position >= delivered) {
        search.atMost(position);
      } else {
        search.above(position);
      }
    }
    assertThat(search.high() - delivered).isBetween(0L, (long) pageSize / 3);
    return probes;
  }

  @Test
  void theWatermarkIsFoundInLogarithmicallyManyProbesFromAbove() {
    for (long delivered : new long[] {0, 1, 7, 1_000, 123_456, 999_999}) {
      WatermarkSearch search = new WatermarkSearch(1000);
      search.atMost(1_000_000);
      assertThat(probes(search, delivered, 1000)).isLessThan(25);
    }
  }

  @Test
  void theEndIsFoundInLogarithmicallyManyProbesFromBelow() {
    for (long end : new long[] {1_000, 1_001, 123_456, 999_999}) {
      WatermarkSearch search = new WatermarkSearch(1000);
      search.above(999);
      assertThat(probes(search, end, 1000)).isLessThan(25);
    }
  }

  @Test
  void whatTurnsOutWrongMeanwhileIsForgotten() {
    WatermarkSearch search = new WatermarkSearch(1000);
    search.above(50_000);
    search.atMost(10_000);
    assertThat(probes(search, 5_000, 1000)).isLessThan(25);
  }
}
