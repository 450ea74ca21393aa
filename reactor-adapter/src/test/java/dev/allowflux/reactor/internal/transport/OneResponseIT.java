package dev.allowflux.reactor.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallOptions;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Servers that end an exchange unlike HTTP, over raw sockets. */
@Timeout(240)
class OneResponseIT {
  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String RETRY_AFTER = "\r\nretry-after: 200\r\n\r\n";
  private static final NewAllowPolicy POLICY =
      NewAllowPolicy.builder()
          .pattern("a@new.example")
          .patternType(PatternType.EMAIL)
          .isRegex(false)
          .isTrustedSender(true)
          .isAcceptableSender(false)
          .isExemptRecipient(false)
          .verifySender(true)
          .build();

  private static AllowPolicyClient client(RawServer server, int attempts) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken("token"))
            .baseUrl(server.baseUrl())
            .rateLimiter(ApiQuota.unlimited())
            .connections(connections -> connections.max(2))
            .retries(retries -> retries.maxAttempts(attempts).firstBackoff(Duration.ofMillis(1)))
            .build());
  }

  /** The response to get of a policy. */
  private static String policy(String id) {
    return RawServer.response(
        200,
        "{\"success\":true,\"errors\":[],\"result\":{\"id\":\""
            + id
            + "\",\"created_at\":\"2026-01-01T00:00:00Z\"}}");
  }

  /**
   * Gets many policies one after the other; each call ends in the right policy, or, where the
   * server gives no other choice, in a failure.
   */
  private static int get(AllowPolicyClient client, int calls) {
    int failed = 0;
    for (int i = 0; i < calls; i++) {
      PolicyId id = new PolicyId("id" + i);
      try {
        AllowPolicy policy = client.get(ACCOUNT, id).block(PATIENCE);
        assertThat(policy).isNotNull();
        assertThat(policy.id()).as("call " + i).isEqualTo(id);
      } catch (Malformed contradiction) {
        failed++;
      }
    }
    return failed;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n",
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 110 What\r\n\r\n",
      })
  void interimResponsesAreSkippedOnEveryCall(String interim) throws Exception {
    try (RawServer server =
        RawServer.start((path, out) -> out.write(interim + policy(RawServer.last(path))))) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 50)).isZero();
      assertThat(server.connections()).as("connections: interim responses are HTTP").isOne();
      client.close();
    }
  }

  @Test
  void anInterimResponseThatComesAloneIsSkippedToo() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              out.write("HTTP/1.1 103 Early Hints\r\n\r\n");
              out.pause();
              out.write(policy(RawServer.last(path)));
            })) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 20)).isZero();
      assertThat(server.connections()).isOne();
      client.close();
    }
  }

  @Test
  void aSecondResponseInTheSameWriteIsNeverTakenForTheNext() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> out.write(policy(RawServer.last(path)) + policy("another")))) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 50)).isZero();
      assertThat(server.connections()).as("one connection for each call").isEqualTo(50);
      client.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "\r\n\r\nxx", "HTTP/1.1 200", "{}", "HTTP/1.1 103 Early Hints\r\n"})
  void bytesBehindTheEndCloseTheConnection(String more) throws Exception {
    try (RawServer server =
        RawServer.start((path, out) -> out.write(policy(RawServer.last(path)) + more))) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 30)).isZero();
      assertThat(server.connections()).as("one connection for each call").isEqualTo(30);
      client.close();
    }
  }

  @Test
  void bytesThatComeWhileNoCallIsMadeCloseTheConnection() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              out.write(policy(RawServer.last(path)));
              out.pause();
              out.write(policy("another"));
            })) {
      AllowPolicyClient client = client(server, 4);
      for (int i = 0; i < 20; i++) {
        PolicyId id = new PolicyId("id" + i);
        AllowPolicy policy = client.get(ACCOUNT, id).block(PATIENCE);
        assertThat(policy).isNotNull();
        assertThat(policy.id()).isEqualTo(id);
        server.awaitClosed();
      }
      client.close();
    }
  }

  @Test
  void noCallIsEverGivenAnotherCallsPolicyWhateverTheServerAdds() throws Exception {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              int dice;
              synchronized (random) {
                dice = random.nextInt(6);
              }
              String good = policy(RawServer.last(path));
              switch (dice) {
                case 0 -> out.write(good + policy("another"));
                case 1 -> out.write("HTTP/1.1 103 Early Hints\r\n\r\n" + good);
                case 2 -> {
                  out.write(good);
                  out.write(policy("another"));
                }
                case 3 -> out.write(good + "rubbish");
                case 4 -> out.write(policy("another"));
                default -> out.write(good);
              }
            })) {
      AllowPolicyClient client = client(server, 8);
      int failed = get(client, 500);
      System.out.printf(
          "one response: 500 calls to a server that adds responses, 0 with another policy,"
              + " %d failed; seed %d%n",
          failed, seed);
      assertThat(failed).as("failed, seed " + seed).isLessThan(50);
      client.close();
    }
  }

  @Test
  void aResponseWithoutContentThatHasSomeIsNotFollowedByItsContent() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              if (path.endsWith("id0")) {
                out.write("HTTP/1.1 204 No Content\r\n\r\n");
                out.write(policy("another"));
              } else {
                out.write(policy(RawServer.last(path)));
              }
            })) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 10)).isOne();
      assertThat(server.connections()).isEqualTo(2);
      client.close();
    }
  }

  @Test
  void anUnaskedSwitchOfProtocolsIsAFailureAndClosesTheConnection() throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) ->
                out.write(
                    path.endsWith("id0")
                        ? "HTTP/1.1 101 Switch\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"
                        : policy(RawServer.last(path))))) {
      AllowPolicyClient client = client(server, 1);
      assertThat(get(client, 5)).isOne();
      assertThat(server.connections()).isEqualTo(2);
      client.close();
    }
  }

  @Test
  void aWriteThatIsAnsweredWithAnotherPolicyIsUnconfirmedAndSentOnce() throws Exception {
    List<String> seen = new ArrayList<>();
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              seen.add(path);
              out.write(policy("another"));
            })) {
      AllowPolicyClient client = client(server, 4);
      AllowPolicyEdit edit = AllowPolicyEdit.builder().isTrustedSender(true).build();
      List<Throwable> failures = new ArrayList<>();
      client
          .edit(ACCOUNT, new PolicyId("p"), edit)
          .doOnError(failures::add)
          .onErrorComplete()
          .block(PATIENCE);
      assertThat(failures).singleElement().isInstanceOf(OutcomeUnknown.class);
      assertThat(seen).hasSize(1);
      client.close();
    }
  }

  @Test
  void theServerOfTheseTestsIsReadInBytes() {
    assertThat(policy("p").getBytes(US_ASCII)).startsWith("HTTP/1.1 200 ".getBytes(US_ASCII));
  }

  /** A client that gives a body up that pauses for a fifth of a second. */
  private static AllowPolicyClient impatient(RawServer server) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken("token"))
            .baseUrl(server.baseUrl())
            .timeouts(limits -> limits.stall(Duration.ofMillis(200)))
            .retries(retries -> retries.maxAttempts(1))
            .build());
  }

  @ParameterizedTest
  @CsvSource({"400, INVALID_REQUEST", "401, CREDENTIAL", "403, PERMISSION", "409, CONFLICT"})
  void aRefusalWhoseBodyStallsIsStillARefusal(int status, RejectionReason reason) throws Exception {
    try (RawServer server =
            RawServer.start((path, out) -> out.write(head(status) + "{\"success\":fal"));
        AllowPolicyClient client = impatient(server)) {
      StepVerifier.create(client.create(ACCOUNT, POLICY))
          .expectErrorSatisfies(
              failure ->
                  assertThat(failure)
                      .isInstanceOfSatisfying(
                          Rejected.class,
                          refused -> assertThat(refused.reason()).isEqualTo(reason)))
          .verify(PATIENCE);
      server.awaitClosed();
    }
  }

  @Test
  void a429WhoseBodyStallsHoldsAllCallsBack() throws Exception {
    try (RawServer server =
            RawServer.start(
                (path, out) -> out.write(head(429).replace("\r\n\r\n", RETRY_AFTER) + "{"));
        AllowPolicyClient client = impatient(server)) {
      StepVerifier.create(client.create(ACCOUNT, POLICY))
          .expectErrorSatisfies(
              failure ->
                  assertThat(failure)
                      .isInstanceOfSatisfying(
                          Throttled.class,
                          busy ->
                              assertThat(busy.details().retryAfter())
                                  .isEqualTo(Duration.ofSeconds(200))))
          .verify(PATIENCE);
      AllowPolicyClient hurried =
          client.with(CallOptions.builder().timeLimit(Duration.ofSeconds(100)).build());
      StepVerifier.create(hurried.get(ACCOUNT, new PolicyId("id")))
          .expectError(Throttled.class)
          .verify(PATIENCE);
      assertThat(server.connections()).as("the second call is not sent").isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "HTTP/1.1 200\r\ncontent-length: x\r\n\r\n",
      })
  void whatIsNoResponseIsAskedForAgainOnAnotherConnection(String other) throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    try (RawServer server =
            RawServer.start(
                (path, out) ->
                    out.write(first.getAndSet(false) ? other : policy(RawServer.last(path))));
        AllowPolicyClient client = client(server, 2)) {
      assertThat(get(client, 5)).isZero();
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  private static String head(int status) {
    return "HTTP/1.1 "
        + status
        + " S\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
  }
}
