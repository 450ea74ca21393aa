package dev.allowflux.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example as a process of its own: its traces, and how it ends. Tests in a context of Spring
 * would have no tracing.
 */
@Timeout(240)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceProcessIT {
  private static final int REQUESTS = 60;
  private static final int POLICIES = 5000;
  private static final int TERMINATED = 128 + 15;
  private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  @TempDir private static Path directory;

  private static ApiSimulator api;
  private static ServiceProcess service;

  @BeforeAll
  static void start() throws Exception {
    api =
        ApiSimulator.builder()
            .addAccount(ServiceProcess.ACCOUNT, ServiceProcess.TOKEN, POLICIES)
            .latency(Duration.ofMillis(1500))
            .start();
    service =
        new ServiceProcess(
            api, directory.resolve("service.log"), "--allowflux.max-connections=100");
    await()
        .atMost(Duration.ofMinutes(3))
        .ignoreExceptions()
        .until(() -> service.get("/tenants").statusCode() == 200);
  }

  @AfterAll
  static void stop() {
    service.close();
    api.close();
  }

  private static String policyPath() {
    return "/tenants/acme/policies/" + api.account(ServiceProcess.ACCOUNT).policyIds().get(7);
  }

  @Test
  @Order(1)
  void theTraceThatComesInReachesTheApiWithEachAttempt() throws Exception {
    api.takeRequests();
    api.faults(FaultScript.inOrder(Fault.refusal(503, 1000)));
    HttpResponse<String> answer =
        service
            .send(
                service
                    .request(policyPath())
                    .header("traceparent", "00-" + TRACE_ID + "-00f067aa0ba902b7-01")
                    .build())
            .get(3, TimeUnit.MINUTES);
    assertThat(answer.statusCode()).isEqualTo(200);
    List<RecordedRequest> attempts = api.takeRequests();
    assertThat(attempts).extracting(RecordedRequest::status).containsExactly(503, 200);
    assertThat(attempts)
        .extracting(attempt -> attempt.headers().get("traceparent").get(0))
        .allSatisfy(value -> assertThat(value).matches("00-" + TRACE_ID + "-[0-9a-f]{16}-01"))
        .doesNotHaveDuplicates();
  }

  @Test
  @Order(1)
  void itTellsItsHealthAndMeasuresItsCalls() throws Exception {
    assertThat(service.get(policyPath()).statusCode()).isEqualTo(200);
    assertThat(service.get("/actuator/health").body())
        .containsPattern("\"north\":\\{.*\"outcome\":\"SUCCESS\".*\"status\":\"UP\"\\}");
    assertThat(service.get("/actuator/prometheus").body())
        .contains("allowflux_call_seconds_count{", "allowflux_quota_available{");
  }

  @Test
  @Order(2)
  void noAnswerIsLostWhenTheServiceIsToldToStopUnderLoad() throws Exception {
    api.takeRequests();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String path = i % 10 == 0 ? "/tenants/acme/policies" : policyPath();
      answers.add(service.send(service.request(path).build()));
    }
    // What the service has not received yet when it stops is no answer that it could lose.
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> api.requests().stream().filter(ServiceProcessIT::begins).count() >= REQUESTS);
    assertThat(answers).as("still under way").anyMatch(answer -> !answer.isDone());
    service.process().destroy();

    for (int i = 0; i < REQUESTS; i++) {
      HttpResponse<String> answer = answers.get(i).get(3, TimeUnit.MINUTES);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().lines().count()).isEqualTo(i % 10 == 0 ? POLICIES : 1);
    }
    assertThat(service.process().waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(service.process().exitValue()).isEqualTo(TERMINATED);
    assertThat(Files.readString(directory.resolve("service.log")))
        .contains("Graceful shutdown complete");
  }

  /** Whether a request of the service is the first one for a request that it got. */
  private static boolean begins(RecordedRequest request) {
    String query = request.query();
    return query == null || query.contains("page=1&") || query.endsWith("page=1");
  }
}
