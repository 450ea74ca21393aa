package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.testkit.Soak;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Two clients and a stranger live on one quota of the service. */
@Timeout(900)
class SharedQuotaIT {

  private static final int QUOTA = 60;
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(800);

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());

  /** A case; they run side by side, since most of their time is spent waiting. */
  private record Case(boolean sliding, int inFlight, int connections) {

    ApiSimulator start(Duration block, boolean headers) {
      RateLimitRule rule = new RateLimitRule(QUOTA, WINDOW, block, sliding, headers);
      return ApiSimulator.builder().policies(1).rateLimit(rule).start();
    }

    @Override
    public String toString() {
      return (sliding ? "sliding" : "fixed")
          + " window, "
          + inFlight
          + " at once, "
          + connections
          + " connections a client";
    }
  }

  private static void sideBySide(Consumer<Case> test, Case... cases) {
    Flux.fromArray(cases)
        .flatMap(
            each ->
                Mono.fromRunnable(() -> test.accept(each)).subscribeOn(Schedulers.boundedElastic()),
            cases.length,
            1)
        .blockLast(PATIENCE);
  }

  /** Two clients of the same settings, called at random. */
  private static final class Pair implements AutoCloseable {

    private final List<AllowPolicyClient> clients;
    private final ApiSimulator api;
    private final Random random;

    Pair(ClientSettings settings, ApiSimulator api, long seed) {
      this.clients =
          IntStream.range(0, 2).mapToObj(i -> AllowPolicyClient.create(settings)).toList();
      this.api = api;
      this.random = new Random(seed);
    }

    Mono<AllowPolicy> call() {
      return clients
          .get(random.nextInt(2))
          .get(new AccountId(api.accountId()), new PolicyId(api.policyIds().get(0)));
    }

    /** Makes so many calls and returns how many ended in a value. */
    long calls(int calls, int inFlight) {
      Long done =
          Flux.range(0, calls)
              .map(i -> call())
              .flatMap(call -> call, inFlight, 1)
              .count()
              .block(PATIENCE);
      return done == null ? 0 : done;
    }

    @Override
    public void close() {
      clients.forEach(AllowPolicyClient::close);
    }
  }

  private static ClientSettings.Builder settings(ApiSimulator api, ApiQuota quota, Case each) {
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl(api.baseUrl())
        .rateLimiter(quota)
        .connections(connections -> connections.max(each.connections));
  }

  /** Spends for a stranger, who stops where it would be refused itself. */
  private static int spend(ApiSimulator api, int calls) {
    int spent = 0;
    for (; spent < calls && api.quotaLeft() > 0; spent++) {
      api.spend(1);
    }
    return spent;
  }

  @Test
  void aStrangerWhoSpendsTheReserveBetweenTwoAnswersGetsNobodyRefused() {
    sideBySide(this::inTurn, new Case(false, 1, 32), new Case(true, 1, 32));
  }

  private void inTurn(Case each) {
    String what = each + ", seed " + seed;
    int reserve = 5;
    int calls = Soak.count(100, 1_000);
    Random random = new Random(seed);
    try (ApiSimulator api = each.start(Duration.ofMinutes(5), true)) {
      ApiQuota shared =
          ApiQuota.builder()
              .quota(QUOTA)
              .window(WINDOW)
              .reserve(reserve)
              // The cases run side by side and stand for processes of their own.
              .burstPerSecond(150)
              .build();
      int spent = 0;
      try (Pair pair = new Pair(settings(api, shared, each).build(), api, seed)) {
        for (int i = 0; i < calls; i++) {
          spent += spend(api, random.nextInt(reserve + 1));
          assertThat(pair.calls(1, 1)).as(what).isEqualTo(1);
        }
      }
      assertNobodyRefused(api, shared, what);
      report("headers on", each, calls, "a stranger spent " + spent + ", 0 answers of 429");
    }
  }

  @Test
  void aStrangerBesideManyCallsAtOnceGetsNobodyRefused() {
    sideBySide(
        this::atOnce,
        new Case(false, 16, 32),
        new Case(false, 32, 4),
        new Case(true, 16, 32),
        new Case(true, 32, 4));
  }

  private void atOnce(Case each) {
    String what = each + ", seed " + seed;
    int reserve = 8;
    int calls = Soak.count(150, 2_000);
    try (ApiSimulator api = each.start(Duration.ofMinutes(5), true)) {
      ApiQuota shared =
          ApiQuota.builder()
              .quota(QUOTA)
              .window(WINDOW)
              .reserve(reserve)
              // The cases run side by side and stand for processes of their own.
              .burstPerSecond(150)
              .build();
      Stranger stranger = new Stranger(api, reserve / 4, new Random(seed));
      stranger.start();
      try (Pair pair = new Pair(settings(api, shared, each).build(), api, seed)) {
        assertThat(pair.calls(calls, each.inFlight)).as(what).isEqualTo(calls);
      } finally {
        stranger.stop = true;
      }
      assertNobodyRefused(api, shared, what);
      assertThat(stranger.spent.get()).as(what + ": calls of the stranger").isPositive();
      report(
          "headers on", each, calls, "a stranger spent " + stranger.spent + ", 0 answers of 429");
    }
  }

  /**
   * Spends after each answer that it sees. Answers are seen late: a quarter of the reserve each
   * time keeps it below the reserve between any two, although one may be about to be spent and the
   * other loops of the simulator may be about to count theirs.
   */
  private static final class Stranger extends Thread {

    private final ApiSimulator api;
    private final int most;
    private final Random random;
    private volatile boolean stop;
    private final AtomicInteger spent = new AtomicInteger();

    Stranger(ApiSimulator api, int most, Random random) {
      super("stranger");
      this.api = api;
      this.most = most;
      this.random = random;
    }

    @Override
    public void run() {
      long seen = 0;
      while (!stop) {
        long responses = api.responseCounts().values().stream().mapToLong(Long::longValue).sum();
        if (responses > seen) {
          spent.addAndGet(spend(api, random.nextInt(most + 1)));
        }
        seen = responses;
        LockSupport.parkNanos(20_000);
      }
    }
  }

  private static void assertNobodyRefused(ApiSimulator api, ApiQuota shared, String what) {
    assertThat(api.responseCounts()).as(what + ": responses by status").containsOnlyKeys(200);
    assertThat(Internals.gate(shared).outstanding()).as(what + ": permits out").isZero();
  }

  @Test
  void withoutHeadersOnlyCallsInFlightAreRefusedAndNamedWaitsAreKept() {
    sideBySide(
        this::namedWaits,
        new Case(false, 24, 32),
        new Case(false, 24, 2),
        new Case(true, 24, 32),
        new Case(true, 24, 2));
  }

  private void namedWaits(Case each) {
    String what = each + ", seed " + seed;
    int calls = Soak.count(400, 3_000);
    Duration block = Duration.ofMillis(900);
    try (ApiSimulator api = each.start(block, false)) {
      // Far more than the service allows, so that only refusals tell.
      ApiQuota shared =
          ApiQuota.builder().quota(10_000).window(WINDOW).burstPerSecond(10_000).build();
      ClientSettings settings =
          settings(api, shared, each).retries(retries -> retries.maxAttempts(50)).build();
      try (Pair pair = new Pair(settings, api, seed)) {
        // A machine that is too slow to get a call refused spends the quota and tries again.
        do {
          api.spend((int) api.quotaLeft());
          assertThat(pair.calls(calls, each.inFlight)).as(what).isEqualTo(calls);
        } while (!api.responseCounts().containsKey(429));
      }
      // What was on the wire when the first refusal of a block was written may be refused too.
      int onTheWire = Math.min(each.inFlight, 2 * each.connections);
      int blocks = 0;
      int refusals = 0;
      int ofThisBlock = 0;
      int most = 0;
      long start = 0;
      for (RecordedRequest request : api.requests()) {
        if (request.status() == 429) {
          refusals++;
          boolean first =
              blocks == 0
                  || request.arrivedNanos() - start
                      >= TimeUnit.MILLISECONDS.toNanos(block.toMillis());
          if (first) {
            blocks++;
            start = request.arrivedNanos();
          }
          ofThisBlock = first ? 1 : ofThisBlock + 1;
          most = Math.max(most, ofThisBlock);
        }
      }
      assertThat(blocks).as(what + ": blocks").isPositive();
      assertThat(most).as(what + ": refusals of one block").isLessThanOrEqualTo(onTheWire);
      report(
          "headers off",
          each,
          calls,
          blocks + " blocks, " + refusals + " answers of 429, at most " + most + " of one block");
    }
  }

  private static void report(String headers, Case each, int calls, String outcome) {
    System.out.println(
        "shared quota, " + headers + ", " + each + ": " + calls + " calls, " + outcome);
  }
}
