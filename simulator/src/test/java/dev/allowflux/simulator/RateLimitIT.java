package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Caller.Reply;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class RateLimitIT {
  private final AtomicLong now = new AtomicLong();

  private ApiSimulatorBuilder limited(RateLimitRule rule) {
    return ApiSimulator.builder().rateLimit(rule).clock(now::get);
  }

  @Test
  void headersCountDownAndTheBlockEndsInVirtualTime() {
    try (ApiSimulator api = limited(RateLimitRule.of(3, Duration.ofSeconds(60))).start()) {
      Caller caller = new Caller(api);
      for (int left = 2; left >= 0; left--) {
        Reply reply = caller.get("");
        assertThat(reply.header("ratelimit")).isEqualTo("\"default\";r=" + left + ";t=60");
        assertThat(reply.header("ratelimit-policy")).isEqualTo("\"default\";q=3;w=60");
        assertThat(reply.header("retry-after")).isEmpty();
      }
      Reply refused = caller.get("");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.code()).isEqualTo(10_100);
      assertThat(refused.header("retry-after")).isEqualTo("300");
      assertThat(refused.header("ratelimit")).isEqualTo("\"default\";r=0;t=300");
      now.addAndGet(299_500_000_000L);
      assertThat(caller.get("").header("retry-after")).isEqualTo("1");
      now.addAndGet(500_000_000L);
      assertThat(caller.get("").status()).isEqualTo(200);
    }
  }

  @Test
  void refusedWriteIsNotCarriedOut() {
    try (ApiSimulator api =
        limited(RateLimitRule.of(1, Duration.ofSeconds(60))).policies(2).start()) {
      Caller caller = new Caller(api);
      caller.get("");
      assertThat(caller.send("DELETE", "/" + api.policyIds().get(0), null).status()).isEqualTo(429);
      assertThat(api.size()).isEqualTo(2);
      assertThat(api.requests().get(1).carriedOut()).isFalse();
    }
  }

  @Test
  void callsOfOtherClientsAreTakenFromTheSameQuota() {
    try (ApiSimulator api = limited(RateLimitRule.of(10, Duration.ofSeconds(60))).start()) {
      Caller caller = new Caller(api);
      caller.get("");
      api.spend(7);
      assertThat(api.quotaLeft()).isEqualTo(2);
      assertThat(caller.get("").header("ratelimit")).startsWith("\"default\";r=1;");
      api.spend(2);
      assertThat(caller.get("").status()).isEqualTo(429);
    }
  }

  @Test
  void requestsWithoutCredentialSpendNothing() {
    try (ApiSimulator api = limited(RateLimitRule.of(10, Duration.ofSeconds(60))).start()) {
      assertThat(new Caller(api, "authorization", "Bearer wrong").get("").status()).isEqualTo(401);
      assertThat(new Caller(api, new String[0]).get("").header("ratelimit"))
          .isEqualTo("\"default\";r=10;t=60");
    }
  }

  @Test
  void headersCanBeLeftOutAndTheLimitSwitchedOff() {
    try (ApiSimulator quiet =
            limited(RateLimitRule.of(1, Duration.ofSeconds(60)).withoutHeaders()).start();
        ApiSimulator off = ApiSimulator.builder().noRateLimit().start()) {
      Caller caller = new Caller(quiet);
      assertThat(caller.get("").response().headers().map())
          .doesNotContainKeys("ratelimit", "ratelimit-policy");
      assertThat(caller.get("").header("retry-after")).isEqualTo("300");
      assertThat(new Caller(off).get("").response().headers().map())
          .doesNotContainKeys("ratelimit", "ratelimit-policy");
      assertThat(off.quotaLeft()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void arrivalIsReadFromTheClockThatWasSet() {
    try (ApiSimulator api = limited(RateLimitRule.of(9, Duration.ofSeconds(60))).start()) {
      now.set(12_345);
      new Caller(api).get("");
      assertThat(api.requests().get(0).arrivedNanos()).isEqualTo(12_345);
    }
  }
}
