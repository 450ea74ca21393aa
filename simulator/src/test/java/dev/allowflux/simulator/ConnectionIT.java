package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.allowflux.simulator.Caller.Reply;
import dev.allowflux.simulator.Wire.End;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ConnectionIT {

  @Test
  void connectionServesManyRequests() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().policies(3).start();
        Wire wire = new Wire(api)) {
      for (int i = 0; i < 5; i++) {
        assertThat(wire.get("").readResponse().head()).startsWith("HTTP/1.1 200 OK\r\n");
      }
      assertThat(api.connectionsAccepted()).isEqualTo(1);
      assertThat(api.openConnections()).isEqualTo(1);
      assertThat(api.peakConcurrentRequests()).isEqualTo(1);
    }
  }

  @Test
  void pipelinedRequestsGetTheirResponsesInOrder() throws IOException {
    try (ApiSimulator api =
            ApiSimulator.builder().policies(50).latency(Duration.ofMillis(2)).start();
        Wire wire = new Wire(api)) {
      for (String id : api.policyIds()) {
        wire.get("/" + id);
      }
      for (String id : api.policyIds()) {
        assertThat(wire.readResponse().body()).contains("{\"id\":\"" + id + "\"");
      }
    }
  }

  @Test
  void connectionIsClosedWhenTheClientAsksForIt() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start();
        Wire wire = new Wire(api);
        Wire old = new Wire(api)) {
      assertThat(wire.get("", "connection: close").readToEnd().head())
          .contains("connection: close\r\n");
      assertThat(old.send("GET / HTTP/1.0\r\n\r\n").readToEnd().head()).contains(" 404 ");
    }
  }

  @Test
  void clientThatExpectsContinueGetsIt() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start();
        Wire wire = new Wire(api)) {
      wire.send(
          "POST "
              + wire.path()
              + " HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n");
      assertThat(wire.read(25)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(wire.send("{}").readResponse().head()).startsWith("HTTP/1.1 400 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      })
  void invalidHttpIsRefusedAndTheConnectionClosed(String request) throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start();
        Wire wire = new Wire(api)) {
      Wire.Received received = wire.send(request).readToEnd();
      assertThat(received.head()).startsWith("HTTP/1.1 400 ").contains("connection: close\r\n");
      assertThat(Caller.json(received.body()).required("success").booleanValue()).isFalse();
      assertThat(api.responseCounts()).isEqualTo(Map.of(400, 1L));
    }
  }

  @Test
  void longestFilterIsReadAndLongerHeadsAreRefused() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start();
        Wire line = new Wire(api);
        Wire headers = new Wire(api)) {
      String pattern = "%F0%9F%91%8D".repeat(1024);
      assertThat(line.get("?pattern=" + pattern).readResponse().head()).startsWith("HTTP/1.1 200 ");
      assertThat(line.get("?pattern=" + pattern.repeat(3)).readToEnd().head())
          .startsWith("HTTP/1.1 414 ");
      assertThat(headers.get("", "x-long: " + "x".repeat(40_000)).readToEnd().head())
          .startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void idleConnectionIsClosedButNotABusyOne() throws IOException {
    try (ApiSimulator api =
            ApiSimulator.builder()
                .idleTimeout(Duration.ofSeconds(1))
                .latency(Duration.ofMillis(1300))
                .start();
        Wire wire = new Wire(api)) {
      Wire.Received received = wire.get("").readToEnd();
      assertThat(received.head()).startsWith("HTTP/1.1 200 ").contains("connection: keep-alive");
      assertThat(received.end()).isEqualTo(End.FIN);
    }
  }

  @Test
  void gzipIsUsedIfItIsAcceptedAndSwitchedOn() {
    try (ApiSimulator api = ApiSimulator.builder().policies(1000).start();
        ApiSimulator plain = ApiSimulator.builder().policies(1000).gzip(false).start()) {
      Reply expected = new Caller(plain).get("?per_page=1000");
      for (String accepted : new String[] {"gzip", "br, GZIP;q=0.5", "deflate , gzip; q=1.0"}) {
        Reply reply =
            new Caller(api).send("GET", "?per_page=1000", null, "accept-encoding", accepted);
        assertThat(reply.header("content-encoding")).as(accepted).isEqualTo("gzip");
        assertThat(reply.response().body().length)
            .isLessThan(expected.response().body().length / 3);
        assertThat(reply.json()).isEqualTo(expected.json());
      }
      for (String accepted : new String[] {"identity", "gzip;q=0", "gzip; q=0.000", "xgzip"}) {
        Reply reply =
            new Caller(api).send("GET", "?per_page=1000", null, "accept-encoding", accepted);
        assertThat(reply.header("content-encoding")).as(accepted).isEmpty();
      }
      assertThat(
              new Caller(plain)
                  .send("GET", "?per_page=1000", null, "accept-encoding", "gzip")
                  .header("content-encoding"))
          .isEmpty();
    }
  }

  @Test
  void requestsOfSeveralConnectionsAreInFlightTogether() throws IOException {
    int calls = 8;
    FaultScript hang = FaultScript.of(FaultRule.of(Fault.hang(Fault.Point.WITHIN_BODY)).always());
    List<Wire> wires = new ArrayList<>();
    try (ApiSimulator api = ApiSimulator.builder().policies(10).faults(hang).start()) {
      for (int i = 0; i < calls; i++) {
        wires.add(new Wire(api).get(""));
      }
      while (api.requestCount() < calls) {
        Thread.onSpinWait();
      }
      assertThat(api.peakConcurrentRequests()).isEqualTo(calls);
      assertThat(api.openConnections()).isEqualTo(calls);
      assertThat(api.requests()).extracting(RecordedRequest::number).isSorted().hasSize(calls);
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  @Test
  void onlyTheLastRequestsAreKept() {
    try (ApiSimulator api = ApiSimulator.builder().recordedRequests(3).start()) {
      Caller caller = new Caller(api);
      for (int i = 1; i <= 5; i++) {
        caller.get("?page=" + i);
      }
      assertThat(api.requests())
          .extracting(RecordedRequest::query)
          .containsExactly("page=3", "page=4", "page=5");
      assertThat(api.requestCount()).isEqualTo(5);
    }
  }

  @Test
  void closedSimulatorRefusesConnectionsAndClosesOpenOnes() throws IOException {
    ApiSimulator api = ApiSimulator.builder().start();
    try (Wire wire = new Wire(api)) {
      wire.get("").readResponse();
      api.close();
      api.close();
      assertThat(wire.readToEnd().text()).isEmpty();
      assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Wire(api).close());
    }
  }

  @Test
  void closeDoesNotWaitOnAThreadThatMustNotBlock() throws Exception {
    ApiSimulator api = ApiSimulator.builder().start();
    CountDownLatch closed = new CountDownLatch(1);
    try (Wire wire = new Wire(api)) {
      wire.get("").readResponse();
      Schedulers.parallel()
          .schedule(
              () -> {
                api.close();
                closed.countDown();
              });
      assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(wire.readToEnd().text()).isEmpty();
    }
  }

  @Test
  void portThatIsTakenIsNamedInTheError() {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      assertThatExceptionOfType(UncheckedIOException.class)
          .isThrownBy(() -> ApiSimulator.builder().port(api.port()).start())
          .withMessageContaining("port " + api.port());
    }
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    ApiSimulatorBuilder builder = ApiSimulator.builder();
    assertThatIllegalArgumentException().isThrownBy(() -> builder.port(65_536));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.policies(2_000_001));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.latency(Duration.ofNanos(-1)));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.token(""));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxBodyBytes(-1));
  }
}
