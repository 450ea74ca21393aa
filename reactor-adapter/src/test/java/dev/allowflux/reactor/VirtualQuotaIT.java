package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** How users test what their code does while the quota is used up, without waiting for it. */
@Timeout(240)
class VirtualQuotaIT {

  @Test
  void aWaitOfFiveMinutesEndsWhenTheTestAdvancesTheTime() throws Exception {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    try (ApiSimulator api =
            ApiSimulator.builder()
                .rateLimit(RateLimitRule.of(2, Duration.ofMinutes(5)))
                .clock(() -> time.now(TimeUnit.NANOSECONDS))
                .start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                ClientSettings.builder(Credential.apiToken(api.token()))
                    .baseUrl(api.baseUrl())
                    .rateLimiter(ApiQuota.builder().quota(2).interactiveShare(0).time(time).build())
                    .events(waiting)
                    .build())) {
      AccountId account = new AccountId(api.accountId());
      client.list(account).blockLast();
      client.list(account).blockLast();

      Mono<Long> third = client.list(account).count().cache();
      CountDownLatch done = new CountDownLatch(1);
      third.doFinally(end -> done.countDown()).subscribe();
      assertThat(isWaiting.await(30, TimeUnit.SECONDS)).isTrue();
      time.advanceTimeBy(Duration.ofMinutes(4));
      assertThat(api.requestCount()).isEqualTo(2);
      time.advanceTimeBy(Duration.ofSeconds(63));

      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(third.block()).isZero();
      assertThat(api.responseCounts()).containsOnlyKeys(200);
    } finally {
      time.dispose();
    }
  }

  private final CountDownLatch isWaiting = new CountDownLatch(1);

  private final CallEvents waiting =
      new CallEvents() {
        @Override
        public void waiting(Call call, WaitReason reason, Duration expected) {
          isWaiting.countDown();
        }
      };
}
