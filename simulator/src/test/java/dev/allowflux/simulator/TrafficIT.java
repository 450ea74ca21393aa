package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Latency, other clients and totals as a busy service has them. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class TrafficIT {
  private final AtomicLong now = new AtomicLong();

  @Test
  void churnAddsAndDeletesOnTheClockOfTheSimulator() {
    try (ApiSimulator api =
        ApiSimulator.builder().policies(100).churn(10, 0).clock(now::get).noRateLimit().start()) {
      List<String> before = api.policyIds();
      now.addAndGet(5_000_000_000L);
      while (api.size() < 110) {
        Thread.onSpinWait();
      }
      assertThat(api.policyIds()).startsWith(before.toArray(new String[0]));
      api.churn(0, 100);
      now.addAndGet(60_000_000_000L);
      while (api.size() > 0) {
        Thread.onSpinWait();
      }
      assertThat(new Caller(api).get("").result()).isEmpty();
      assertThat(api.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void churnEndsWithRatesOfZero() {
    try (ApiSimulator api =
        ApiSimulator.builder().policies(10).churn(100, 0).clock(now::get).start()) {
      api.churn(0, 0);
      now.addAndGet(60_000_000_000L);
      Caller caller = new Caller(api);
      for (int i = 0; i < 20; i++) {
        assertThat(caller.get("").result().size()).isEqualTo(10);
      }
    }
  }

  @Test
  void readMayShowAChangeThatIsNewerThanTheRequest() throws Exception {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(3)
            .latency(Duration.ofMillis(400))
            .evaluateReadsWithinLatency(true)
            .start()) {
      int newer = 0;
      for (int i = 0; i < 6; i++) {
        int before = api.size();
        try (Wire wire = new Wire(api)) {
          long requests = api.requestCount();
          wire.get("", "connection: close");
          while (api.requestCount() == requests) {
            Thread.onSpinWait();
          }
          api.addPolicies(1);
          int seen = Caller.json(wire.readToEnd().body()).required("result").size();
          newer += seen > before ? 1 : 0;
        }
      }
      assertThat(newer).as("reads that saw the addition, of 6").isPositive();
    }
  }

  @Test
  void totalIsOldForATimeButPoliciesAreNot() {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(5)
            .totalCountCachedFor(Duration.ofSeconds(30))
            .clock(now::get)
            .start()) {
      Caller caller = new Caller(api);
      assertThat(total(caller, "")).isEqualTo(5);
      api.addPolicies(2);
      now.addAndGet(29_000_000_000L);
      assertThat(total(caller, "")).isEqualTo(5);
      assertThat(caller.get("").result().size()).isEqualTo(7);
      now.addAndGet(1_000_000_000L);
      assertThat(total(caller, "")).isEqualTo(7);
    }
  }

  @Test
  void eachFilterHasACachedTotalOfItsOwn() {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .policies(60)
            .totalCount(TotalCount.FILTERED)
            .totalCountCachedFor(Duration.ofSeconds(30))
            .clock(now::get)
            .start()) {
      Caller caller = new Caller(api);
      int all = total(caller, "");
      int some = total(caller, "?verify_sender=true");
      assertThat(some).isPositive().isLessThan(all);
      api.addPolicies(200);
      assertThat(total(caller, "")).isEqualTo(all);
      assertThat(total(caller, "?verify_sender=true")).isEqualTo(some);
    }
  }

  private static int total(Caller caller, String suffix) {
    return caller.get(suffix).json().required("result_info").required("total_count").intValue();
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    ApiSimulatorBuilder builder = ApiSimulator.builder();
    Duration second = Duration.ofSeconds(1);
    assertThatIllegalArgumentException().isThrownBy(() -> builder.latency(second, Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.latency(second, Duration.ofDays(2)));
    for (double rate : new double[] {-1, 10_001, Double.NaN}) {
      assertThatIllegalArgumentException().isThrownBy(() -> builder.churn(rate, 0));
      assertThatIllegalArgumentException().isThrownBy(() -> builder.churn(0, rate));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.totalCountCachedFor(Duration.ofSeconds(-1)));
  }
}
