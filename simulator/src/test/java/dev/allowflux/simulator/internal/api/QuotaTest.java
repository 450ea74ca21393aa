package dev.allowflux.simulator.internal.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.internal.exchange.QuotaState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotaTest {
  private static final RateLimitRule RULE =
      RateLimitRule.of(3, Duration.ofSeconds(10)).withBlock(Duration.ofSeconds(30));

  /** Begins near the overflow of the clock, as {@link System#nanoTime()} may. */
  private long now = Long.MAX_VALUE - 5_000_000_000L;

  private void advance(long millis) {
    now += millis * 1_000_000;
  }

  private int allowed(Quota quota, int calls) {
    int allowed = 0;
    for (int i = 0; i < calls; i++) {
      allowed += quota.take().refused() ? 0 : 1;
    }
    return allowed;
  }

  @Test
  void fixedWindowBeginsWithTheFirstCallAndIsFullAgainAfterItsEnd() {
    Quota quota = new Quota(RULE, () -> now);
    assertThat(quota.peek()).isEqualTo(new QuotaState(false, 3, 10_000_000_000L));
    advance(7_000);
    quota.take();
    advance(9_000);
    assertThat(quota.take()).isEqualTo(new QuotaState(false, 1, 1_000_000_000L));
    advance(999);
    assertThat(quota.peek().left()).isEqualTo(1);
    advance(1);
    assertThat(quota.peek().left()).isEqualTo(3);
    assertThat(allowed(quota, 3)).isEqualTo(3);
  }

  @Test
  void slidingWindowGivesBackEachCallWhenItIsOld() {
    Quota quota = new Quota(RULE.withSlidingWindow(), () -> now);
    for (int i = 0; i < 3; i++) {
      quota.take();
      advance(2_000);
    }
    assertThat(quota.peek()).isEqualTo(new QuotaState(false, 0, 4_000_000_000L));
    advance(4_000);
    assertThat(quota.peek()).isEqualTo(new QuotaState(false, 1, 2_000_000_000L));
    assertThat(allowed(quota, 1)).isEqualTo(1);
    advance(1_999);
    assertThat(quota.peek().left()).isZero();
  }

  @Test
  void oneCallTooManyBlocksAllForTheWholeBlock() {
    Quota quota = new Quota(RULE, () -> now);
    assertThat(allowed(quota, 4)).isEqualTo(3);
    assertThat(quota.peek()).isEqualTo(new QuotaState(true, 0, 30_000_000_000L));
    advance(29_999);
    assertThat(quota.take().refused()).isTrue();
    assertThat(quota.peek().resetSeconds()).isEqualTo(1);
    advance(1);
    assertThat(allowed(quota, 3)).isEqualTo(3);
  }

  @Test
  void ruleRefusesValuesOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RateLimitRule.of(0, Duration.ofSeconds(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> RateLimitRule.of(1, Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> RULE.withBlock(Duration.ZERO));
  }
}
