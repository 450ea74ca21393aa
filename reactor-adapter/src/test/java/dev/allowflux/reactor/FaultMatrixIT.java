package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.FaultyApi.Counts;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Every fault at every point of every operation, and what is reported to the caller. */
class FaultMatrixIT {

  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");
  private static final int CALLS = Integer.getInteger("allowflux.matrix", SOAK ? 100_000 : 10_000);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final List<Operation> OPERATIONS = List.of(Operation.values());
  private static final int WORKERS = 48;
  private static final int CALLS_OF_A_SIMULATOR = 60;

  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void everyCallEndsInAValueOrTheRightFailure() throws InterruptedException {
    Counts counts = new Counts();
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    try (ApiSimulator elsewhere = ApiSimulator.builder().start()) {
      List<FaultyCall> calls = calls(elsewhere.baseUrl());
      AtomicInteger next = new AtomicInteger();
      List<Thread> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        boolean gzip = i % 2 == 0;
        Thread worker = new Thread(() -> work(calls, next, gzip, counts, wrong), "matrix-" + i);
        worker.start();
        workers.add(worker);
      }
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(elsewhere.connectionsAccepted()).as("redirects that were followed").isZero();
    }
    System.out.printf(
        "fault matrix: %d calls, %d faulty requests, %d hung, %d partial data taken for success,"
            + " %d writes done twice, %d wrong; %d made again as the machine was slow; endings %s;"
            + " seed %d%n",
        counts.calls.sum(),
        counts.requests.sum(),
        counts.hung.sum(),
        counts.partial.sum(),
        counts.twice.sum(),
        wrong.size(),
        counts.slow.sum(),
        new TreeMap<>(counts.endings),
        seed);
    assertThat(wrong.stream().limit(20)).as("seed %d", seed).isEmpty();
    assertThat(counts.calls.sum()).isEqualTo(CALLS);
  }

  /** What Reactor Netty does not close, a pool with one place soon misses. */
  @Test
  @Timeout(240)
  void anAnswerThatCannotBeInflatedGivesItsConnectionBack() {
    try (ApiSimulator api = ApiSimulator.builder().policies(10).seed(7).start();
        AllowPolicyClient client =
            AllowPolicyClient.create(
                settings(api.baseUrl()).credential(Credential.apiToken(api.token())).build())) {
      for (int i = 0; i < 5; i++) {
        api.faults(FaultScript.inOrder(Fault.brokenGzip(), Fault.brokenGzip()));
        assertThat(client.list(new AccountId(api.accountId())).collectList().block(PATIENCE))
            .hasSize(10);
        assertThat(FaultyApi.await(() -> api.openConnections() == 1)).as("one is open").isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @Timeout(240)
  void whereNobodyListensEveryOperationIsRepeatedAndNothingIsInDoubt(Operation operation)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings("http://127.0.0.1:" + port).build())) {
      StepVerifier.create(call(client, operation))
          .expectErrorSatisfies(
              failure -> {
                assertThat(failure).isInstanceOf(Unavailable.class);
                Unavailable unavailable = (Unavailable) failure;
                assertThat(unavailable.details().requestSent()).isEqualTo(Sent.NO);
                assertThat(unavailable.details().attempts()).hasSize(ExpectedOutcome.MAX_ATTEMPTS);
                assertThat(unavailable).hasRootCauseInstanceOf(ConnectException.class);
              })
          .verify(PATIENCE);
    }
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  @Timeout(240)
  void aConnectionThatIsClosedOnAcceptIsTakenForWhatItWas(Operation operation)
      throws IOException, InterruptedException {
    for (boolean reset : new boolean[] {true, false}) {
      List<Sent> sent = new CopyOnWriteArrayList<>();
      CallEvents events =
          new CallEvents() {
            @Override
            public void attempted(Call call, AttemptEnd end) {
              sent.add(end.failure().details().requestSent());
            }
          };
      ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread closer = new Thread(() -> closeEach(server, reset), "closer");
      closer.start();
      try (AllowPolicyClient client =
          AllowPolicyClient.create(
              settings("http://127.0.0.1:" + server.getLocalPort()).events(events).build())) {
        StepVerifier.create(call(client, operation))
            .expectErrorSatisfies(
                failure -> {
                  boolean mayHaveArrived = sent.stream().anyMatch(each -> each != Sent.NO);
                  assertThat(failure)
                      .isInstanceOf(
                          operation.isWrite() && mayHaveArrived
                              ? OutcomeUnknown.class
                              : Unavailable.class);
                  assertThat(((EmailSecurityException) failure).details().attempts())
                      .hasSameSizeAs(sent);
                })
            .verify(PATIENCE);
      } finally {
        server.close();
        closer.join();
      }
      if (operation.isIdempotent()) {
        assertThat(sent).hasSize(ExpectedOutcome.MAX_ATTEMPTS);
      } else {
        assertThat(sent.subList(0, sent.size() - 1)).doesNotContain(Sent.YES, Sent.UNKNOWN);
      }
    }
  }

  private static void closeEach(ServerSocket server, boolean reset) {
    try {
      while (true) {
        Socket socket = server.accept();
        if (reset) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static ClientSettings.Builder settings(String baseUrl) {
    return ClientSettings.builder(Credential.apiToken("token"))
        .baseUrl(baseUrl)
        .retries(
            retries ->
                retries
                    .maxAttempts(ExpectedOutcome.MAX_ATTEMPTS)
                    .firstBackoff(Duration.ofMillis(2)))
        .connections(connections -> connections.max(1));
  }

  private static Mono<?> call(AllowPolicyClient client, Operation operation) {
    AccountId account = new AccountId("account");
    PolicyId id = new PolicyId("policy");
    AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("edited").build();
    NewAllowPolicy policy = TrustedSenders.of("a@new.example", PatternType.EMAIL).build();
    return switch (operation) {
      case LIST -> client.list(account).collectList();
      case LIST_ACCOUNTS -> client.accounts().collectList();
      case GET -> client.get(account, id);
      case CREATE -> client.create(account, policy);
      case EDIT -> client.edit(account, id, edit);
      case DELETE -> client.delete(account, id);
      case BATCH ->
          client.batch(account, AllowPolicyBatch.builder().create(policy).edit(id, edit).build());
    };
  }

  private static void work(
      List<FaultyCall> calls,
      AtomicInteger next,
      boolean gzip,
      Counts counts,
      ConcurrentLinkedQueue<String> wrong) {
    FaultyApi api = null;
    try {
      for (int i = next.getAndIncrement(); i < calls.size(); i = next.getAndIncrement()) {
        if (api == null) {
          api =
              new FaultyApi(
                  ApiSimulator.builder().token("token").gzip(gzip),
                  Credential.apiToken("token"),
                  settings -> settings,
                  counts);
        }
        String what = api.run(calls.get(i));
        if (what != null) {
          wrong.add("call " + i + " (" + calls.get(i) + "): " + what);
        }
        if (what != null || api.calls() == CALLS_OF_A_SIMULATOR) {
          if (!api.closesEveryConnection()) {
            wrong.add("after call " + i + " a connection stays open");
          }
          api.close();
          api = null;
        }
      }
    } catch (RuntimeException | Error e) {
      wrong.add("a worker failed: " + e);
    } finally {
      if (api != null) {
        api.close();
      }
    }
  }

  /** Random calls of all that the table has, in an order that the seed gives. */
  static List<FaultyCall> sample(int size, long seed, String elsewhere) {
    List<FaultCase> table = FaultCase.table(elsewhere);
    Random random = new Random(seed);
    List<FaultyCall> calls = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      // Each fault comes first some time; the others follow at random.
      FaultCase first = table.get(i % table.size());
      FaultyCall rest = random(random, table);
      List<FaultCase> faults = new ArrayList<>(rest.faults());
      if (mayMeet(rest.operation(), first, first.fault().isDone())) {
        faults.set(0, first);
      }
      calls.add(new FaultyCall(rest.operation(), rest.page(), rest.readBack(), faults));
    }
    return calls;
  }

  /** First each fault for one, two and all attempts; then sequences at random; in any order. */
  private List<FaultyCall> calls(String elsewhere) {
    List<FaultCase> table = FaultCase.table(elsewhere);
    Random random = new Random(seed);
    List<FaultyCall> calls = new ArrayList<>();
    for (Operation operation : OPERATIONS) {
      for (int hits : new int[] {1, 2, ExpectedOutcome.MAX_ATTEMPTS}) {
        for (FaultCase faultCase : table) {
          for (boolean done : new boolean[] {true, false}) {
            if (mayMeet(operation, faultCase, done)) {
              calls.add(
                  new FaultyCall(
                      operation,
                      1 + random.nextInt(3),
                      false,
                      Collections.nCopies(hits, faultCase.done(done))));
            }
          }
        }
      }
    }
    for (FaultCase faultCase : FaultCase.pages()) {
      calls.add(new FaultyCall(Operation.LIST, 2, false, List.of(faultCase)));
      calls.add(new FaultyCall(Operation.LIST, 2, false, List.of(table.get(2), faultCase)));
    }
    assertThat(calls).hasSizeLessThan(CALLS);
    while (calls.size() < CALLS) {
      calls.add(random(random, table));
    }
    Collections.shuffle(calls, random);
    return calls;
  }

  private static FaultyCall random(Random random, List<FaultCase> table) {
    Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
    List<FaultCase> faults = new ArrayList<>();
    int attempts = 1 + random.nextInt(ExpectedOutcome.MAX_ATTEMPTS);
    while (faults.size() < attempts) {
      FaultCase faultCase = table.get(random.nextInt(table.size()));
      boolean done = random.nextBoolean();
      // A refusal ends a call, so that with many of them few calls would get to the others.
      boolean rare = faultCase.kind() == ExpectedOutcome.Kind.REJECTED && random.nextInt(4) > 0;
      if (!rare && mayMeet(operation, faultCase, done)) {
        faults.add(faultCase.done(done));
      }
    }
    boolean readBack = operation == Operation.CREATE && random.nextInt(4) == 0;
    return new FaultyCall(operation, 1 + random.nextInt(3), readBack, faults);
  }

  /**
   * Reads have nothing to do. And a service that says 429 to what it has carried out would have
   * every client do it twice; nothing on the wire tells.
   */
  private static boolean mayMeet(Operation operation, FaultCase faultCase, boolean done) {
    return operation.isWrite()
        ? !(done && faultCase.isThrottling())
        : done == faultCase.fault().isDone();
  }
}
