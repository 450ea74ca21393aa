package dev.allowflux.simulator.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyTest {
  private static final Latency SPREAD =
      Latency.of(Duration.ofNanos(100), Duration.ofNanos(300), true, 9);

  @Test
  void timesAreSpreadOverAllOfTheBounds() {
    LongSummaryStatistics times =
        LongStream.rangeClosed(1, 20_000).map(SPREAD::nanos).summaryStatistics();
    assertThat(times.getMin()).isEqualTo(100);
    assertThat(times.getMax()).isEqualTo(300);
    assertThat(times.getAverage()).isBetween(195.0, 205.0);
  }

  @Test
  void readsAreEvaluatedWithinTheLatencyAndWritesAtItsStart() {
    LongSummaryStatistics reads =
        LongStream.rangeClosed(1, 20_000)
            .map(request -> SPREAD.evaluationNanos(request, true, 200))
            .summaryStatistics();
    assertThat(reads.getMin()).isZero();
    assertThat(reads.getMax()).isEqualTo(200);
    assertThat(SPREAD.evaluationNanos(3, false, 200)).isZero();
    Latency atOnce = Latency.of(Duration.ofNanos(100), Duration.ofNanos(300), false, 9);
    assertThat(atOnce.evaluationNanos(3, true, 200)).isZero();
  }

  @Test
  void requestsOfTheSameNumberHaveTheSameLatency() {
    Latency same = Latency.of(Duration.ofNanos(100), Duration.ofNanos(300), true, 9);
    assertThat(LongStream.range(0, 99).map(same::nanos))
        .containsExactlyElementsOf(LongStream.range(0, 99).map(SPREAD::nanos).boxed().toList());
  }
}
