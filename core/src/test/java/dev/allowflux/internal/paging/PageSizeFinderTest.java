package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageSizeFinderTest {

  private static PageBody page(int policies, @Nullable Long reportedSize) {
    List<AllowPolicy> list =
        IntStream.range(0, policies)
            .mapToObj(
                id ->
                    AllowPolicy.builder()
                        .id(new PolicyId("p" + id))
                        .createdAt(Instant.EPOCH)
                        .build())
            .toList();
    return new PageBody(list, null, null, reportedSize, null);
  }

  private static void learn(PageSizeFinder sizes, PageBody page, int requested) {
    sizes.learn(page, requested, sizes.sizeOf(page, requested));
  }

  @Test
  void aSmallerReportedSizeIsACap() {
    PageSizeFinder sizes = new PageSizeFinder(1000);
    learn(sizes, page(25, 25L), 1000);
    assertThat(sizes.size()).isEqualTo(25);
    assertThat(sizes.isFixed()).isFalse();
  }

  @Test
  void aLargerReportedSizeIsBelievedOnlyIfThePageIsLarger() {
    PageSizeFinder sizes = new PageSizeFinder(20);
    assertThat(sizes.sizeOf(page(20, 1000L), 20)).isEqualTo(20);
    assertThat(sizes.sizeOf(page(30, 50L), 20)).isEqualTo(50);
    learn(sizes, page(30, 50L), 20);
    assertThat(sizes.isFixed()).isTrue();
    assertThat(sizes.mayOverlap()).isFalse();
  }

  @Test
  void aPageThatCoversAPositionStartsAsLowAsAnySizeAllows() {
    PageSizeFinder sizes = new PageSizeFinder(100);
    for (int positions = 101; positions < 5000; positions += 7) {
      PageRequest request = sizes.covering(positions, false);
      long start = (request.page() - 1L) * request.perPage();
      assertThat(request.perPage()).isBetween(50, 100);
      assertThat(start).isLessThan(positions);
      assertThat(start + request.perPage()).isGreaterThanOrEqualTo(positions);
      for (int size = 50; size <= 100; size++) {
        assertThat(start).isLessThanOrEqualTo((positions - 1L) / size * size);
      }
    }
  }
}
