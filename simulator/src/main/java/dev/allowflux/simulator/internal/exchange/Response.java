package dev.allowflux.simulator.internal.exchange;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A response before it is written: it owns its body until it is written or released. */
public final class Response {
  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private ByteBuf body;

  public Response(int status, ByteBuf body) {
    this.status = status;
    this.body = body;
  }

  public static Response json(int status, byte[] body) {
    return json(status, Unpooled.wrappedBuffer(body));
  }

  public static Response json(int status, ByteBuf body) {
    Response response = new Response(status, body);
    response.headers.put("content-type", "application/json");
    return response;
  }

  /** The failure envelope. */
  public static Response of(Refusal refusal) {
    ObjectNode envelope = JsonMapper.shared().createObjectNode();
    envelope.put("success", false);
    ObjectNode error = envelope.putArray("errors").addObject();
    error.put("code", refusal.code()).put("message", refusal.message());
    if (refusal.pointer() != null) {
      error.putObject("source").put("pointer", refusal.pointer());
    }
    if (refusal.chainedCode() != 0) {
      error
          .putArray("error_chain")
          .addObject()
          .put("code", refusal.chainedCode())
          .put("message", refusal.message());
    }
    envelope.putArray("messages");
    envelope.putNull("result");
    return json(refusal.status(), JsonMapper.shared().writeValueAsBytes(envelope));
  }

  public int status() {
    return status;
  }

  /** The headers, open to changes. */
  public Map<String, String> headers() {
    return headers;
  }

  public ByteBuf body() {
    return body;
  }

  /** Replaces the body; the caller releases the old one or makes it part of the new one. */
  public void body(ByteBuf body) {
    this.body = body;
  }

  /** Status line and headers, as they are at this time, with the status that is sent. */
  public byte[] head(int status) {
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("\r\n").toString().getBytes(US_ASCII);
  }

  private static String reason(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }
}
