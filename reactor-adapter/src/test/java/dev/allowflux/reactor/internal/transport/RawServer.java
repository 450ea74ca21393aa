package dev.allowflux.reactor.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A server of raw sockets that writes what a test says, byte for byte. */
public final class RawServer implements AutoCloseable {

  /** Responds to a request. */
  public interface Script {
    void respond(String path, Out out) throws IOException;
  }

  /** What a script writes to. */
  public static final class Out {
    private final OutputStream stream;

    private Out(OutputStream stream) {
      this.stream = stream;
    }

    /** Writes the text at once. */
    public void write(String text) throws IOException {
      stream.write(text.getBytes(US_ASCII));
      stream.flush();
    }

    /** Lets what was written arrive alone. */
    public void pause() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
  }

  /** Starts a server on the loopback address. */
  public static RawServer start(Script script) throws IOException {
    RawServer raw =
        new RawServer(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), script);
    raw.run(raw::accept, "raw-server");
    return raw;
  }

  /** The bytes of a response with a body in JSON. */
  public static String response(int status, String body) {
    return "HTTP/1.1 "
        + status
        + " S\r\ncontent-type: application/json\r\ncontent-length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  /** The last segment of a path. */
  public static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  public String baseUrl() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** How many connections were opened so far. */
  public int connections() {
    return sockets.size();
  }

  /** Waits until the client has closed every connection. */
  public void awaitClosed() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (sockets.stream().anyMatch(socket -> !socket.isClosed())) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the client keeps a connection open");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void run(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        sockets.add(socket);
        run(() -> serve(socket), "raw-connection");
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      Out out = new Out(socket.getOutputStream());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ", 3)[1];
        int length = 0;
        for (String header = in.readLine();
            header != null && !header.isEmpty();
            header = in.readLine()) {
          if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
            length = Integer.parseInt(header.substring(15).strip());
          }
        }
        for (int i = 0; i < length; i++) {
          if (in.read() < 0) {
            return;
          }
        }
        script.respond(path, out);
      }
    } catch (IOException e) {
      // The client has closed the connection, which is what most tests want.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.forEach(Thread::interrupt);
  }
}
