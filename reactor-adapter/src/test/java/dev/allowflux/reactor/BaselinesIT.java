package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.internal.quota.TimeRing;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.call.VirtualTime;
import dev.allowflux.simulator.ApiSimulator;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RequestNotPermitted;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.reactor.ratelimiter.operator.RateLimiterOperator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;

/**
 * The checks of pacing and cancelling that the client passes, and that its users' other choices
 * fail: if they did not, the checks would prove nothing.
 *
 * <p>Requests go over sockets; the limiters' clock is the test's.
 */
@Timeout(180)
class BaselinesIT {

  private static final Duration WINDOW = Duration.ofSeconds(300);
  private static final Duration FOREVER = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private ApiSimulator api;

  /** What every limiter reads. */
  private LongSupplier clock;

  @BeforeEach
  void serve() {
    api = ApiSimulator.builder().policies(10).noRateLimit().recordedRequests(0).start();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  /** Who calls the API. */
  private enum Who {
    CLIENT("allowflux"),
    READY_MADE_OPERATOR("WebClient with RateLimiterOperator"),
    BY_HAND("WebClient with reservePermission and a delay");

    private final String what;

    Who(String what) {
      this.what = what;
    }
  }

  /** One call of the API, as often as it is subscribed to, and the limiter that paces it. */
  private record Caller(Mono<?> call, RateLimiter limiter, Runnable end) implements AutoCloseable {

    /** A call that a peer sends though it was cancelled may close the connection under this one. */
    void answered() {
      Retry again = Retry.max(3).filter(WebClientRequestException.class::isInstance);
      assertThat(call.retryWhen(again).block(PATIENCE)).isNotNull();
    }

    @Override
    public void close() {
      end.run();
    }
  }

  private Caller caller(Who who, int quota, Duration patience, int connections) {
    return switch (who) {
      case CLIENT -> client(quota, patience, connections);
      case READY_MADE_OPERATOR -> {
        RateLimiter limiter = fixedWindow(quota, WINDOW, patience);
        yield webClient(
            call -> call.transformDeferred(RateLimiterOperator.of(limiter)), limiter, connections);
      }
      case BY_HAND -> {
        RateLimiter limiter = fixedWindow(quota, WINDOW, patience);
        yield webClient(
            call ->
                Mono.defer(
                    () -> {
                      long wait = limiter.reservePermission();
                      return wait < 0
                          ? Mono.error(RequestNotPermitted.createRequestNotPermitted(limiter))
                          : Mono.delay(Duration.ofNanos(wait)).then(call);
                    }),
            limiter,
            connections);
      }
    };
  }

  private Caller client(int quota, Duration patience, int connections) {
    ApiQuota own =
        ApiQuota.builder().quota(quota).window(WINDOW).burstPerSecond(quota).clock(clock).build();
    AllowPolicyClient client =
        AllowPolicyClient.create(
            ClientSettings.builder(Credential.apiToken(api.token()))
                .baseUrl(api.baseUrl())
                .rateLimiter(own)
                .timeouts(limits -> limits.operation(patience))
                .connections(sockets -> sockets.max(connections))
                // Their timers are of no use here, and the virtual clock is not made for event
                // loops.
                .timeouts(limits -> limits.attempt(Duration.ZERO).stall(Duration.ZERO))
                .build());
    return new Caller(
        client.get(new AccountId(api.accountId()), new PolicyId(api.policyIds().get(0))),
        own,
        client::close);
  }

  /** As its users write it; a String for a body is the least work. */
  private Caller webClient(
      UnaryOperator<Mono<String>> paced, RateLimiter limiter, int connections) {
    ConnectionProvider pool = ConnectionProvider.create("webclient", connections);
    WebClient client =
        WebClient.builder()
            .baseUrl(api.baseUrl())
            .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + api.token())
            .clientConnector(new ReactorClientHttpConnector(HttpClient.create(pool)))
            .build();
    // A request of WebClient is not made to be sent from several threads.
    Mono<String> call =
        Mono.defer(
            () ->
                client
                    .get()
                    .uri(
                        "/accounts/{account}/email-security/settings/allow_policies/{id}",
                        api.accountId(),
                        api.policyIds().get(0))
                    .retrieve()
                    .bodyToMono(String.class));
    return new Caller(paced.apply(call), limiter, pool::dispose);
  }

  /** The built-in limiter of Resilience4j, in virtual time. */
  private RateLimiter fixedWindow(int quota, Duration cycle, Duration patience) {
    return new AtomicRateLimiter(
        "built-in",
        RateLimiterConfig.custom()
            .limitForPeriod(quota)
            .limitRefreshPeriod(cycle)
            .timeoutDuration(patience)
            .build(),
        clock::getAsLong);
  }

  /**
   * What became of calls that were cancelled while they waited.
   *
   * @param late the ways of cancelling that did not end the call
   * @param sent how many calls were sent all the same
   * @param lost how many permits did not come back
   */
  private record Cancelled(List<String> late, long sent, int lost) {}

  /** Cancels a waiting call in each of five ways, and ten more for their permits. */
  private Cancelled cancel(Who who, VirtualTime time) {
    int quota = 5;
    List<String> late = new ArrayList<>();
    long sent;
    try (Caller caller = caller(who, quota, FOREVER, 1)) {
      for (int i = 0; i < quota; i++) {
        caller.answered();
      }
      Mono<?> call = caller.call;
      if (!disposes(call)) {
        late.add("dispose");
      }
      Duration soon = Duration.ofSeconds(1);
      Mono<?> other = Mono.delay(soon);
      endsSoon(time, "timeout", call.timeout(soon).onErrorComplete(), soon, late);
      endsSoon(time, "takeUntilOther", call.takeUntilOther(other), soon, late);
      endsSoon(
          time, "firstWithSignal", Mono.firstWithSignal(call.then(), other.then()), soon, late);
      endsSoon(
          time,
          "switchMap",
          Flux.concat(Mono.just(call), other.thenReturn(Mono.<Object>empty())).switchMap(m -> m),
          soon,
          late);
      // Whatever is still to be sent is sent now, before one more call on the only connection.
      time.advance(WINDOW.multipliedBy(10));
      caller.answered();
      sent = api.requestCount() - quota - 1;
    }
    int lost;
    try (Caller caller = caller(who, quota, FOREVER, 1)) {
      for (int i = 0; i < quota; i++) {
        caller.answered();
      }
      for (int i = 0; i < 10; i++) {
        disposes(caller.call);
      }
      // The client's window is a little longer.
      time.advance(WINDOW.plusSeconds(2));
      lost = quota - caller.limiter.getMetrics().getAvailablePermissions();
    }
    return new Cancelled(late, sent, lost);
  }

  private static boolean disposes(Mono<?> call) {
    Disposable waiting = call.subscribe();
    assertThat(waiting.isDisposed()).as("over before the cancel").isFalse();
    try {
      waiting.dispose();
      return true;
    } catch (NullPointerException e) {
      // The ready-made operator hands out no subscription while it waits.
      return false;
    }
  }

  private static void endsSoon(
      VirtualTime time, String way, Publisher<?> call, Duration soon, List<String> late) {
    AtomicBoolean ended = new AtomicBoolean();
    Flux.from(call).doFinally(signal -> ended.set(true)).subscribe();
    assertThat(ended).as(way + ": over before the cancel").isFalse();
    time.advance(soon);
    if (!ended.get()) {
      late.add(way);
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheClientEndsAWaitAtOnceSendsNothingAndLosesNoPermit(Who who) {
    Cancelled cancelled;
    try (VirtualTime time = new VirtualTime()) {
      clock = time.nanos();
      cancelled = cancel(who, time);
    }
    System.out.printf(
        "baseline, cancel, %s: of 5 ways to cancel a waiting call %d did not end it %s, %d calls"
            + " were sent all the same, 10 cancelled calls lost %d permits%n",
        who.what, cancelled.late.size(), cancelled.late, cancelled.sent, cancelled.lost);
    switch (who) {
      case CLIENT -> assertThat(cancelled).isEqualTo(new Cancelled(List.of(), 0, 0));
      case READY_MADE_OPERATOR -> {
        assertThat(cancelled.late).isNotEmpty();
        assertThat(cancelled.lost).isPositive();
      }
      case BY_HAND -> assertThat(cancelled.lost).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheClientKeepsEverySpanBelowTheQuota(Who who) {
    int quota = 1_200;
    long within = 0;
    AtomicLong now = new AtomicLong();
    clock = now::get;
    // None may wait: each is let in or refused. The client has to have time for the call itself.
    Duration patience = who == Who.CLIENT ? PATIENCE : Duration.ZERO;
    try (Caller caller = caller(who, quota, patience, 16)) {
      // The built-in limiter counts from its birth, so that one of its windows ends in between.
      for (Duration wait : List.of(Duration.ofSeconds(298), Duration.ofSeconds(4))) {
        now.addAndGet(wait.toNanos());
        within += answered(caller.call, 2 * quota);
      }
    }
    System.out.printf(
        "baseline, span, %s: %d calls within 4 s, where %d are allowed in 300 s%n",
        who.what, within, quota);
    assertThat(api.requestCount()).isEqualTo(within);
    if (who == Who.CLIENT) {
      assertThat(within).isEqualTo(quota);
    } else {
      assertThat(within).isGreaterThan(quota);
    }
  }

  /**
   * How many of so many calls are let in now; the others are refused, as their wait is too long.
   */
  private static long answered(Mono<?> call, int calls) {
    Long answered =
        Flux.range(0, calls)
            .flatMap(
                i ->
                    call.thenReturn(1)
                        .onErrorResume(RequestNotPermitted.class, refusal -> Mono.empty())
                        .onErrorResume(Throttled.class, refusal -> Mono.empty()),
                16,
                1)
            .count()
            .block(PATIENCE);
    return answered == null ? 0 : answered;
  }

  /**
   * A caller's own limiter that the client's documentation calls safe, and one that it does not.
   */
  @Test
  void aFixedWindowIsSafeWhereItsLimitTimesTheWindowsThatASpanTouchesIsWithinTheQuota() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Duration minute = Duration.ofSeconds(60);
    int safe = mostInASpan(200, minute, new Random(seed));
    int unsafe = mostInASpan(240, minute, new Random(seed));
    System.out.printf(
        "baseline, span, built-in limiter alone: 200 in 60 s let %d through in some 300 s, 240 in"
            + " 60 s %d; seed %d%n",
        safe, unsafe, seed);
    assertThat(safe).as("200 in 60 s, seed " + seed).isLessThanOrEqualTo(1_200);
    assertThat(unsafe).as("240 in 60 s, seed " + seed).isGreaterThan(1_200);
  }

  private int mostInASpan(int limit, Duration cycle, Random random) {
    AtomicLong now = new AtomicLong();
    clock = now::get;
    RateLimiter limiter = fixedWindow(limit, cycle, Duration.ZERO);
    TimeRing sends = new TimeRing();
    int most = 0;
    for (int i = 0; i < 100_000; i++) {
      // With rests, so that bursts begin anywhere in a cycle.
      int millis = random.nextInt(random.nextInt(50) == 0 ? 120_000 : 1_000);
      now.addAndGet(Duration.ofMillis(millis).toNanos());
      sends.forgetUntil(now.get() - WINDOW.toNanos());
      while (limiter.acquirePermission()) {
        sends.add(now.get());
      }
      most = Math.max(most, sends.size());
    }
    return most;
  }
}
