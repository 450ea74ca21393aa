package dev.allowflux.example;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import redis.embedded.RedisServer;

/** A real Redis that writes down what it does, and can be started again with and without that. */
final class TestRedis implements AutoCloseable {
  private final Path directory;
  private final int port;
  private RedisServer server;

  TestRedis(Path directory) throws IOException {
    this.directory = directory;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = socket.getLocalPort();
    }
    this.server = start();
  }

  private RedisServer start() throws IOException {
    RedisServer started =
        RedisServer.newRedisServer()
            .port(port)
            .setting("bind 127.0.0.1")
            .setting("appendonly yes")
            .setting("appendfsync always")
            .setting("dir " + directory)
            .build();
    started.start();
    return started;
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  void restart(boolean withData) throws IOException {
    server.stop();
    if (!withData) {
      delete();
    }
    server = start();
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
