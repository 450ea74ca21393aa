package dev.allowflux.reactor.internal.transport;

import static dev.allowflux.reactor.internal.transport.RawServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.TrustedSenders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Responses that contradict their request or themselves, over raw sockets. */
@Timeout(240)
class ContradictionsIT {

  private static final AccountId ACCOUNT = new AccountId("acc");
  private static final PolicyId ID = new PolicyId("p1");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration STALL = Duration.ofMillis(300);
  private static final int ATTEMPTS = 3;
  private static final AllowPolicyEdit EDIT = AllowPolicyEdit.builder().comments("new").build();
  private static final NewAllowPolicy NEW =
      TrustedSenders.of("a.example", PatternType.DOMAIN).build();

  private static String stored(String id) {
    return "{\"id\":\""
        + id
        + "\",\"created_at\":\"2026-01-01T00:00:00Z\",\"pattern\":\"a.example\","
        + "\"pattern_type\":\"DOMAIN\",\"is_regex\":false,\"is_trusted_sender\":true,"
        + "\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true,"
        + "\"comments\":\"new\"}";
  }

  /** The operations, each with the result that it is owed. */
  private enum Op {
    GET(stored("p1"), false),
    EDIT_ONE(stored("p1"), true),
    DELETE("{\"id\":\"p1\"}", true),
    CREATE(stored("new").replace("\"new\"}", "null}"), true),
    BATCH(
        "{\"deletes\":[{\"id\":\"p2\"}],\"patches\":["
            + stored("p1")
            + "],\"puts\":[],\"posts\":["
            + stored("n").replace("\"new\"}", "null}")
            + "]}",
        true);

    final String result;
    final boolean write;

    Op(String result, boolean write) {
      this.result = result;
      this.write = write;
    }

    Mono<?> call(AllowPolicyClient client) {
      return switch (this) {
        case GET -> client.get(ACCOUNT, ID);
        case EDIT_ONE -> client.edit(ACCOUNT, ID, EDIT);
        case DELETE -> client.delete(ACCOUNT, ID);
        case CREATE -> client.create(ACCOUNT, NEW);
        case BATCH ->
            client.batch(
                ACCOUNT,
                AllowPolicyBatch.builder()
                    .delete(new PolicyId("p2"))
                    .edit(ID, EDIT)
                    .create(NEW)
                    .build());
      };
    }
  }

  private static String envelope(String success, String errors, String result) {
    return "{\"success\":"
        + success
        + ",\"errors\":"
        + errors
        + ",\"messages\":[],\"result\":"
        + result
        + "}";
  }

  private static String good(Op op) {
    return envelope("true", "[]", op.result);
  }

  /** Responses that are no success, whatever they say. */
  @SuppressWarnings("ImmutableEnumChecker")
  private enum Lie {
    NULL_RESULT(op -> response(200, envelope("true", "[]", "null"))),
    NO_RESULT(op -> response(200, "{\"success\":true,\"errors\":[]}")),
    EMPTY_OBJECT(op -> response(200, "{}")),
    EMPTY_RESULT(op -> response(200, envelope("true", "[]", "{}"))),
    ANOTHER_FORM(op -> response(200, envelope("true", "[]", "[" + op.result + "]"))),
    NO_SUCCESS(op -> response(200, "{\"errors\":[],\"result\":" + op.result + "}")),
    SUCCESS_AS_TEXT(op -> response(200, envelope("\"true\"", "[]", op.result))),
    SUCCESS_AND_ERRORS(
        op ->
            response(
                200, envelope("true", "[{\"code\":1001,\"message\":\"partly done\"}]", op.result))),
    ACCEPTED(op -> response(202, good(op))),
    PARTIAL(op -> response(206, good(op))),
    MULTI_STATUS(op -> response(207, good(op))),
    TWO_DOCUMENTS(op -> response(200, good(op) + good(op))),
    CUT_OFF(op -> response(200, good(op).substring(0, good(op).length() - 3))),
    NOT_JSON(op -> response(200, good(op)).replace("application/json", "text/html")),
    NO_TYPE(op -> response(200, good(op)).replace("content-type", "x-type")),
    ANOTHER_ENCODING(
        op -> response(200, good(op)).replace("\r\n\r\n", "\r\ncontent-encoding: gzip\r\n\r\n")),
    EMPTY(op -> response(200, "")),
    NO_CONTENT(op -> "HTTP/1.1 204 No Content\r\n\r\n"),
    NO_CONTENT_WITH_CONTENT(op -> response(204, good(op))),
    RESET_CONTENT(op -> response(205, good(op))),
    STATUS_WITHOUT_MEANING(op -> response(999, good(op)));

    final Function<Op, String> bytes;

    Lie(Function<Op, String> bytes) {
      this.bytes = bytes;
    }

    /** Whether the response is whole, so that to send a write again could only do it twice. */
    boolean isWellFormed() {
      return compareTo(NULL_RESULT) >= 0 && compareTo(MULTI_STATUS) <= 0 && !isUnreadable();
    }

    private boolean isUnreadable() {
      return this == EMPTY_RESULT || this == ANOTHER_FORM || this == SUCCESS_AS_TEXT;
    }
  }

  private static AllowPolicyClient client(
      RawServer server, UnaryOperator<ClientSettings.Builder> more) {
    return AllowPolicyClient.create(
        more.apply(
                ClientSettings.builder(Credential.apiToken("token"))
                    .baseUrl(server.baseUrl())
                    .rateLimiter(ApiQuota.unlimited())
                    .retries(
                        retries -> retries.maxAttempts(ATTEMPTS).firstBackoff(Duration.ofMillis(1)))
                    .timeouts(limits -> limits.stall(STALL)))
            .build());
  }

  /** What a call ends with, and how many requests it took. */
  private record Ending(EmailSecurityException failure, int requests) {}

  private static Ending ending(Op op, RawServer.Script script) throws Exception {
    AtomicInteger requests = new AtomicInteger();
    List<Throwable> failures = new ArrayList<>();
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              requests.incrementAndGet();
              script.respond(path, out);
            })) {
      AllowPolicyClient client = client(server, UnaryOperator.identity());
      op.call(client).then().doOnError(failures::add).onErrorComplete().block(PATIENCE);
      client.close();
    }
    return new Ending(
        failures.isEmpty() ? null : (EmailSecurityException) failures.get(0), requests.get());
  }

  private static Stream<Arguments> lies() {
    return Arrays.stream(Op.values())
        .flatMap(op -> Arrays.stream(Lie.values()).map(lie -> Arguments.of(op, lie)));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aLieIsNoSuccess(Op op, Lie lie) throws Exception {
    Ending ending = ending(op, (path, out) -> out.write(lie.bytes.apply(op)));
    assertThat(ending.failure()).as("%s to %s", lie, op).isNotNull();
    assertThat(ending.failure())
        .as("%s to %s", lie, op)
        .isInstanceOf(op.write ? OutcomeUnknown.class : Malformed.class);
    boolean sentOnce = op == Op.CREATE || op == Op.BATCH || (op.write && lie.isWellFormed());
    if (sentOnce) {
      assertThat(ending.requests()).as("%s to %s", lie, op).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTruthIsASuccess(Op op) throws Exception {
    for (int status : new int[] {200, 201}) {
      Ending ending = ending(op, (path, out) -> out.write(response(status, good(op))));
      assertThat(ending.failure()).isNull();
      assertThat(ending.requests()).isOne();
    }
    for (String errors : List.of("null", "{}", "[{}]", "\"\"")) {
      Ending ending =
          ending(op, (path, out) -> out.write(response(200, envelope("true", errors, op.result))));
      assertThat(ending.failure()).as(errors).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResultUnderAFailureLeavesAWriteOpen(Op op) throws Exception {
    String errors = "[{\"code\":1002,\"message\":\"no\"}]";
    Ending with =
        ending(op, (path, out) -> out.write(response(200, envelope("false", errors, op.result))));
    assertThat(with.failure()).isInstanceOf(op.write ? OutcomeUnknown.class : Rejected.class);
    assertThat(with.requests()).isOne();
    Ending without =
        ending(op, (path, out) -> out.write(response(200, envelope("false", errors, "null"))));
    assertThat(without.failure()).isInstanceOf(Rejected.class);
    assertThat(without.requests()).isOne();
  }

  @ParameterizedTest
  @EnumSource
  void aResponseThatSaysThatTheRequestWasDoneElsewhereLeavesAWriteOpen(Op op) throws Exception {
    for (int status : new int[] {300, 303, 304, 305, 399}) {
      Ending ending = ending(op, (path, out) -> out.write(response(status, "")));
      assertThat(ending.failure())
          .as("status " + status)
          .isInstanceOf(op.write ? OutcomeUnknown.class : Rejected.class);
      assertThat(ending.requests()).as("status " + status).isOne();
    }
    for (int status : new int[] {301, 302, 307, 308}) {
      Ending ending = ending(op, (path, out) -> out.write(response(status, "")));
      assertThat(ending.failure()).as("status " + status).isInstanceOf(Rejected.class);
      assertThat(ending.requests()).isOne();
    }
  }

  /** As if the request had been HEAD: the length of a body that never comes. */
  @ParameterizedTest
  @EnumSource
  void aBodyThatIsAnnouncedAndDoesNotComeIsNoSuccess(Op op) throws Exception {
    String head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            + good(op).length()
            + "\r\n\r\n";
    Ending ending = ending(op, (path, out) -> out.write(head));
    assertThat(ending.failure())
        .isInstanceOf(op.write ? OutcomeUnknown.class : Unavailable.class)
        .hasMessageContaining("the body stalled");
    assertThat(ending.requests()).isEqualTo(op == Op.CREATE || op == Op.BATCH ? 1 : ATTEMPTS);
  }

  private static Stream<Arguments> refusals() {
    return Stream.of(400, 403, 409, 413, 422, 451)
        .flatMap(
            status ->
                Stream.of(Op.CREATE, Op.BATCH, Op.EDIT_ONE).map(op -> Arguments.of(status, op)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalIsSentOnceAndSaysWhy(int status, Op op) throws Exception {
    String errors =
        "[{\"code\":1003,\"message\":\"pattern is there already\","
            + "\"source\":{\"pointer\":\"/posts/0\"}}]";
    Ending ending =
        ending(op, (path, out) -> out.write(response(status, envelope("false", errors, "null"))));
    assertThat(ending.failure())
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("pattern is there already")
        .hasMessageContaining("/posts/0");
    assertThat(ending.requests()).isOne();
  }

  private static Stream<String> framings() {
    String body = good(Op.GET);
    String chunked = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    String type = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    String length = "content-length: " + body.length() + "\r\n";
    return Stream.of(
        type + "transfer-encoding: chunked\r\n" + length + "\r\n" + chunked,
        type + length + "transfer-encoding: chunked\r\n\r\n" + chunked,
        type + length + "content-length: 5\r\n\r\n" + body,
        type + "content-length: 5\r\n" + length + "\r\n" + body,
        type + "content-length: -1\r\n\r\n" + body,
        type + "content-length: 1e3\r\n\r\n" + body,
        type + "content-length: 5\r\n\r\n" + body,
        type + "transfer-encoding: chunked\r\n\r\n5\r\n" + body,
        type + "transfer-encoding: chunked\r\n\r\nzz\r\n" + body,
        type + "transfer-encoding: chunked\r\n\r\n" + chunked + chunked,
        type + " folded\r\n" + length + "\r\n" + body,
        type + "broken header\r\n" + length + "\r\n" + body,
        (type + length + "\r\n").replace("\r\n", "\n") + body,
        "HTTP/1.1 0 OK\r\n" + length + "\r\n" + body,
        "HTTP/1.1 2000 OK\r\n" + length + "\r\n" + body,
        "HTTP/9.9 200 OK\r\n" + length + "\r\n" + body,
        "SSH-2.0-x\r\n\r\n",
        "\r\n\r\n" + type + length + "\r\n" + body,
        body + "\r\n\r\n");
  }

  /** Half of the calls are to p1, whose policy all responses name; the others may never get it. */
  @ParameterizedTest
  @MethodSource("framings")
  void noFramingGivesACallTheResponseOfAnother(String bytes) throws Exception {
    try (RawServer server =
        RawServer.start(
            (path, out) -> {
              if (RawServer.last(path).equals("p1")) {
                out.write(bytes);
              } else {
                String id = RawServer.last(path);
                out.write(response(200, envelope("true", "[]", stored(id))));
              }
            })) {
      AllowPolicyClient client =
          client(
              server,
              settings ->
                  settings
                      .retries(retries -> retries.maxAttempts(1))
                      .connections(connections -> connections.max(1)));
      // The first call of a process loads classes, for longer than a response may stall here.
      client.get(ACCOUNT, new PolicyId("first")).onErrorComplete().block(PATIENCE);
      for (int i = 0; i < 6; i++) {
        PolicyId asked = new PolicyId(i % 2 == 0 ? "p1" : "id" + i);
        List<Throwable> failures = new ArrayList<>();
        PolicyId got =
            client
                .get(ACCOUNT, asked)
                .map(policy -> policy.id())
                .doOnError(failures::add)
                .onErrorComplete()
                .block(PATIENCE);
        assertThat(got == null || got.equals(asked)).as("%s for %s", got, asked).isTrue();
        assertThat(failures).allMatch(failure -> failure instanceof EmailSecurityException);
        assertThat(got != null || i % 2 == 0).as("call %d after a strange one", i).isTrue();
      }
      client.close();
    }
  }

  @Test
  void aDeletionThatWasLostAndIsThenNotFoundIsProvedByTheServiceAlone() throws Exception {
    String envelope = envelope("false", "[{\"code\":1004,\"message\":\"no such policy\"}]", "null");
    List<String> proofs = List.of(response(404, envelope));
    List<String> none =
        List.of(
            response(404, ""),
            response(404, "<html>not found</html>").replace("application/json", "text/html"),
            response(404, "{}"),
            response(404, "{\"errors\":[{\"code\":1004,\"message\":\"no such policy\"}]}"),
            response(404, envelope.replace("1004", "7003")),
            response(404, envelope.replace("1004", "7000")),
            response(
                404, envelope.replace("[{\"code\":1004,\"message\":\"no such policy\"}]", "[]")),
            response(410, envelope));
    for (String answer : Stream.concat(proofs.stream(), none.stream()).toList()) {
      AtomicInteger calls = new AtomicInteger();
      Ending ending =
          ending(
              Op.DELETE,
              (path, out) -> out.write(calls.getAndIncrement() == 0 ? response(503, "") : answer));
      assertThat(ending.requests()).isEqualTo(2);
      if (proofs.contains(answer)) {
        assertThat(ending.failure()).as(answer).isNull();
      } else {
        assertThat(ending.failure()).as(answer).isInstanceOf(OutcomeUnknown.class);
      }
    }
  }
}
