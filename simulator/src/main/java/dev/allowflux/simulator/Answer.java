package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer before it is written: it owns its body until it is written or released. */
final class Answer {
  private final int status;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private ByteBuf body;

  Answer(int status, ByteBuf body) {
    this.status = status;
    this.body = body;
  }

  static Answer json(int status, byte[] body) {
    return json(status, Unpooled.wrappedBuffer(body));
  }

  static Answer json(int status, ByteBuf body) {
    Answer answer = new Answer(status, body);
    answer.headers.put("content-type", "application/json");
    return answer;
  }

  int status() {
    return status;
  }

  Map<String, String> headers() {
    return headers;
  }

  ByteBuf body() {
    return body;
  }

  /** Puts another body in place of this one, which the caller releases or has made part of it. */
  void body(ByteBuf body) {
    this.body = body;
  }

  /** Status line and headers, as they are at this time. */
  byte[] head() {
    StringBuilder head = new StringBuilder(512);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.append("\r\n").toString().getBytes(US_ASCII);
  }

  private static String reason(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }
}
