package dev.allowflux.example;

import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Exports of the packaged command line, one after the other. */
final class Exports implements AutoCloseable {
  private static final Path JAR = Path.of("../../../cli/target/allowflux.jar").toAbsolutePath();

  private final Map<Integer, Integer> exits = new ConcurrentHashMap<>();
  private final ProcessBuilder export;
  private final Path out;
  private final Path err;
  private final Thread thread = new Thread(this::run, "exports");
  private volatile Process process;
  private volatile boolean closed;

  Exports(Path folder, ApiSimulator api, TestRedis redis, int calls, Duration window) {
    this.out = folder.resolve("export.out");
    this.err = folder.resolve("export.err");
    this.export =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            JAR.normalize().toString(),
            "export",
            "--per-page",
            "50",
            "--rate-limit",
            calls + "/" + window.toSeconds() + "s",
            "--timeout",
            "2s",
            "--quota",
            redis.uri(),
            "--quota-name",
            Replica.QUOTA);
    export.environment().put("CLOUDFLARE_API_TOKEN", ServiceProcess.TOKEN);
    export.environment().put("CLOUDFLARE_ACCOUNT_ID", ServiceProcess.ACCOUNT);
    export.environment().put("CLOUDFLARE_BASE_URL", api.baseUrl());
    export.redirectOutput(out.toFile()).redirectError(err.toFile());
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        process = export.start();
        int exit = process.waitFor();
        if (!closed) {
          exits.merge(exit, 1, Integer::sum);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether an export has written policies. */
  boolean hasPages() throws IOException {
    return Files.exists(out) && Files.size(out) > 0;
  }

  /** How many exports ended with which code. */
  Map<Integer, Integer> exits() {
    return exits;
  }

  /** What the last one wrote to standard error. */
  String err() throws IOException {
    return Files.readString(err);
  }

  /** Kills the one that runs; the next one starts. */
  void kill() {
    process.destroyForcibly();
  }

  void stop() {
    closed = true;
    Process last = process;
    if (last != null) {
      last.destroyForcibly();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
