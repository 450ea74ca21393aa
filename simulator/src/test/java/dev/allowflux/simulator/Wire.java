package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A plain socket to a simulator, to check every byte and how the connection ends. */
final class Wire implements AutoCloseable {
  enum End {
    FIN,
    RESET
  }

  /** All bytes until the end. */
  record Received(String text, End end) {
    String head() {
      return text.substring(0, text.indexOf("\r\n\r\n") + 4);
    }

    String body() {
      return text.substring(text.indexOf("\r\n\r\n") + 4);
    }
  }

  private final ApiSimulator api;
  private final Socket socket;
  private final InputStream in;

  Wire(ApiSimulator api) throws IOException {
    this.api = api;
    socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
    socket.setSoTimeout((int) Caller.LIMIT.toMillis());
    in = socket.getInputStream();
  }

  String path() {
    return "/client/v4/accounts/" + api.accountId() + "/email-security/settings/allow_policies";
  }

  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  Wire get(String suffix, String... headerLines) throws IOException {
    return request("GET", suffix, "", headerLines);
  }

  Wire request(String method, String suffix, String body, String... headerLines)
      throws IOException {
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(path()).append(suffix).append(" HTTP/1.1\r\n");
    text.append("host: 127.0.0.1\r\nauthorization: Bearer ").append(api.token()).append("\r\n");
    for (String line : headerLines) {
      text.append(line).append("\r\n");
    }
    if (!body.isEmpty()) {
      text.append("content-type: application/json\r\n");
      text.append("content-length: ").append(body.length()).append("\r\n");
    }
    return send(text.append("\r\n").append(body).toString());
  }

  /** Reads to the end of the connection. */
  Received readToEnd() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      in.transferTo(bytes);
      return new Received(bytes.toString(ISO_8859_1), End.FIN);
    } catch (SocketException e) {
      return new Received(bytes.toString(ISO_8859_1), End.RESET);
    }
  }

  /** Reads some bytes. */
  String read(int bytes) throws IOException {
    return new String(in.readNBytes(bytes), ISO_8859_1);
  }

  /** Reads a response with a content-length, and leaves the connection open. */
  Received readResponse() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.append((char) next);
    }
    String length = head.toString().replaceFirst("(?s).*content-length: (\\d+).*", "$1");
    return new Received(head + read(Integer.parseInt(length)), End.FIN);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
