package dev.allowflux.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allowflux.simulator.ApiSimulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The example over sockets, with a simulator in place of the API. */
@Timeout(240)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"allowflux.simulator.policies=12000", "allowflux.page-size=400"})
class TenantServiceIT {
  private static final String ACME = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

  private static final int POLICIES = 12_000;
  private static final int PAGES = 30;

  private static final String POLICY =
      "{\"pattern\":\"a@b.example\",\"pattern_type\":\"EMAIL\",\"is_regex\":false,"
          + "\"is_trusted_sender\":true,\"is_acceptable_sender\":false,"
          + "\"is_exempt_recipient\":false,\"verify_sender\":true}";

  @LocalServerPort private int port;
  @Autowired private ApiSimulator api;

  private WebTestClient web() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + port)
        .responseTimeout(Duration.ofSeconds(30))
        .build();
  }

  @Test
  void aPolicyIsCreatedReadEditedAndDeletedInTheAccountOfItsTenant() {
    web()
        .post()
        .uri("/tenants/acme/policies")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(POLICY)
        .exchange()
        .expectStatus()
        .isCreated()
        .expectBody();
    String created = api.account(ACME).policyIds().get(POLICIES);
    web()
        .patch()
        .uri("/tenants/acme/policies/" + created)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"comments\":\"edited\"}")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody();
    web()
        .get()
        .uri("/tenants/acme/policies/" + created)
        .exchange()
        .expectBody()
        .jsonPath("$.comments")
        .isEqualTo("edited")
        .jsonPath("$.pattern")
        .isEqualTo("a@b.example");
    web()
        .delete()
        .uri("/tenants/acme/policies/" + created)
        .exchange()
        .expectStatus()
        .isNoContent()
        .expectBody()
        .isEmpty();
    assertThat(api.account(ACME).size()).isEqualTo(POLICIES);
    assertThat(api.requests()).allSatisfy(r -> assertThat(r.accountId()).isEqualTo(ACME));
  }

  @Test
  void eachTenantIsServedWithTheCredentialOfItsClient() {
    for (String tenant : List.of("acme", "brand", "cargo")) {
      String absent = "/policies/9c5e0a1e-0000-4000-8000-000000000000";
      web()
          .get()
          .uri("/tenants/" + tenant + absent)
          .exchange()
          .expectStatus()
          .isNotFound()
          .expectBody();
    }
    assertThat(api.user("simulated.clients.north").requests()).hasSize(2);
    assertThat(api.user("simulated.clients.south").requests()).hasSize(1);
  }

  @Test
  void aFailureIsAProblemDetail() {
    web()
        .get()
        .uri("/tenants/nobody/policies")
        .accept(MediaType.APPLICATION_NDJSON)
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectBody()
        .jsonPath("$.detail")
        .isEqualTo("no account has the name nobody");
  }

  @Test
  void aSlowReaderIsReadForOnlyAsFarAsItReads() throws Exception {
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(8 << 10);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      OutputStream request = socket.getOutputStream();
      request.write(
          "GET /tenants/acme/policies HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      BufferedReader body =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      assertThat(body.readLine()).contains("200");
      // It has come to rest when no request came for a while.
      AtomicLong last = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(60))
          .until(() -> last.getAndSet(api.requestCount()) == api.requestCount());
      assertThat(api.requestCount())
          .as("pages read for one who reads nothing")
          .isLessThan(PAGES * 2 / 3);
      long policies = 0;
      for (String line = body.readLine(); line != null; line = body.readLine()) {
        policies += line.startsWith("{\"id\":") ? 1 : 0;
      }
      assertThat(policies).isEqualTo(POLICIES);
      assertThat(api.requestCount()).isBetween((long) PAGES, PAGES + 2L);
    }
  }

  @Test
  void healthAndMetricsAreThere() {
    web()
        .get()
        .uri("/tenants/cargo/policies/9c5e0a1e-0000-4000-8000-000000000000")
        .exchange()
        .expectStatus()
        .isNotFound()
        .expectBody();
    long before = api.requestCount();
    web()
        .get()
        .uri("/actuator/health")
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.components.allowflux.components.south.status")
        .isEqualTo("UP")
        .jsonPath("$.components.allowflux.components.south.details.quota.available")
        .isNotEmpty();
    assertThat(api.requestCount()).as("health sends nothing").isEqualTo(before);
    assertThat(
            web()
                .get()
                .uri("/actuator/prometheus")
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody())
        .contains("http_server_requests", "allowflux_quota_available", "allowflux_call");
  }

  @Test
  void theServiceHasFewLinesOfGlue() throws IOException {
    long glue;
    try (Stream<Path> sources = Files.walk(Path.of("src", "main"))) {
      glue =
          sources
              .filter(Files::isRegularFile)
              .filter(file -> !file.toString().endsWith("Controller.java"))
              .filter(file -> !file.toString().endsWith("package-info.java"))
              .mapToLong(TenantServiceIT::linesOfCode)
              .sum();
    }
    assertThat(glue).isBetween(20L, 40L);
  }

  private static long linesOfCode(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(String::strip).filter(line -> !line.matches("|//.*|/?\\*.*")).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
