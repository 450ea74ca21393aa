package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.Fault.Kind;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.Wire.Received;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes that are carried out late, and responses that are not what HTTP allows. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LateAndTwiceIT {
  private static final Duration MOMENT = Duration.ofMillis(150);
  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}";

  private static final Duration AWHILE = Duration.ofSeconds(3);

  private ApiSimulator api;
  private List<String> ids;

  @BeforeEach
  void start() {
    api = ApiSimulator.builder().policies(5).noRateLimit().start();
    ids = api.policyIds();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  private void awaitPendingWrites() {
    while (api.pendingWrites() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void lateRequestIsCarriedOutThoughTheClientHasGone() throws IOException {
    // A busy machine takes a while to see that the client has gone.
    api.faults(FaultScript.inOrder(Fault.late(AWHILE)));
    try (Wire wire = new Wire(api)) {
      wire.request("POST", "", POLICY);
      while (api.pendingWrites() == 0) {
        Thread.onSpinWait();
      }
      assertThat(api.size()).isEqualTo(5);
    }
    awaitPendingWrites();
    assertThat(api.size()).isEqualTo(6);
    RecordedRequest request = api.requests().get(0);
    assertThat(request.carriedOut()).isTrue();
    assertThat(request.createdIds()).containsExactly(api.policyIds().get(5));
    assertThat(request.status()).isZero();
    assertThat(api.faultCounts()).isEqualTo(Map.of(Kind.LATE, 1L));
  }

  @Test
  void lateRequestGetsItsResponseIfTheClientWaits() throws IOException {
    api.faults(FaultScript.inOrder(Fault.late(MOMENT)));
    try (Wire wire = new Wire(api)) {
      assertThat(wire.request("POST", "", POLICY).readResponse().head()).contains(" 201 ");
      assertThat(wire.get("").readResponse().head()).contains(" 200 ");
    }
    assertThat(api.size()).isEqualTo(6);
  }

  @Test
  void writeIsCarriedOutAfterItsResponseWithTheSameId() {
    api.faults(FaultScript.inOrder(Fault.none().doneAfter(AWHILE)));
    Caller caller = new Caller(api);
    String id = caller.post("", POLICY).result().required("id").stringValue();
    assertThat(api.pendingWrites()).isEqualTo(1);
    assertThat(api.policyJson(id)).isNull();
    assertThat(api.requests().get(0).carriedOut()).isFalse();
    awaitPendingWrites();
    assertThat(api.policyIds()).containsAll(ids).contains(id).hasSize(6);
    assertThat(api.requests().get(0).createdIds()).containsExactly(id);
  }

  @Test
  void lostWriteIsCarriedOutLater() throws IOException {
    api.faults(
        FaultScript.inOrder(
            Fault.fin(Point.BEFORE_HEADERS).doneAfter(MOMENT),
            Fault.status(504, Content.HTML).doneAfter(MOMENT)));
    for (int i = 0; i < 2; i++) {
      try (Wire wire = new Wire(api)) {
        wire.request("DELETE", "/" + ids.get(i), "", "connection: close").readToEnd();
      }
    }
    awaitPendingWrites();
    assertThat(api.policyIds()).isEqualTo(ids.subList(2, 5));
  }

  @Test
  void lateWriteThatIsNotValidAnyMoreDoesNothing() {
    api.faults(FaultScript.inOrder(Fault.status(504, Content.JSON).doneAfter(AWHILE)));
    new Caller(api).send("DELETE", "/" + ids.get(0), null);
    api.deletePolicies(List.of(ids.get(0)));
    awaitPendingWrites();
    assertThat(api.policyIds()).isEqualTo(ids.subList(1, 5));
    assertThat(api.requests().get(0).carriedOut()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 102, 103, 199})
  void informationalResponseComesBeforeTheTrueOne(int status) throws IOException {
    api.faults(FaultScript.inOrder(Fault.informational(status)));
    try (Wire wire = new Wire(api)) {
      Received all = wire.get("", "connection: close").readToEnd();
      assertThat(all.head()).isEqualTo("HTTP/1.1 " + status + " Informational\r\n\r\n");
      assertThat(all.body()).startsWith("HTTP/1.1 200 OK\r\n");
    }
    assertThat(api.responseCounts()).isEqualTo(Map.of(200, 1L));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 20})
  void responseComesTwice(long millis) throws IOException {
    api.faults(FaultScript.inOrder(Fault.secondResponse(Duration.ofMillis(millis))));
    try (Wire wire = new Wire(api)) {
      Received first = wire.get("").readResponse();
      Received second = wire.readResponse();
      assertThat(second).isEqualTo(first);
      assertThat(wire.get("/" + ids.get(0)).readResponse().body()).contains(ids.get(0));
    }
  }

  @Test
  void bytesFollowTheEnd() throws IOException {
    api.faults(FaultScript.inOrder(Fault.trailingBytes(7)));
    try (Wire wire = new Wire(api)) {
      wire.get("").readResponse();
      assertThat(wire.read(7)).isEqualTo("xxxxxxx");
      assertThat(wire.get("").readResponse().head()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void noContentHasTheTrueBody() throws IOException {
    api.faults(FaultScript.inOrder(Fault.noContentWithBody()));
    try (Wire wire = new Wire(api)) {
      Received received = wire.get("").readResponse();
      assertThat(received.head()).startsWith("HTTP/1.1 204 ");
      assertThat(Caller.json(received.body()).required("result").size()).isEqualTo(5);
    }
    assertThat(api.responseCounts()).isEqualTo(Map.of(204, 1L));
  }
}
