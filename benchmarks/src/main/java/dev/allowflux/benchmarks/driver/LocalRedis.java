package dev.allowflux.benchmarks.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import redis.embedded.RedisServer;

/** A Redis on loopback that writes nothing to disk. */
public final class LocalRedis implements AutoCloseable {

  /** The system property that tells a worker where it is. */
  private static final String URI = "allowflux.benchmarks.redis";

  private final RedisServer server;
  private final String uri;

  /** Starts the server. */
  public LocalRedis() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    uri = "redis://127.0.0.1:" + port;
    server =
        RedisServer.newRedisServer()
            .port(port)
            .setting("bind 127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no")
            .build();
    server.start();
  }

  public List<String> jvmArguments() {
    return List.of("-D" + URI + "=" + uri);
  }

  /** Makes this server the one of this process, too. */
  public void use() {
    System.setProperty(URI, uri);
  }

  /** Returns where the server of this process is. */
  public static String uri() {
    return System.getProperty(URI, "redis://127.0.0.1:6379");
  }

  @Override
  public void close() throws IOException {
    server.stop();
  }
}
