package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.call.CallGate;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.testkit.Soak;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.compression.DecompressionException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;

/** Calls that are cancelled, at whatever instant, leave nothing behind. */
@Timeout(300)
class CancelIT {

  private static final Duration HOLD = Duration.ofSeconds(2);
  private static final int CANCELS = Soak.count(1_000, 10_000);
  private static final int CONNECTIONS = 4;
  private static final int AT_ONCE = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final FaultScript HANG =
      FaultScript.of(FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS)).always());

  /** What can be called; a listing can be read in two ways. */
  enum Kind {
    LIST,
    PAGES,
    GET,
    CREATE,
    EDIT,
    DELETE,
    BATCH;

    /** Whether it is repeated after a failure that leaves open whether it was carried out. */
    boolean isRepeated() {
      return this != CREATE && this != BATCH;
    }
  }

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Collection<Throwable> dropped = new ConcurrentLinkedQueue<>();
  private final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(true);
  private final AtomicInteger cancelledAttempts = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();
  private final CallEvents events =
      new CallEvents() {
        @Override
        public void attempted(Call call, AttemptEnd end) {
          if (end.status() == null && end.failure() == null) {
            cancelledAttempts.incrementAndGet();
          }
        }

        @Override
        public void retrying(
            Call call, int attempt, Duration backoff, EmailSecurityException failure) {
          retries.incrementAndGet();
        }
      };

  private final ApiSimulator api =
      ApiSimulator.builder()
          .policies(Soak.count(5_000, 50_000))
          .noRateLimit()
          .recordedRequests(500)
          .latency(Duration.ofMillis(1))
          .start();
  private final AccountId account = new AccountId(api.accountId());
  private final List<String> ids = new ArrayList<>(api.policyIds());

  @BeforeEach
  void collectWhatIsDropped() {
    Hooks.onErrorDropped(dropped::add);
    Collections.shuffle(ids, random);
  }

  @AfterEach
  void dropAsBefore() {
    Hooks.resetOnErrorDropped();
    api.close();
  }

  private ClientSettings.Builder settings(ApiQuota quota) {
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl(api.baseUrl())
        .pageSize(500)
        .rateLimiter(quota)
        .connections(connections -> connections.max(CONNECTIONS))
        .retries(retries -> retries.firstBackoff(Duration.ofMillis(10)).maxAttempts(10))
        .events(events)
        .connections(
            connections ->
                connections.httpClient(http -> http.option(ChannelOption.ALLOCATOR, buffers)));
  }

  private Flux<?> call(AllowPolicyClient client, Kind kind, int number) {
    PolicyId id = new PolicyId(ids.get(number % ids.size()));
    AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("edit " + number).build();
    NewAllowPolicy policy =
        TrustedSenders.of("cancelled-" + number + "@example.com", PatternType.EMAIL).build();
    AllowPolicyBatch batch = AllowPolicyBatch.builder().delete(id).create(policy).build();
    return switch (kind) {
      case LIST -> client.list(account);
      case PAGES -> client.pages(account, AllowPolicyFilter.all());
      case GET -> client.get(account, id).flux();
      case CREATE -> client.create(account, policy).flux();
      case EDIT -> client.edit(account, id, edit).flux();
      case DELETE -> client.delete(account, id).flux();
      case BATCH -> client.batch(account, batch).flux();
    };
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(end);
      LockSupport.parkNanos(100_000);
    }
  }

  /** Lets up to a millisecond or so go by, without giving the processor away. */
  private void spin() {
    for (int i = random.nextInt(20_000); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelAtAnyInstantLeavesNothingBehind(Kind kind) {
    String what = kind + ", seed " + seed;
    ApiQuota quota =
        ApiQuota.builder().quota(500).window(Duration.ofMillis(3)).burstPerSecond(100_000).build();
    // A request that is given up keeps its place in the quota for as long as an attempt may take.
    AllowPolicyClient client =
        AllowPolicyClient.create(settings(quota).timeouts(limits -> limits.attempt(HOLD)).build());
    api.faults(everyFifthResponseIsFaulty());
    AtomicInteger done = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    int cancelled = 0;
    int made = 0;
    List<Disposable> underWay = new ArrayList<>();
    while (cancelled < CANCELS) {
      underWay.add(
          call(client, kind, made++)
              .subscribe(value -> {}, failure -> failed.incrementAndGet(), done::incrementAndGet));
      spin();
      if (underWay.size() == AT_ONCE) {
        Disposable cancel = underWay.remove(random.nextInt(AT_ONCE));
        cancelled += cancel.isDisposed() ? 0 : 1;
        cancel.dispose();
      }
    }
    underWay.forEach(Disposable::dispose);
    assertNothingIsLeft(client, Internals.gate(quota), what);
    System.out.printf(
        "cancel, %s: %d of %d calls cancelled at random instants, %d of them in an attempt, the"
            + " others at the gate or between %d repetitions (%d done, %d failed); connections,"
            + " permits, queue and buffers back; seed %d%n",
        kind,
        cancelled,
        made,
        cancelledAttempts.get(),
        retries.get(),
        done.get(),
        failed.get(),
        seed);
    assertThat(cancelledAttempts.get()).as(what + ": cancelled in an attempt").isPositive();
    if (!kind.isRepeated()) {
      assertThat(api.requests())
          .as(what + ": calls that were sent twice")
          .extracting(RecordedRequest::bodyText)
          .filteredOn(body -> !body.isEmpty())
          .doesNotHaveDuplicates();
    }
  }

  /** No refusals among them: they would hold everybody at the gate. */
  private static FaultScript everyFifthResponseIsFaulty() {
    List<Fault> faults =
        List.of(
            Fault.status(503, Fault.Content.HTML),
            Fault.brokenGzip(),
            Fault.halfBody(true),
            Fault.reset(Fault.Point.BEFORE_HEADERS),
            Fault.fin(Fault.Point.AFTER_HEADERS));
    return FaultScript.of(
        IntStream.range(1, CANCELS / 2)
            .mapToObj(i -> FaultRule.of(faults.get(i % faults.size())).fromNth(5 * i))
            .toArray(FaultRule[]::new));
  }

  /** Permits, queue, connections and buffers are where they were before the first call. */
  private void assertNothingIsLeft(AllowPolicyClient client, CallGate gate, String what) {
    await(what + ": permits", () -> gate.outstanding() == 0);
    assertThat(gate.waiting()).as(what + ": in the queue").isZero();
    await(what + ": free permits", () -> gate.available() > 0);
    await(what + ": connections", () -> api.openConnections() <= CONNECTIONS);

    // Every connection of the pool can be had, and no more than these.
    api.faults(FaultScript.none());
    // After a refusal, only one call goes ahead until it is answered.
    client.list(account).blockLast(PATIENCE);
    api.faults(HANG);
    PolicyId marked = new PolicyId("after-the-cancels");
    List<Disposable> hanging = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS + 3; i++) {
      hanging.add(client.get(account, marked).subscribe());
    }
    await(what + ": all connections in use", () -> requestsFor(marked) == CONNECTIONS);
    // Those that wait for a connection go first, or they would be let on.
    Collections.reverse(hanging);
    hanging.forEach(Disposable::dispose);
    await(what + ": connections of cancelled calls", () -> api.openConnections() == 0);
    await(what + ": permits of cancelled calls", () -> gate.outstanding() == 0);
    assertThat(requestsFor(marked)).as(what + ": requests").isEqualTo(CONNECTIONS);

    client.closeGracefully().block(PATIENCE);
    await(what + ": direct buffers", () -> buffers.metric().usedDirectMemory() == 0);
    await(what + ": heap buffers", () -> buffers.metric().usedHeapMemory() == 0);
    // What went wrong with an answer that nobody waits for any more has nowhere else to go.
    assertThat(dropped)
        .as(what + ": errors dropped that are not the faults")
        .allMatch(
            failure ->
                failure instanceof EmailSecurityException
                    || failure instanceof IOException
                    || failure instanceof DecompressionException);
  }

  private long requestsFor(PolicyId id) {
    return api.requests().stream().filter(request -> request.path().endsWith(id.value())).count();
  }

  @Test
  void aCancelWhileWaitingAtTheGateSendsNothing() {
    ApiQuota quota = ApiQuota.builder().quota(1).window(Duration.ofHours(1)).build();
    assertThat(quota.acquirePermission(1)).isTrue();
    AllowPolicyClient client =
        AllowPolicyClient.create(
            settings(quota).timeouts(limits -> limits.operation(Duration.ZERO)).build());
    List<Disposable> calls = new ArrayList<>();
    for (int i = 0; i < CANCELS; i++) {
      calls.add(call(client, Kind.values()[i % Kind.values().length], i).subscribe());
    }
    assertThat(Internals.gate(quota).waiting()).isEqualTo(CANCELS);
    cancelAll(calls);
    assertThat(Internals.gate(quota).waiting()).isZero();
    assertThat(Internals.gate(quota).outstanding()).isZero();
    assertThat(api.requestCount()).isZero();
    assertThat(dropped).isEmpty();
    client.close();
    System.out.printf(
        "cancel at the gate: %d calls of every operation, 0 requests, 0 permits out, 0 waiting;"
            + " seed %d%n",
        CANCELS, seed);
  }

  @Test
  void aCancelWhileWaitingForAConnectionSendsNothing() {
    api.faults(HANG);
    ApiQuota quota = ApiQuota.unlimited();
    AllowPolicyClient client = AllowPolicyClient.create(settings(quota).build());
    List<Disposable> onTheWire = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      onTheWire.add(client.get(account, new PolicyId(ids.get(i))).subscribe());
    }
    await("all connections in use", () -> api.requestCount() == CONNECTIONS);
    List<Disposable> calls = new ArrayList<>();
    for (int i = 0; i < CANCELS; i++) {
      calls.add(call(client, Kind.values()[i % Kind.values().length], i).subscribe());
    }
    assertThat(Internals.gate(quota).outstanding()).isEqualTo(CONNECTIONS + CANCELS);
    cancelAll(calls);
    await("permits", () -> Internals.gate(quota).outstanding() == CONNECTIONS);
    onTheWire.forEach(Disposable::dispose);
    await("the calls on the wire", () -> api.openConnections() == 0);
    assertThat(api.requestCount()).isEqualTo(CONNECTIONS);
    assertNothingIsLeft(client, Internals.gate(quota), "seed " + seed);
    assertThat(dropped).isEmpty();
    System.out.printf(
        "cancel while waiting for a connection: %d calls of every operation, 0 requests;"
            + " connections, permits, queue and buffers back; seed %d%n",
        CANCELS, seed);
  }

  @Test
  void aCancelBetweenTwoAttemptsSendsNoMore() {
    api.faults(
        FaultScript.of(
            FaultRule.of(Fault.status(503, Fault.Content.JSON).header("retry-after", "300"))
                .always()));
    List<Kind> repeated = Stream.of(Kind.values()).filter(Kind::isRepeated).toList();
    // A client repeats no more than that while nothing succeeds.
    int ofOneClient = 25;
    for (int round = 0; round < CANCELS / ofOneClient; round++) {
      ApiQuota quota = ApiQuota.unlimited();
      AllowPolicyClient client = AllowPolicyClient.create(settings(quota).build());
      List<Disposable> calls = new ArrayList<>();
      int before = retries.get();
      long requestsBefore = api.requestCount();
      for (int i = 0; i < ofOneClient; i++) {
        calls.add(call(client, repeated.get(i % repeated.size()), i).subscribe());
      }
      await("all in backoff", () -> retries.get() - before == ofOneClient);
      cancelAll(calls);
      assertThat(api.requestCount() - requestsBefore).isEqualTo(ofOneClient);
      assertThat(Internals.gate(quota).outstanding()).isZero();
      assertThat(Internals.gate(quota).waiting()).isZero();
      client.closeGracefully().block(PATIENCE);
      await("connections", () -> api.openConnections() == 0);
    }
    assertThat(buffers.metric().usedDirectMemory()).isZero();
    assertThat(buffers.metric().usedHeapMemory()).isZero();
    assertThat(dropped).isEmpty();
    System.out.printf(
        "cancel in backoff: %d calls of every operation that is repeated, 0 further requests;"
            + " connections, permits, queue and buffers back; seed %d%n",
        retries.get(), seed);
  }

  private void cancelAll(List<Disposable> calls) {
    List<Disposable> inAnyOrder = new ArrayList<>(calls);
    Collections.shuffle(inAnyOrder, random);
    for (Disposable call : inAnyOrder) {
      spin();
      call.dispose();
    }
  }
}
