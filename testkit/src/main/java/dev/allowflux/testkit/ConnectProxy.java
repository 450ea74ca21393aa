package dev.allowflux.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP proxy that knows CONNECT alone: every tunnel leads to one server on the loopback address,
 * whatever host is asked for, so that tests need no names.
 */
public final class ConnectProxy implements AutoCloseable {

  private static final int MAX_HEAD = 16 << 10;

  private final ServerSocket server;
  private final int target;
  private final String expected;
  private final List<String> targets = new CopyOnWriteArrayList<>();
  private final List<String> refused = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /**
   * Starts a proxy.
   *
   * @param target the port of the server behind it
   * @param user who may pass, or empty for everybody
   * @param password the user's password
   */
  public ConnectProxy(int target, String user, String password) {
    this.target = target;
    this.expected =
        user.isEmpty()
            ? ""
            : "Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread(this::accept);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  public int port() {
    return server.getLocalPort();
  }

  /** The hosts and ports that tunnels were made to, in order. */
  public List<String> targets() {
    return targets;
  }

  /** The hosts and ports that were asked for without the right user and password. */
  public List<String> refused() {
    return refused;
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        sockets.add(client);
        thread(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try {
      List<String> head = head(client.getInputStream());
      String[] request = head.get(0).split(" ", -1);
      OutputStream out = client.getOutputStream();
      if (!request[0].equals("CONNECT")) {
        out.write("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
        client.close();
      } else if (!expected.isEmpty() && !expected.equals(header(head, "proxy-authorization"))) {
        refused.add(request[1]);
        String refusal =
            String.join(
                "\r\n",
                "HTTP/1.1 407 Proxy Authentication Required",
                "Proxy-Authenticate: Basic realm=\"test\"",
                "Content-Length: 0",
                "",
                "");
        out.write(refusal.getBytes(UTF_8));
        client.close();
      } else {
        targets.add(request[1]);
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(behind);
        out.write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(UTF_8));
        thread(() -> copy(behind, client));
        copy(client, behind);
      }
    } catch (IOException ended) {
      close(client);
    }
  }

  private static List<String> head(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0 || text.length() > MAX_HEAD) {
        throw new IOException("no head of a request");
      }
      text.append((char) next);
    }
    return new String(text.toString().getBytes(ISO_8859_1), UTF_8).lines().toList();
  }

  private static String header(List<String> head, String name) {
    return head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException ended) {
      // The other direction ends with it.
    }
    close(from);
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(ConnectProxy::close);
  }
}
