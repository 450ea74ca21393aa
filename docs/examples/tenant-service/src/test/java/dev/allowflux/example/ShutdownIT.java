package dev.allowflux.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allowflux.simulator.ApiSimulator;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example as a process of its own that gets SIGTERM while it has work. */
@Timeout(240)
class ShutdownIT {
  private static final int REQUESTS = 60;
  private static final int POLICIES = 5000;
  private static final int TERMINATED = 128 + 15;

  @TempDir private Path directory;

  @Test
  void noAnswerIsLostWhenTheServiceIsToldToStopUnderLoad() throws Exception {
    try (ApiSimulator api =
        ApiSimulator.builder()
            .addAccount("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "north-token", POLICIES)
            .latency(Duration.ofMillis(1500))
            .start()) {
      int port = freePort();
      Path log = directory.resolve("service.log");
      Process service = start(api, port, log);
      try {
        HttpClient client = HttpClient.newHttpClient();
        String url = "http://127.0.0.1:" + port;
        await()
            .atMost(Duration.ofSeconds(90))
            .ignoreExceptions()
            .until(() -> send(client, url + "/tenants").get().statusCode() == 200);

        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        String id = api.account("0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a").policyIds().get(7);
        for (int i = 0; i < REQUESTS; i++) {
          String path = i % 10 == 0 ? "/policies" : "/policies/" + id;
          answers.add(send(client, url + "/tenants/acme" + path));
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> api.requestCount() >= REQUESTS);
        assertThat(answers).as("still under way").anyMatch(answer -> !answer.isDone());
        service.destroy();

        for (int i = 0; i < REQUESTS; i++) {
          HttpResponse<String> answer = answers.get(i).get(60, TimeUnit.SECONDS);
          assertThat(answer.statusCode()).isEqualTo(200);
          assertThat(answer.body().lines().count()).isEqualTo(i % 10 == 0 ? POLICIES : 1);
        }
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).isEqualTo(TERMINATED);
        assertThat(Files.readString(log)).contains("Graceful shutdown complete");
      } finally {
        service.destroyForcibly();
      }
    }
  }

  private static CompletableFuture<HttpResponse<String>> send(HttpClient client, String url) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build();
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  private static Process start(ApiSimulator api, int port, Path log) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TenantService.class.getName(),
            "--server.address=127.0.0.1",
            "--server.port=" + port,
            "--allowflux.simulator.enabled=false",
            "--allowflux.base-url=" + api.baseUrl(),
            "--allowflux.max-connections=100",
            "--allowflux.clients.north.credential.token=north-token",
            "--allowflux.clients.south.credential.token=unused")
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
