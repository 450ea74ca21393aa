package dev.allowflux.kafka.connect;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A distributed worker as a process of its own, with Kafka's jars on its class path and the
 * connector in its plugin path alone, so that it can be killed and shows that the plugin is whole.
 */
final class WorkerProcess {

  /** What the plugin must bring itself. */
  private static final Pattern OURS =
      Pattern.compile(
          ".*/(classes|test-classes|allowflux-.*|reactor-.*|reactive-streams.*|netty-.*|lettuce-.*"
              + "|resilience4j-.*|redis-.*|jackson-core-3.*|jspecify.*|junit-.*|blockhound.*"
              + "|assertj-.*|archunit.*|embedded-redis.*|apicurio-.*|avro-.*)(\\.jar)?");

  private final Process process;
  private final int port;
  private final Path log;

  private WorkerProcess(Process process, int port, Path log) {
    this.process = process;
    this.port = port;
    this.log = log;
  }

  static WorkerProcess start(Path folder, String name, String brokers, Map<String, String> more)
      throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> settings =
        new ArrayList<>(
            List.of(
                "bootstrap.servers=" + brokers,
                "group.id=connect",
                "listeners=http://127.0.0.1:" + port,
                "plugin.path=" + pluginPath(),
                "plugin.discovery=service_load",
                "exactly.once.source.support=enabled",
                "key.converter=org.apache.kafka.connect.json.JsonConverter",
                "key.converter.schemas.enable=false",
                "value.converter=org.apache.kafka.connect.json.JsonConverter",
                "value.converter.schemas.enable=false",
                "config.storage.topic=connect-configs",
                "offset.storage.topic=connect-offsets",
                "status.storage.topic=connect-status",
                "config.storage.replication.factor=1",
                "offset.storage.replication.factor=1",
                "offset.storage.partitions=2",
                "status.storage.replication.factor=1",
                "status.storage.partitions=1",
                "session.timeout.ms=6000",
                "heartbeat.interval.ms=1000",
                "scheduled.rebalance.max.delay.ms=0",
                "offset.flush.interval.ms=1000",
                "task.shutdown.graceful.timeout.ms=2000"));
    more.forEach((key, value) -> settings.add(key + "=" + value));
    Path file = Files.write(folder.resolve(name + ".properties"), settings);
    Path logging = logging(folder);
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + logging,
                "-cp",
                kafkaJars(),
                "org.apache.kafka.connect.cli.ConnectDistributed",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    return new WorkerProcess(process, port, log);
  }

  /** Warnings only, as a worker's own configuration would say. */
  static Path logging(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("logback.xml"),
        "<configuration><appender name=\"A\""
            + " class=\"ch.qos.logback.core.ConsoleAppender\"><encoder><pattern>%d %level"
            + " %logger{20} %message%n</pattern></encoder></appender><root"
            + " level=\"WARN\"><appender-ref ref=\"A\"/></root></configuration>");
  }

  /** The folder that the build has packed; its parent is the worker's plugin path. */
  static Path pluginPath() {
    return Path.of(System.getProperty("allowflux.plugin", "target/plugin")).toAbsolutePath();
  }

  static String kafkaJars() {
    return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
        .filter(entry -> !OURS.matcher(entry).matches())
        .collect(Collectors.joining(java.io.File.pathSeparator));
  }

  /** Sends a request to the worker; null while it does not listen. */
  HttpResponse<String> rest(String method, String path, String body) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                  .header("content-type", "application/json")
                  .timeout(Duration.ofSeconds(30))
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw new AssertionError("the worker has ended: " + log(), e);
      }
      return null;
    }
  }

  /** Whether so many tasks of the connector run on this worker. */
  boolean runs(int tasks) {
    try {
      HttpResponse<String> status = rest("GET", "/connectors/policies/status", "");
      return status != null
          && Pattern.compile(
                      "\"id\":\\d+,\"state\":\"RUNNING\",\"worker_id\":\"[^\"]*:" + port + "\"")
                  .matcher(status.body())
                  .results()
                  .count()
              == tasks;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** What the worker wrote; never more than the end of it. */
  String log() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 20_000));
    } catch (IOException e) {
      return e.toString();
    }
  }

  void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
