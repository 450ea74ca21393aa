package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.internal.call.VirtualTime;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/**
 * Each limit ends what it is for and nothing else. A limit under test is short; all others are
 * long, so that it is known which one ended the call.
 */
@Timeout(240)
class TimeLimitsIT {

  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration ENOUGH_TO_SEND = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final ApiSimulator api =
      ApiSimulator.builder().policies(40).seed(7).gzip(false).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());
  private final PolicyId id = new PolicyId(api.policyIds().get(0));

  /** The first call of a process loads classes, which a busy machine takes seconds for. */
  @BeforeAll
  static void makeTheFirstCall() {
    TimeLimitsIT first = new TimeLimitsIT();
    try (AllowPolicyClient client = first.client(UnaryOperator.identity())) {
      StepVerifier.create(client.get(first.account, first.id))
          .expectNextCount(1)
          .expectComplete()
          .verify(PATIENCE);
    } finally {
      first.stop();
    }
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private ClientSettings.Builder patient() {
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl(api.baseUrl())
        .retries(retries -> retries.maxAttempts(1))
        .timeouts(
            limits ->
                limits
                    .connect(LONG)
                    .acquire(LONG)
                    .stall(LONG)
                    .attempt(LONG)
                    .operation(LONG)
                    .closeGrace(Duration.ZERO));
  }

  private AllowPolicyClient client(UnaryOperator<ClientSettings.Builder> limits) {
    return AllowPolicyClient.create(limits.apply(patient()).build());
  }

  private void always(Fault fault) {
    api.faults(FaultScript.of(FaultRule.of(fault).always()));
  }

  private static <T extends EmailSecurityException> T failure(Flux<?> flux, Class<T> kind) {
    List<Throwable> failures = new ArrayList<>();
    StepVerifier.create(flux.then()).expectErrorSatisfies(failures::add).verify(PATIENCE);
    assertThat(failures.get(0)).isInstanceOf(kind);
    return kind.cast(failures.get(0));
  }

  private void connectionsAreClosed() {
    assertThat(FaultyApi.await(() -> api.openConnections() == 0)).isTrue();
  }

  @Test
  void connectingIsLimited() throws IOException {
    List<Socket> queue = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      fill(full, queue);
      String url = "http://127.0.0.1:" + full.getLocalPort();
      TestSubscriber<Object> unlimited = TestSubscriber.create();
      try (AllowPolicyClient limited =
              client(limits -> limits.baseUrl(url).timeouts(times -> times.connect(SHORT)));
          AllowPolicyClient free =
              client(
                  limits -> limits.baseUrl(url).timeouts(times -> times.connect(Duration.ZERO)))) {
        free.get(account, id).subscribe(unlimited);
        Unavailable failure = failure(limited.get(account, id).flux(), Unavailable.class);
        assertThat(failure).hasRootCauseInstanceOf(ConnectTimeoutException.class);
        assertThat(failure.details().requestSent()).isEqualTo(Sent.NO);
        assertThat(unlimited.isTerminatedOrCancelled()).as("zero is no limit").isFalse();
        unlimited.cancel();
      }
    } finally {
      for (Socket socket : queue) {
        socket.close();
      }
    }
  }

  /** Connects until the kernel takes no more, since nobody accepts. */
  private static void fill(ServerSocket server, List<Socket> queue) throws IOException {
    while (queue.size() < 100) {
      Socket socket = new Socket();
      queue.add(socket);
      try {
        socket.connect(server.getLocalSocketAddress(), 500);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new AssertionError("the queue of a listening socket has no end");
  }

  @Test
  void waitingForAConnectionIsLimitedAndSendsNothing() {
    always(Fault.hang(Point.BEFORE_HEADERS));
    try (AllowPolicyClient client =
        client(
            limits ->
                limits
                    .connections(connections -> connections.max(1))
                    .timeouts(times -> times.acquire(SHORT)))) {
      TestSubscriber<Object> holder = TestSubscriber.create();
      client.get(account, id).subscribe(holder);
      assertThat(FaultyApi.await(() -> api.requestCount() == 1)).isTrue();
      Unavailable failure = failure(client.delete(account, id).flux(), Unavailable.class);
      assertThat(failure.details().requestSent()).isEqualTo(Sent.NO);
      assertThat(failure.getMessage()).contains("no connection was free in time");
      assertThat(holder.isTerminatedOrCancelled()).isFalse();
      holder.cancel();
    }
    assertThat(api.requestCount()).isEqualTo(1);
  }

  @Test
  void waitingForAConnectionWithoutALimitOutlastsAnyTime() {
    try (VirtualTime time = new VirtualTime()) {
      always(Fault.hang(Point.BEFORE_HEADERS));
      try (AllowPolicyClient client =
          client(
              limits ->
                  limits
                      .connections(connections -> connections.max(1))
                      .timeouts(
                          times ->
                              times
                                  .acquire(Duration.ZERO)
                                  .attempt(Duration.ZERO)
                                  .stall(Duration.ZERO)
                                  .operation(Duration.ZERO)))) {
        TestSubscriber<Object> holder = TestSubscriber.create();
        client.get(account, id).subscribe(holder);
        assertThat(FaultyApi.await(() -> api.requestCount() == 1)).isTrue();
        api.faults(FaultScript.none());
        TestSubscriber<Object> waiter = TestSubscriber.create();
        client.get(account, id).subscribe(waiter);
        time.advance(Duration.ofDays(1));
        assertThat(waiter.isTerminatedOrCancelled()).isFalse();
        holder.cancel();
        assertThat(FaultyApi.await(waiter::isTerminated)).isTrue();
        assertThat(waiter.expectTerminalSignal().getThrowable()).isNull();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Point.class)
  void anAttemptIsLimitedWhereverItHangs(Point point) {
    always(Fault.hang(point));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.attempt(SHORT)))) {
      assertThat(failure(client.list(account), Unavailable.class).getMessage())
          .contains("no whole response within 0.2 s");
      AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("x").build();
      assertThat(
              failure(client.edit(account, id, edit).flux(), OutcomeUnknown.class)
                  .details()
                  .attempts())
          .hasSize(1);
      connectionsAreClosed();
    }
  }

  @Test
  void aBatchThatTheServiceNeedsLongForIsNotGivenUpWhenOtherCallsAre() {
    always(Fault.pause(Point.BEFORE_HEADERS, SHORT.multipliedBy(3)));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.attempt(SHORT).batchAttempt(LONG)))) {
      failure(client.delete(account, id).flux(), OutcomeUnknown.class);
      PolicyId other = new PolicyId(api.policyIds().get(1));
      StepVerifier.create(client.batch(account, AllowPolicyBatch.builder().delete(other).build()))
          .assertNext(result -> assertThat(result.deletes()).containsExactly(other))
          .expectComplete()
          .verify(PATIENCE);
    }
  }

  @Test
  void aBatchIsLimitedToo() {
    always(Fault.hang(Point.BEFORE_HEADERS));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.attempt(SHORT).batchAttempt(SHORT)))) {
      AllowPolicyBatch batch = AllowPolicyBatch.builder().delete(id).build();
      assertThat(failure(client.batch(account, batch).flux(), OutcomeUnknown.class).getMessage())
          .contains("no whole response within 0.2 s");
    }
  }

  @Test
  void aSlowDripDoesNotPassTheLimitOfAnAttempt() {
    always(Fault.drip(1, Duration.ofMillis(20)));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.attempt(SHORT)))) {
      assertThat(failure(client.get(account, id).flux(), Unavailable.class).getMessage())
          .contains("no whole response within 0.2 s");
      connectionsAreClosed();
    }
  }

  @Test
  void aStallWithinTheBodyIsLimitedOnItsOwn() {
    always(Fault.hang(Point.WITHIN_BODY));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.stall(SHORT).attempt(Duration.ZERO)))) {
      assertThat(failure(client.list(account), Unavailable.class).getMessage())
          .contains("the body stalled for 0.2 s");
      connectionsAreClosed();
    }
  }

  @Test
  void aStallBeforeTheHeadersIsNoMatterOfTheStallLimit() {
    always(Fault.hang(Point.BEFORE_HEADERS));
    try (AllowPolicyClient stalling =
            client(limits -> limits.timeouts(times -> times.stall(SHORT)));
        AllowPolicyClient attempting =
            client(limits -> limits.timeouts(times -> times.attempt(SHORT.multipliedBy(3))))) {
      TestSubscriber<Object> outlasting = TestSubscriber.create();
      stalling.get(account, id).subscribe(outlasting);
      assertThat(FaultyApi.await(() -> api.requestCount() == 1)).isTrue();
      failure(attempting.get(account, id).flux(), Unavailable.class);
      assertThat(outlasting.isTerminatedOrCancelled()).isFalse();
      outlasting.cancel();
    }
  }

  @Test
  void zeroIsNoLimit() {
    always(Fault.pause(Point.WITHIN_BODY, SHORT.multipliedBy(3)));
    try (AllowPolicyClient limited =
            client(limits -> limits.timeouts(times -> times.attempt(SHORT).stall(Duration.ZERO)));
        AllowPolicyClient free =
            client(
                limits ->
                    limits
                        .timeouts(
                            times ->
                                times
                                    .attempt(Duration.ZERO)
                                    .stall(Duration.ZERO)
                                    .operation(Duration.ZERO)
                                    .stream(Duration.ZERO)
                                    .handshake(Duration.ZERO))
                        .retries(retries -> retries.maxBackoff(Duration.ZERO)))) {
      failure(limited.list(account), Unavailable.class);
      StepVerifier.create(free.list(account).count())
          .expectNext(40L)
          .expectComplete()
          .verify(PATIENCE);
    }
  }

  @Test
  void anOperationIsLimitedInAllItsAttempts() {
    always(Fault.status(503, Fault.Content.EMPTY));
    try (AllowPolicyClient client =
        client(
            limits ->
                limits
                    .retries(
                        retries ->
                            retries
                                .maxAttempts(100)
                                .firstBackoff(Duration.ofMillis(1))
                                .maxBackoff(Duration.ZERO))
                    .timeouts(times -> times.operation(ENOUGH_TO_SEND)))) {
      Unavailable failure = failure(client.get(account, id).flux(), Unavailable.class);
      assertThat(failure.details().attempts()).hasSizeBetween(1, 99);
      AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("x").build();
      failure(client.edit(account, id, edit).flux(), OutcomeUnknown.class);
    }
  }

  @Test
  void anOperationThatHangsTellsWhetherItWasSent() {
    always(Fault.hang(Point.AFTER_HEADERS));
    try (AllowPolicyClient client =
        client(limits -> limits.timeouts(times -> times.operation(ENOUGH_TO_SEND)))) {
      assertThat(failure(client.get(account, id).flux(), Unavailable.class).details().requestSent())
          .isNotEqualTo(Sent.NO);
      failure(client.delete(account, id).flux(), OutcomeUnknown.class);
      connectionsAreClosed();
    }
  }

  @Test
  void aWaitThatTheServiceNamesBeyondTheLimitFailsAtOnceAndSaysWhenToComeBack() {
    always(Fault.throttled(10_100).header("retry-after", "3600"));
    try (AllowPolicyClient client =
        client(limits -> limits.retries(retries -> retries.maxAttempts(4)))) {
      Throttled failure = failure(client.delete(account, id).flux(), Throttled.class);
      assertThat(failure.details().retryAfter())
          .isBetween(Duration.ofSeconds(3_500), Duration.ofSeconds(3_601));
    }
    assertThat(api.requestCount()).isEqualTo(1);
  }

  /** The pause is longer than the default grace, so that none of the clients can have that one. */
  @Test
  void aClosedClientWaitsForItsCallsAsLongAsItsGraceAllows() {
    always(Fault.pause(Point.BEFORE_HEADERS, Timeouts.defaults().closeGrace().plusMillis(500)));
    List<AllowPolicyClient> clients =
        Stream.of(Duration.ZERO, SHORT, LONG)
            .map(grace -> client(limits -> limits.timeouts(times -> times.closeGrace(grace))))
            .toList();
    List<TestSubscriber<Object>> calls =
        clients.stream()
            .map(
                client -> {
                  TestSubscriber<Object> call = TestSubscriber.create();
                  client.get(account, id).subscribe(call);
                  return call;
                })
            .toList();
    assertThat(FaultyApi.await(() -> api.requestCount() == 3)).isTrue();
    clients.forEach(AllowPolicyClient::close);
    assertThat(FaultyApi.await(() -> calls.stream().allMatch(TestSubscriber::isTerminated)))
        .isTrue();
    assertThat(calls.get(0).expectTerminalError()).isInstanceOf(Unavailable.class);
    assertThat(calls.get(1).expectTerminalError()).isInstanceOf(Unavailable.class);
    assertThat(calls.get(2).expectTerminalSignal().getThrowable()).isNull();
  }

  @Test
  void aCloseThatIsCancelledStillEndsTheCallsAfterItsGrace() {
    always(Fault.hang(Point.BEFORE_HEADERS));
    AllowPolicyClient client = client(limits -> limits.timeouts(times -> times.closeGrace(SHORT)));
    TestSubscriber<Object> call = TestSubscriber.create();
    client.get(account, id).subscribe(call);
    assertThat(FaultyApi.await(() -> api.requestCount() == 1)).isTrue();
    client.closeGracefully().subscribe().dispose();
    assertThat(FaultyApi.await(call::isTerminated)).isTrue();
    assertThat(call.expectTerminalError()).isInstanceOf(Unavailable.class);
    connectionsAreClosed();
  }

  @Test
  void aStreamIsLimitedAsAWhole() {
    always(Fault.pause(Point.BEFORE_HEADERS, Duration.ofMillis(50)));
    try (AllowPolicyClient client =
        client(
            limits -> limits.pageSize(1).timeouts(times -> times.stream(Duration.ofMillis(500))))) {
      Unavailable failure = failure(client.list(account), Unavailable.class);
      assertThat(failure.getMessage()).contains("not done within");
    }
    assertThat(api.requestCount()).isLessThan(40);
  }

  @Test
  void aStreamThatNobodyDemandsAnythingOfIsLimitedToo() {
    try (AllowPolicyClient client =
        client(limits -> limits.pageSize(10).timeouts(times -> times.stream(SHORT)))) {
      TestSubscriber<Object> subscriber = TestSubscriber.builder().initialRequest(1).build();
      client.list(account).subscribe(subscriber);
      assertThat(FaultyApi.await(subscriber::isTerminated)).isTrue();
      assertThat(subscriber.expectTerminalError()).isInstanceOf(Unavailable.class);
    }
  }
}
