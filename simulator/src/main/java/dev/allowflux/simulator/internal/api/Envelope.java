package dev.allowflux.simulator.internal.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.allowflux.simulator.internal.exchange.Response;

/** The envelope of a success. */
final class Envelope {
  /** Everything before the result. */
  static final byte[] START =
      "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":".getBytes(ISO_8859_1);

  private Envelope() {}

  static Response success(int status, byte[] result) {
    byte[] body = new byte[START.length + result.length + 1];
    System.arraycopy(START, 0, body, 0, START.length);
    System.arraycopy(result, 0, body, START.length, result.length);
    body[body.length - 1] = '}';
    return Response.json(status, body);
  }
}
