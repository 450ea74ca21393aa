package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.call.ApiCall;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.call.ScriptedTransport;
import dev.allowflux.reactor.internal.call.SendPermit;
import dev.allowflux.reactor.internal.call.Transport;
import dev.allowflux.reactor.internal.call.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/** The service limits an address, whoever calls from it: what many credentials send in a second. */
@Timeout(240)
class CallRateTest {
  private static final int CREDENTIALS = 8;
  private static final int CALLS_OF_EACH = 125;
  private static final Duration LATENCY = Duration.ofMillis(300);

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<Long> written = new ArrayList<>();
  private VirtualTime time;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  /** Notes when requests are written, after a moment on the way to the socket. */
  private final class Wire implements Transport {
    private final ScriptedTransport responses =
        new ScriptedTransport().then(ScriptedTransport.policy());

    @Override
    public <T> Mono<ApiResult<T>> exchange(
        ApiRequest request, ResponseReader<T> reader, SendPermit permit) {
      return Mono.delay(moment())
          .doOnNext(
              sent -> {
                assertThat(permit.send()).as("seed %d", seed).isTrue();
                permit.written();
                written.add(permit.now());
              })
          .then(Mono.delay(moment()))
          .then(Mono.defer(() -> responses.exchange(request, reader, permit)));
    }

    private Duration moment() {
      return Duration.ofMillis(random.nextInt((int) LATENCY.toMillis()));
    }

    @Override
    public Mono<Void> close() {
      return Mono.empty();
    }

    @Override
    public void startClose() {}
  }

  /** Lets every credential call at once, until all are done. */
  private void callWith(Supplier<ApiQuota> quotas, Duration atMost) {
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < CREDENTIALS; i++) {
      CallPipeline pipeline =
          Internals.pipeline(
              ClientSettings.builder(Credential.apiToken("token-" + i))
                  .rateLimiter(quotas.get())
                  .build(),
              new Wire());
      for (int call = 0; call < CALLS_OF_EACH; call++) {
        pipeline
            .call(
                ApiCall.of(
                    ApiCalls.get(new AccountId("account"), new PolicyId("p1")),
                    ResponseReader.get(new PolicyId("p1")),
                    ""),
                CallPipeline.NO_DEADLINE)
            .subscribe(answer -> done.incrementAndGet());
      }
    }
    for (Duration passed = Duration.ZERO;
        passed.compareTo(atMost) < 0;
        passed = passed.plusMillis(1)) {
      time.advance(Duration.ofMillis(1));
    }
    assertThat(done).as("calls that are done, seed %d", seed).hasValue(CREDENTIALS * CALLS_OF_EACH);
  }

  /** Returns how many requests were written in the busiest second. */
  private int busiestSecond() {
    long second = Duration.ofSeconds(1).toNanos();
    int busiest = 0;
    int first = 0;
    for (int last = 0; last < written.size(); last++) {
      while (written.get(last) - written.get(first) >= second) {
        first++;
      }
      busiest = Math.max(busiest, last - first + 1);
    }
    return busiest;
  }

  @RepeatedTest(5)
  void allCredentialsTogetherSend150CallsInAnySecondAndNoMore() {
    CallRate rate = CallRate.perSecond(150);
    callWith(
        () -> ApiQuota.builder().callRate(rate).clock(time.nanos()).build(),
        // A place is taken from the permit on, so that a second holds what is on its way, too.
        Duration.ofSeconds(1000 / 150 + 4));
    assertThat(busiestSecond()).as("seed %d", seed).isLessThanOrEqualTo(150);
  }

  @Test
  void theRateCanBeSet() {
    CallRate rate = CallRate.perSecond(400);
    callWith(
        () -> ApiQuota.builder().callRate(rate).clock(time.nanos()).build(), Duration.ofSeconds(7));
    assertThat(busiestSecond()).as("seed %d", seed).isBetween(201, 400);
  }

  @Test
  void unlessAnotherRateIsSetAllQuotasOfAProcessShareOneOf150CallsASecond() {
    assertThat(CallRate.ofProcess().limit().calls()).isEqualTo(150);
    long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    int taken = 0;
    long started = end;
    // Others of this process may have had the last second, and a busy machine may take more of it.
    while (System.nanoTime() < end
        && (taken == 0 || System.nanoTime() - started > Duration.ofMillis(900).toNanos())) {
      ApiQuota first = ApiQuota.standard();
      ApiQuota second = ApiQuota.standard();
      taken = 0;
      started = System.nanoTime();
      while (taken <= 150 && (first.acquirePermission(1) || second.acquirePermission(1))) {
        taken++;
      }
    }
    assertThat(taken).as("calls that a process may make at once").isBetween(1, 150);
  }
}
