package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchResultTest {

  @Test
  void aLargeResultIsShownByItsCounts() {
    List<PolicyId> ids = IntStream.range(0, 100_000).mapToObj(i -> new PolicyId("p" + i)).toList();
    BatchResult result = new BatchResult(ids, List.of(), List.of(), List.of());
    assertThat(result.toString()).contains("deletes=100000").hasSizeLessThan(200);
  }
}
