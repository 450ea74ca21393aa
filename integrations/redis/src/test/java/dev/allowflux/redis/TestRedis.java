package dev.allowflux.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * A real server on loopback, which tests can kill, stop and start again: the bundled one, or the
 * program that the property {@code allowflux.redis.server} names.
 */
final class TestRedis implements AutoCloseable {

  private static final String OTHER = System.getProperty("allowflux.redis.server", "");

  private static String program = "";

  private final Path directory;
  private final int port;
  private final List<String> defaults;
  private final List<String> options;
  private Process process;

  private TestRedis(Path directory, int port, List<String> defaults, List<String> options) {
    this.defaults = defaults;
    this.directory = directory;
    this.port = port;
    this.options = options;
  }

  /** Starts a server, with further options as its command line takes them. */
  static TestRedis start(String... options) {
    try {
      TestRedis redis =
          new TestRedis(
              Files.createTempDirectory("redis"),
              freePort(),
              List.of("--save", "", "--loglevel", "warning"),
              List.of(options));
      redis.startAgain();
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a sentinel that watches a server, and lets a replica take over half a second late. */
  static TestRedis startSentinel(String master, TestRedis watched) {
    try {
      Path directory = Files.createTempDirectory("redis");
      Path settings =
          Files.writeString(
              directory.resolve("sentinel.conf"),
              """
              sentinel monitor %1$s 127.0.0.1 %2$d 1
              sentinel down-after-milliseconds %1$s 500
              sentinel failover-timeout %1$s 5000
              """
                  .formatted(master, watched.port));
      TestRedis sentinel =
          new TestRedis(
              directory, freePort(), List.of(), List.of(settings.toString(), "--sentinel"));
      sentinel.startAgain();
      return sentinel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static synchronized String program() throws IOException {
    if (program.isEmpty()) {
      program = OTHER.isEmpty() ? bundled().getPath() : OTHER;
    }
    return program;
  }

  /**
   * The 64-bit program for Linux wants OpenSSL, which a bare machine has not; the other one none.
   */
  private static File bundled() throws IOException {
    File directory = Files.createTempDirectory("redis-program").toFile();
    directory.deleteOnExit();
    Map<OsArchitecture, String> programs = ExecutableProvider.newProvidedVersionsMap();
    File first = ExecutableProvider.newJarResourceProvider(() -> directory, programs).get();
    first.deleteOnExit();
    if (new ProcessBuilder(first.getPath(), "--version").start().onExit().join().exitValue() == 0) {
      return first;
    }
    programs.put(OsArchitecture.UNIX_x86_64, programs.get(OsArchitecture.UNIX_x86));
    File second = ExecutableProvider.newJarResourceProvider(() -> directory, programs).get();
    second.deleteOnExit();
    return second;
  }

  /** Starts it again, with what it has written to disk. */
  void startAgain() {
    try {
      List<String> command = new ArrayList<>(List.of(program()));
      boolean file = !options.isEmpty() && !options.get(0).startsWith("--");
      if (file) {
        command.addAll(options);
      }
      command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1"));
      command.addAll(List.of("--dir", directory.toString()));
      command.addAll(defaults);
      if (!file) {
        command.addAll(options);
      }
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      awaitStart();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitStart() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        socket.setSoTimeout(1000);
        socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
        if (socket.getInputStream().read() >= 0) {
          return;
        }
      } catch (IOException notYet) {
        if (!process.isAlive()) {
          throw new IOException(Files.readString(directory.resolve("log")), notYet);
        }
        Thread.onSpinWait();
      }
    }
    throw new IOException("the server did not start");
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /** Ends it at once, as a crash does. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Forgets what it has written to disk; only while it does not run. */
  void loseData() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        if (!file.equals(directory) && !file.endsWith("log")) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends it a signal, such as STOP or CONT. */
  void signal(String signal) {
    Signals.send(process.pid(), signal);
  }

  @Override
  public void close() {
    kill();
    loseData();
    try {
      Files.deleteIfExists(directory.resolve("log"));
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
