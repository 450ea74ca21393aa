package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.Fault.Kind;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.Wire.End;
import dev.allowflux.simulator.Wire.Received;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class FaultsIT {
  private static final Duration MOMENT = Duration.ofMillis(20);

  private ApiSimulator api;
  private Caller caller;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(40).noRateLimit().start();
    caller = new Caller(api);
  }

  @AfterEach
  void stop() {
    api.close();
  }

  /** The bytes of a connection with this fault, read to its end. */
  private Received receive(Fault fault) throws IOException {
    api.faults(FaultScript.inOrder(fault));
    try (Wire wire = new Wire(api)) {
      return wire.get("").readToEnd();
    }
  }

  /** The response without a fault; every response has a ray of its own. */
  private Received whole() throws IOException {
    api.faults(FaultScript.none());
    try (Wire wire = new Wire(api)) {
      return wire.get("").readResponse();
    }
  }

  private static String withoutRay(String text) {
    return text.replaceFirst("cf-ray: [0-9a-f]{0,16}", "cf-ray: ");
  }

  private static int cut(Received whole, Point point) {
    int head = whole.head().length();
    return switch (point) {
      case BEFORE_HEADERS -> 0;
      case WITHIN_HEADERS -> head / 2;
      case AFTER_HEADERS -> head;
      case WITHIN_BODY -> head + whole.body().length() / 2;
    };
  }

  private void assertCut(Received received, Received whole, Point point, End end, Kind kind) {
    assertThat(received.text()).hasSize(cut(whole, point));
    assertThat(withoutRay(whole.text())).startsWith(withoutRay(received.text()));
    assertThat(received.end()).isEqualTo(end);
    assertThat(api.faultCounts()).isEqualTo(Map.of(kind, 1L));
    RecordedRequest request = api.requests().get(1);
    assertThat(request.fault()).isNotNull();
    boolean headSent = point == Point.AFTER_HEADERS || point == Point.WITHIN_BODY;
    assertThat(request.status()).isEqualTo(headSent ? 200 : 0);
  }

  @ParameterizedTest
  @EnumSource
  void finComesAtThePoint(Point point) throws IOException {
    Received whole = whole();
    assertCut(receive(Fault.fin(point)), whole, point, End.FIN, Kind.FIN);
  }

  @ParameterizedTest
  @EnumSource
  void resetComesAtThePoint(Point point) throws IOException {
    Received whole = whole();
    assertCut(receive(Fault.reset(point)), whole, point, End.RESET, Kind.RESET);
  }

  @ParameterizedTest
  @EnumSource
  void stallEndsInFin(Point point) throws IOException {
    Received whole = whole();
    assertCut(receive(Fault.stall(point, MOMENT)), whole, point, End.FIN, Kind.STALL);
  }

  @ParameterizedTest
  @EnumSource
  void hangLastsUntilTheSimulatorIsClosed(Point point) throws IOException {
    Received whole = whole();
    api.faults(FaultScript.inOrder(Fault.hang(point)));
    try (Wire wire = new Wire(api)) {
      String before = wire.get("").read(cut(whole, point));
      assertThat(withoutRay(whole.text())).startsWith(withoutRay(before));
      while (api.faultCounts().isEmpty()) {
        Thread.onSpinWait();
      }
      api.close();
      assertThat(wire.readToEnd().text()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void pauseLosesNothing(Point point) throws IOException {
    Received whole = whole();
    api.faults(FaultScript.inOrder(Fault.pause(point, MOMENT)));
    try (Wire wire = new Wire(api)) {
      assertThat(withoutRay(wire.get("").readResponse().text()))
          .isEqualTo(withoutRay(whole.text()));
      assertThat(withoutRay(wire.get("").readResponse().text()))
          .isEqualTo(withoutRay(whole.text()));
    }
    assertThat(api.faultCounts()).isEqualTo(Map.of(Kind.PAUSE, 1L));
  }

  @Test
  void dripLosesNothing() throws IOException {
    Received whole = whole();
    api.faults(FaultScript.inOrder(Fault.drip(1000, Duration.ofMillis(1))));
    try (Wire wire = new Wire(api)) {
      assertThat(withoutRay(wire.get("").readResponse().text()))
          .isEqualTo(withoutRay(whole.text()));
    }
  }

  @Test
  void closeAfterTheResponseIsAnnouncedOrNot() throws IOException {
    Received whole = whole();
    Received announced = receive(Fault.closeAfter(true));
    assertThat(announced.head()).contains("connection: close\r\n");
    assertThat(announced.body()).isEqualTo(whole.body());
    Received unannounced = receive(Fault.closeAfter(false));
    assertThat(unannounced.head()).contains("connection: keep-alive\r\n");
    assertThat(unannounced.body()).isEqualTo(whole.body());
  }

  @Test
  void halfBodyHasTheLengthOfTheHalfOrOfTheWhole() throws IOException {
    Received whole = whole();
    int length = whole.body().length();
    String half = whole.body().substring(0, length - length / 2);
    api.faults(FaultScript.inOrder(Fault.halfBody(true)));
    try (Wire wire = new Wire(api)) {
      assertThat(wire.get("").readResponse().body()).isEqualTo(half);
    }
    Received unannounced = receive(Fault.halfBody(false));
    assertThat(unannounced.head()).contains("content-length: " + length + "\r\n");
    assertThat(unannounced.body()).isEqualTo(whole.body().substring(0, length / 2));
  }

  @Test
  void unendedChunksLackTheLastOne() throws IOException {
    Received whole = whole();
    Received received = receive(Fault.unendedChunks());
    assertThat(received.head())
        .contains("transfer-encoding: chunked\r\n")
        .doesNotContain("content-length");
    assertThat(received.body())
        .isEqualTo(Integer.toHexString(whole.body().length()) + "\r\n" + whole.body() + "\r\n");
  }

  @Test
  void brokenGzipCannotBeUnpacked() throws IOException {
    api.faults(FaultScript.inOrder(Fault.brokenGzip()));
    try (Wire wire = new Wire(api)) {
      Received received = wire.get("").readResponse();
      assertThat(received.head()).contains("content-encoding: gzip\r\n");
      byte[] body = received.body().getBytes(ISO_8859_1);
      assertThatThrownBy(() -> new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes())
          .isInstanceOf(IOException.class);
    }
  }

  private byte[] changedBody(Fault fault) throws IOException {
    api.faults(FaultScript.inOrder(fault));
    try (Wire wire = new Wire(api)) {
      return wire.get("").readResponse().body().getBytes(ISO_8859_1);
    }
  }

  @Test
  void invalidUtf8IsTheOnlyThingWrongWithTheBody() throws IOException {
    byte[] body = changedBody(Fault.invalidUtf8());
    assertThatThrownBy(() -> UTF_8.newDecoder().decode(ByteBuffer.wrap(body)))
        .isInstanceOf(CharacterCodingException.class);
    assertThat(Caller.json(new String(body, ISO_8859_1)).required("result").size()).isEqualTo(20);
  }

  @Test
  void byteOrderMarkStandsBeforeTheTrueBody() throws IOException {
    String body = new String(changedBody(Fault.bom()), UTF_8);
    assertThat(body).startsWith("\uFEFF{");
    assertThat(Caller.json(body.substring(1)).required("result").size()).isEqualTo(20);
  }

  @Test
  void invalidJsonCannotBeParsed() throws IOException {
    byte[] body = changedBody(Fault.invalidJson());
    assertThatThrownBy(() -> Caller.json(new String(body, UTF_8)))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void successFalseAndNullResultComeUnderStatus200() throws IOException {
    JsonNode failure = Caller.json(new String(changedBody(Fault.successFalse()), UTF_8));
    assertThat(failure.required("success").booleanValue()).isFalse();
    JsonNode nothing = Caller.json(new String(changedBody(Fault.nullResult()), UTF_8));
    assertThat(nothing.required("success").booleanValue()).isTrue();
    assertThat(nothing.required("result").isNull()).isTrue();
    assertThat(api.responseCounts()).isEqualTo(Map.of(200, 2L));
  }

  private List<String> idsOfPage(int page, Fault fault) {
    api.faults(FaultScript.inOrder(fault));
    return caller
        .get("?per_page=10&page=" + page)
        .result()
        .valueStream()
        .map(policy -> policy.required("id").stringValue())
        .toList();
  }

  @Test
  void pagesAreMissingRepeatedCappedOrShifted() {
    List<String> ids = api.policyIds();
    assertThat(idsOfPage(2, Fault.none())).isEqualTo(ids.subList(10, 20));
    assertThat(idsOfPage(2, Fault.missingPage())).isEmpty();
    assertThat(idsOfPage(2, Fault.repeatedPage())).isEqualTo(ids.subList(0, 10));
    assertThat(idsOfPage(2, Fault.cappedPage(3))).isEqualTo(ids.subList(3, 6));
    assertThat(idsOfPage(2, Fault.shiftedPage(4))).isEqualTo(ids.subList(14, 24));
    assertThat(idsOfPage(2, Fault.shiftedPage(-4))).isEqualTo(ids.subList(6, 16));
    assertThat(idsOfPage(1, Fault.shiftedPage(-4))).isEqualTo(ids.subList(0, 10));
    api.faults(FaultScript.inOrder(Fault.cappedPage(3)));
    assertThat(caller.get("?per_page=10").json().required("result_info").required("per_page"))
        .isEqualTo(Caller.json("3"));
  }

  @Test
  void throttlingComesWithAndWithoutEachHeader() {
    api.faults(FaultScript.inOrder(Fault.throttled(10_100)));
    assertThat(caller.get("").header("retry-after")).isEqualTo("1");
    api.close();
    api = ApiSimulator.builder().start();
    caller = new Caller(api);
    Fault bare =
        Fault.throttled(971)
            .header("retry-after", null)
            .header("ratelimit", null)
            .header("Ratelimit-Policy", null);
    api.faults(FaultScript.inOrder(bare, bare.header("ratelimit", "\"default\";r=0;t=7")));
    Caller.Reply without = caller.get("");
    assertThat(without.status()).isEqualTo(429);
    assertThat(without.code()).isEqualTo(971);
    assertThat(without.response().headers().map())
        .doesNotContainKeys("retry-after", "ratelimit", "ratelimit-policy");
    assertThat(caller.get("").header("ratelimit")).isEqualTo("\"default\";r=0;t=7");
    assertThat(caller.get("").header("ratelimit-policy")).isEqualTo("\"default\";q=1200;w=300");
  }

  @Test
  void redirectNamesItsTarget() throws IOException {
    api.faults(FaultScript.inOrder(Fault.redirect(307, "https://elsewhere.example/")));
    try (Wire wire = new Wire(api)) {
      Received received = wire.get("").readResponse();
      assertThat(received.head())
          .startsWith("HTTP/1.1 307 ")
          .contains("location: https://elsewhere.example/\r\n")
          .contains("cf-ray: ");
      assertThat(received.body()).isEmpty();
    }
  }

  @Test
  void statusComesAsJsonHtmlOrNothing() throws IOException {
    api.faults(
        FaultScript.inOrder(
            Fault.status(503, Content.JSON),
            Fault.status(520, Content.HTML),
            Fault.status(404, Content.EMPTY)));
    try (Wire wire = new Wire(api)) {
      Received json = wire.get("").readResponse();
      assertThat(json.head()).startsWith("HTTP/1.1 503 ").contains("application/json");
      assertThat(Caller.json(json.body()).required("errors").required(0).required("code"))
          .isEqualTo(Caller.json("10503"));
      Received html = wire.get("").readResponse();
      assertThat(html.head()).startsWith("HTTP/1.1 520 ").contains("text/html");
      assertThat(html.body()).startsWith("<!DOCTYPE html>");
      Received empty = wire.get("").readResponse();
      assertThat(empty.head()).startsWith("HTTP/1.1 404 ").doesNotContain("content-type");
      assertThat(empty.body()).isEmpty();
      assertThat(wire.get("").readResponse().head()).startsWith("HTTP/1.1 200 ");
    }
    assertThat(api.responseCounts()).isEqualTo(Map.of(503, 1L, 520, 1L, 404, 1L, 200, 1L));
  }

  @Test
  void headersAndBodiesCanBeTooLarge() throws IOException {
    api.faults(FaultScript.inOrder(Fault.largeHeaders(100_000), Fault.largeBody(5_000_000)));
    try (Wire wire = new Wire(api)) {
      assertThat(wire.get("").readResponse().head()).hasSizeGreaterThan(100_000);
      Received large = wire.get("").readResponse();
      assertThat(large.body()).hasSize(5_000_000);
      assertThat(Caller.json(large.body()).required("result").size()).isEqualTo(20);
    }
  }

  @Test
  void writesAreCarriedOutAsTheFaultSays() throws IOException {
    record Write(String method, String suffix, String body) {}
    String id = api.policyIds().get(3);
    String policy =
        "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}";
    List<Write> writes =
        List.of(
            new Write("POST", "", policy),
            new Write("PATCH", "/" + id, "{\"comments\":\"%s\"}"),
            new Write(
                "POST",
                "/batch",
                "{\"deletes\":[],\"patches\":[],\"puts\":[],\"posts\":[" + policy + "]}"),
            new Write("DELETE", "", ""));
    List<Fault> faults =
        List.of(
            Fault.none(),
            Fault.fin(Point.BEFORE_HEADERS),
            Fault.status(504, Content.HTML),
            Fault.nullResult());
    for (Write write : writes) {
      for (Fault fault : faults) {
        for (boolean done : new boolean[] {false, true}) {
          // A policy can be deleted only once.
          String suffix =
              write.method().equals("DELETE") ? "/" + api.policyIds().get(9) : write.suffix();
          String before = state();
          api.takeRequests();
          api.faults(FaultScript.inOrder(done ? fault.done() : fault.notDone()));
          try (Wire wire = new Wire(api)) {
            String body = write.body().formatted(fault.kind());
            wire.request(write.method(), suffix, body, "connection: close").readToEnd();
          }
          assertThat(state().equals(before))
              .as("%s %s meets %s, done %s", write.method(), write.suffix(), fault, done)
              .isEqualTo(!done);
          assertThat(api.takeRequests().get(0).carriedOut()).isEqualTo(done);
        }
      }
    }
  }

  private String state() {
    StringBuilder state = new StringBuilder();
    for (String id : api.policyIds()) {
      state.append(api.policyJson(id)).append('\n');
    }
    return state.toString();
  }

  @Test
  void rulesTakeTheRequestsThatTheyMatch() {
    api.faults(
        FaultScript.of(
            FaultRule.of(Fault.status(500, Content.JSON)).on(Operation.LIST).onPage(3).times(2),
            FaultRule.of(Fault.status(501, Content.JSON)).on(Operation.GET).fromNth(2),
            FaultRule.of(Fault.status(502, Content.JSON)).onPage(3),
            FaultRule.of(Fault.status(503, Content.JSON)).on(Operation.DELETE).always(),
            FaultRule.of(Fault.cappedPage(5)).always()));
    String one = "/" + api.policyIds().get(0);
    assertThat(statuses("", "?page=3", "?page=3", "?page=3", "?page=3"))
        .containsExactly(200, 500, 500, 502, 200);
    assertThat(statuses(one, one, one)).containsExactly(200, 501, 200);
    for (int i = 0; i < 3; i++) {
      assertThat(caller.send("DELETE", one, null).status()).isEqualTo(503);
    }
    assertThat(caller.get("").result().size()).isEqualTo(5);
    assertThat(api.faultCounts()).isEqualTo(Map.of(Kind.STATUS, 7L, Kind.CAPPED_PAGE, 3L));
  }

  private List<Integer> statuses(String... suffixes) {
    return List.of(suffixes).stream().map(suffix -> caller.get(suffix).status()).toList();
  }

  @Test
  void requestsWithoutRouteGetFaultsToo() {
    api.faults(FaultScript.inOrder(Fault.status(502, Content.JSON)));
    assertThat(caller.sendTo("GET", api.baseUrl() + "/nowhere", null).status()).isEqualTo(502);
  }

  @Test
  void randomFaultsEndBeforeTheFourthTry() throws IOException {
    long seed = 20_261_121;
    api.faults(FaultScript.random(seed, 0.6));
    List<String> ids = api.policyIds();
    for (int i = 0; i < 200; i++) {
      String id = ids.get(i % ids.size());
      int tries = 0;
      boolean good = false;
      while (!good) {
        assertThat(tries++).as("tries of request %d, seed %d", i, seed).isLessThan(4);
        try (Wire wire = new Wire(api)) {
          Received received = wire.get("/" + id, "connection: close").readToEnd();
          good =
              received.text().startsWith("HTTP/1.1 200 ")
                  && received.head().contains("content-length: " + received.body().length())
                  && received.body().endsWith(wireText(api.policyJson(id)) + "}");
        }
      }
    }
    assertThat(api.faultCounts().keySet()).as("seed %d", seed).hasSizeGreaterThan(8);
  }

  private static String wireText(@Nullable String text) {
    return new String(String.valueOf(text).getBytes(UTF_8), ISO_8859_1);
  }

  @Test
  void randomFaultsOfACreateAreThrottlingOnly() {
    api.faults(FaultScript.random(3, 1));
    for (int i = 0; i < 12; i++) {
      assertThat(caller.post("", "{}").status()).isEqualTo(i % 4 == 3 ? 400 : 429);
    }
    assertThat(api.faultCounts()).isEqualTo(Map.of(Kind.THROTTLED, 9L));
  }

  @Test
  void faultIsNotCountedIfTheClientLeavesBefore() throws IOException {
    api.close();
    api = ApiSimulator.builder().latency(Duration.ofMillis(700)).start();
    api.faults(FaultScript.inOrder(Fault.bom()));
    try (Wire wire = new Wire(api)) {
      wire.get("");
      while (api.requestCount() == 0) {
        Thread.onSpinWait();
      }
    }
    while (api.openConnections() > 0) {
      Thread.onSpinWait();
    }
    // This response comes after the time of the first one.
    assertThat(new Caller(api).get("").status()).isEqualTo(200);
    assertThat(api.faultCounts()).isEmpty();
    assertThat(api.requests().get(0).status()).isZero();
  }
}
