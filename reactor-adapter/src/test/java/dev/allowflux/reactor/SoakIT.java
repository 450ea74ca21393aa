package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.testkit.Soak;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Many calls, one in ten of them cancelled, cost no thread and no memory that stays. */
@Timeout(1_200)
class SoakIT {

  private static final int CALLS = Soak.count(20_000, 100_000);
  private static final int ROUNDS = 10;
  private static final int AT_ONCE = 32;
  private static final int CONNECTIONS = 16;

  /** What an allocator may take at once, and keeps. */
  private static final long A_CHUNK = 4 << 20;

  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(true);
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  /** What the process holds between two rounds, all of its Netty in {@code direct}. */
  private record Held(Set<String> threads, long buffers, long direct, int permits, int open) {}

  @Test
  void threadsAndDirectMemoryStayFlat() {
    String what = "seed " + seed;
    try (ApiSimulator api =
        ApiSimulator.builder().policies(200).noRateLimit().faults(oneInFifty()).start()) {
      ApiQuota quota = ApiQuota.unlimited();
      AllowPolicyClient client = AllowPolicyClient.create(settings(api, quota));
      // The first rounds open connections and start threads.
      for (int round = 0; round < 2; round++) {
        round(client, api);
      }
      Held first = held(quota, api);
      for (int round = 2; round < ROUNDS; round++) {
        round(client, api);
        Held now = held(quota, api);
        String when = what + ", round " + round;
        assertThat(first.threads).as(when + ": threads").containsAll(now.threads);
        assertThat(now.buffers).as(when + ": buffers of the client").isZero();
        assertThat(now.direct).as(when + ": direct memory").isLessThan(first.direct + A_CHUNK);
        assertThat(now.permits).as(when + ": permits out").isZero();
        assertThat(now.open).as(when + ": connections").isLessThanOrEqualTo(CONNECTIONS);
      }
      Held last = held(quota, api);
      System.out.printf(
          "soak: %d calls, %d done, %d cancelled, %d failed; threads %d -> %d, direct memory %d ->"
              + " %d bytes, buffers of the client between calls %d -> %d bytes; seed %d%n",
          made.get(),
          done.get(),
          cancelled.get(),
          failed.get(),
          first.threads.size(),
          last.threads.size(),
          first.direct,
          last.direct,
          first.buffers,
          last.buffers,
          seed);
      assertThat(made).hasValue(CALLS);
      assertThat(done.get() + cancelled.get() + failed.get()).as(what).isEqualTo(CALLS);
      // A tenth, but for the last ones, which may all be faster than their cancel.
      assertThat(cancelled.get()).as(what + ": cancelled").isGreaterThan(CALLS / 20);
      client.closeGracefully().block(PATIENCE);
    }
  }

  private ClientSettings settings(ApiSimulator api, ApiQuota quota) {
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl(api.baseUrl())
        .pageSize(100)
        .rateLimiter(quota)
        .connections(connections -> connections.max(CONNECTIONS))
        .retries(retries -> retries.firstBackoff(Duration.ofMillis(5)))
        .connections(
            connections ->
                connections.httpClient(http -> http.option(ChannelOption.ALLOCATOR, buffers)))
        .build();
  }

  private void round(AllowPolicyClient client, ApiSimulator api) {
    AccountId account = new AccountId(api.accountId());
    List<String> ids = api.policyIds();
    Flux.range(0, CALLS / ROUNDS)
        .flatMap(
            i -> {
              PolicyId id = new PolicyId(ids.get(random.nextInt(ids.size())));
              Mono<Long> call =
                  i % 16 == 0
                      ? client.list(account).count()
                      : client.get(account, id).thenReturn(1L);
              return ending(call.doFinally(this::count));
            },
            AT_ONCE,
            1)
        .blockLast(PATIENCE);
  }

  /**
   * A tenth of all calls ends by a cancel. Where a call was faster than its cancel, another one is
   * cancelled.
   */
  private Mono<Long> ending(Mono<Long> call) {
    int missing = made.incrementAndGet() / 10 + 1 - cancelled.get();
    Mono<Long> ending = call;
    if (missing > 0) {
      Duration soon = Duration.ofNanos(random.nextInt(2_000_000));
      ending = call.takeUntilOther(Mono.delay(soon));
    }
    return ending.onErrorComplete();
  }

  /** Counts each call once, even if it ends while it is cancelled. */
  private void count(SignalType end) {
    switch (end) {
      case CANCEL -> cancelled.incrementAndGet();
      case ON_ERROR -> failed.incrementAndGet();
      default -> done.incrementAndGet();
    }
  }

  /** What is held once the last cancels and answers have been dealt with. */
  private Held held(ApiQuota quota, ApiSimulator api) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Held held = heldNow(quota, api);
    while (held.permits + held.buffers > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
      held = heldNow(quota, api);
    }
    return held;
  }

  private Held heldNow(ApiQuota quota, ApiSimulator api) {
    Set<String> threads =
        Thread.getAllStackTraces().keySet().stream()
            .map(thread -> thread.getName() + " #" + thread.getId())
            // The pool looks for idle connections now and then, on one of a few threads.
            .filter(name -> !name.startsWith("reactor-netty-pool-maintenance"))
            .collect(Collectors.toCollection(TreeSet::new));
    return new Held(
        threads,
        buffers.metric().usedDirectMemory() + buffers.metric().usedHeapMemory(),
        PlatformDependent.usedDirectMemory(),
        Internals.gate(quota).outstanding(),
        api.openConnections());
  }

  private static FaultScript oneInFifty() {
    Fault unavailable = Fault.status(503, Fault.Content.JSON);
    return FaultScript.of(
        IntStream.range(1, CALLS / 50)
            .mapToObj(
                i -> FaultRule.of(i % 2 == 0 ? unavailable : Fault.brokenGzip()).fromNth(50 * i))
            .toArray(FaultRule[]::new));
  }
}
