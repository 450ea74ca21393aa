package dev.allowflux.example;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The example as a process of its own, before a simulator of this one. */
final class ServiceProcess implements AutoCloseable {
  static final String ACCOUNT = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
  static final String TOKEN = "north-token";

  private final HttpClient client = HttpClient.newHttpClient();
  private final ProcessBuilder command;
  private final int port;
  private Process process;

  /**
   * Starts the service.
   *
   * @param log gets what it prints
   * @param properties such as {@code --allowflux.page-size=50}
   */
  ServiceProcess(ApiSimulator api, Path log, String... properties) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    List<String> words =
        new ArrayList<>(
            List.of(
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
                "--allowflux.clients.north.credential.token=" + TOKEN,
                "--allowflux.clients.south.credential.token=unused"));
    words.addAll(List.of(properties));
    command = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile());
    process = command.start();
  }

  Process process() {
    return process;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofMinutes(10));
  }

  CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
    return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
  }

  /** Makes a request and waits for its answer. */
  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  void killAndStartAgain() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = command.start();
  }

  /** Stops the process as a debugger or a busy machine does, and lets it go on. */
  void stopFor(Duration time) throws IOException, InterruptedException {
    signal("STOP");
    Thread.sleep(time.toMillis());
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
