package dev.allowflux.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A service of raw sockets that notes when each request came, whatever it responds. It shares no
 * code with the simulator.
 */
final class RecordingServer implements AutoCloseable {

  final WireRecord record = new WireRecord();
  private final ServerSocket server;
  private final double faults;
  private final long seed;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile String headers = "";
  private volatile int status = 200;

  private RecordingServer(ServerSocket server, double faults, long seed) {
    this.server = server;
    this.faults = faults;
    this.seed = seed;
  }

  /** Starts a service of which a part of the responses goes wrong. */
  static RecordingServer start(double faults, long seed) {
    try {
      RecordingServer started =
          new RecordingServer(
              new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), faults, seed);
      daemon(started::accept);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "recording server");
    thread.setDaemon(true);
    thread.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** From now on, it responds with this status, and with these header lines. */
  void respondWith(int newStatus, String newHeaders) {
    headers = newHeaders;
    status = newStatus;
  }

  private void accept() {
    try {
      for (long number = 0; ; number++) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Random random = new Random(seed + number);
        daemon(() -> serve(socket, random));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private void serve(Socket socket, Random random) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      OutputStream out = socket.getOutputStream();
      for (String first = in.readLine(); first != null; first = in.readLine()) {
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          // The requests have no body.
        }
        record.add(System.nanoTime());
        if (random.nextDouble() < faults && !respondWrongly(random, out)) {
          return;
        }
        String path = first.split(" ", -1)[1];
        respond(out, status, path.substring(path.lastIndexOf('/') + 1));
      }
    } catch (IOException ended) {
      // The client has closed its connection, or was killed.
    } finally {
      open.remove(socket);
    }
  }

  /** Returns whether a response is still to come. */
  private boolean respondWrongly(Random random, OutputStream out) throws IOException {
    switch (random.nextInt(4)) {
      case 0 -> {
        respond(out, 500, "x");
        return false;
      }
      case 1 -> {
        out.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".getBytes(US_ASCII));
        return false;
      }
      case 2 -> {
        // Longer than an attempt may take.
        LockSupport.parkNanos(1_500_000_000L);
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private void respond(OutputStream out, int code, String id) throws IOException {
    String body =
        code == 200
            ? "{\"success\":true,\"errors\":[],\"result\":{\"id\":\""
                + id
                + "\",\"created_at\":\"2026-01-01T00:00:00Z\"}}"
            : "{\"success\":false,\"errors\":[{\"code\":1,\"message\":\"no\"}],\"result\":null}";
    String response =
        "HTTP/1.1 "
            + code
            + " X\r\nContent-Type: application/json\r\n"
            + headers
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    out.write(response.getBytes(US_ASCII));
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
