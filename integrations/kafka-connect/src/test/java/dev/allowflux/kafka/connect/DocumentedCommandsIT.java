package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/kafka-connect.md, as they stand there, with the simulator as the API. Those
 * of the distributed workers, which take half a minute more, in the long form.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DocumentedCommandsIT {

  private static final Path DOCUMENT = Path.of("../../docs/kafka-connect.md");

  private static final int ATTEMPTS = 5;
  private static final int POLICIES = 120;

  @TempDir Path temporary;

  private Path folder = Path.of("");
  private final List<String> started = List.of("standalone", "worker-A", "worker-B", "broker");

  /** The block of commands whose first line is a comment with this name. */
  private static String block(String name) throws IOException {
    Matcher block =
        Pattern.compile("```bash\n# " + name + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCUMENT));
    assertThat(block.find()).as("the block '%s' of the document", name).isTrue();
    return block.group(1);
  }

  private void run(ApiSimulator api, Map<String, Integer> ports, String... names)
      throws IOException, InterruptedException {
    StringBuilder script = new StringBuilder("set -eu\n").append(block("environment"));
    for (String name : names) {
      script.append(block(name));
    }
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("commands.log").toFile());
    Map<String, String> environment = builder.environment();
    // The java that runs this test, whatever the machine has.
    environment.merge(
        "PATH",
        Path.of(System.getProperty("java.home"), "bin").toString(),
        (path, java) -> java + File.pathSeparator + path);
    ports.forEach((name, port) -> environment.put(name, Integer.toString(port)));
    environment.put("KAFKA", WorkerProcess.kafkaJars());
    environment.put("PLUGINS", WorkerProcess.pluginPath().toString());
    environment.put("ALLOWFLUX_API", api.baseUrl());
    environment.put("CLOUDFLARE_API_TOKEN", "example-token");
    environment.put("CLOUDFLARE_ACCOUNT_ID", "example");
    Path logging = WorkerProcess.logging(folder);
    environment.put(
        "JAVA_TOOL_OPTIONS",
        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dlogback.configurationFile=" + logging);
    Process process = builder.start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(log("commands")).isTrue();
    assertThat(process.exitValue()).as(log("commands")).isZero();
  }

  private String log(String name) throws IOException {
    Path file = folder.resolve(name + ".log");
    String text = Files.exists(file) ? Files.readString(file) : "";
    return text.substring(Math.max(0, text.length() - 4000));
  }

  private static Map<String, Integer> ports() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        sockets.add(new ServerSocket(0));
      }
      return Map.of(
          "KAFKA_PORT", sockets.get(0).getLocalPort(),
          "CONTROLLER_PORT", sockets.get(1).getLocalPort(),
          "REST_A", sockets.get(2).getLocalPort(),
          "REST_B", sockets.get(3).getLocalPort());
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private void noLogHasTheToken(String... names) throws IOException {
    for (String name : names) {
      assertThat(Files.readString(folder.resolve(name + ".log"))).doesNotContain("example-token");
    }
  }

  @AfterEach
  void endProcesses() throws IOException {
    for (String name : started) {
      Path file = folder.resolve(name + ".pid");
      if (Files.exists(file)) {
        ProcessHandle.of(Long.parseLong(Files.readString(file).strip()))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  /**
   * Runs the commands of the broker and of the standalone worker until all policies are in the
   * file; with other ports if another process has taken one of those that were free.
   */
  private Map<String, Integer> runStandalone(ApiSimulator api)
      throws IOException, InterruptedException {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      folder = Files.createDirectory(temporary.resolve("attempt-" + attempt));
      Map<String, Integer> ports = ports();
      run(api, ports, "broker", "standalone");
      if (fileIsFilled()) {
        return ports;
      }
      endProcesses();
    }
    throw new AssertionError("each time a port was taken: " + log("broker") + log("standalone"));
  }

  /** False if a port was taken. */
  private boolean fileIsFilled() throws IOException, InterruptedException {
    Path file = folder.resolve("policies.txt");
    long end = System.nanoTime() + Duration.ofMinutes(4).toNanos();
    while (!Files.exists(file) || Files.readAllLines(file).size() < POLICIES) {
      if (portWasTaken("broker") || portWasTaken("standalone")) {
        return false;
      }
      assertThat(System.nanoTime()).as(log("standalone") + log("broker")).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return true;
  }

  private boolean portWasTaken(String name) throws IOException {
    Path file = folder.resolve(name + ".log");
    return Files.exists(file) && Files.readString(file).contains("Address already in use");
  }

  @Test
  void theCommandsOfTheDocumentRunAsTheyStandThere() throws Exception {
    try (ApiSimulator api =
        ApiSimulator.builder().addAccount("example", "example-token", POLICIES).start()) {
      Map<String, Integer> ports = runStandalone(api);
      assertThat(Files.readAllLines(folder.resolve("policies.txt")))
          .hasSize(POLICIES)
          .doesNotHaveDuplicates();
      ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("standalone.pid")).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
      noLogHasTheToken("standalone", "commands");
      if (!Boolean.getBoolean("allowflux.soak")) {
        return;
      }
      run(api, ports, "distributed", "connector");
      try (TopicReader topic =
          new TopicReader("127.0.0.1:" + ports.get("KAFKA_PORT"), "policy-changes")) {
        long later = System.nanoTime() + Duration.ofMinutes(4).toNanos();
        while (topic.state().size() < POLICIES) {
          assertThat(System.nanoTime()).as(log("worker-A") + log("worker-B")).isLessThan(later);
          topic.poll();
        }
        assertThat(topic.twice()).isEmpty();
      }
      noLogHasTheToken("worker-A", "worker-B", "commands");
    }
  }
}
