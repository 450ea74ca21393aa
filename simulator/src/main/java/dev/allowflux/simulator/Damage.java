package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** What faults do to an answer before it goes on the wire. */
final class Damage {
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final byte[] NO_UTF8 = {(byte) 0xC3, 0x28};
  private static final byte[] STRING_VALUE = "\":\"".getBytes(US_ASCII);
  private static final int PADDING_LINE = 1000;
  private static final int SPOILT_BYTES = 8;
  private static final int GZIP_TRAILER = 8;

  private Damage() {}

  /** The answer that a fault gives instead of the true one. */
  static Answer replacement(Fault fault) {
    int status = fault.kind() == Fault.Kind.THROTTLED ? 429 : fault.number();
    if (fault.kind() == Fault.Kind.THROTTLED) {
      return AllowPolicyApi.refusal(Refusal.of(status, fault.number(), "Rate limited by script"));
    }
    return switch (fault.content()) {
      case JSON -> AllowPolicyApi.refusal(Refusal.of(status, "Failing by script"));
      case HTML -> html(status);
      case EMPTY -> new Answer(status, Unpooled.EMPTY_BUFFER);
    };
  }

  private static Answer html(int status) {
    String page =
        "<!DOCTYPE html>\n<html><head><title>%1$d</title></head><body><h1>Error %1$d</h1></body></html>\n"
            .formatted(status);
    Answer answer = new Answer(status, Unpooled.wrappedBuffer(page.getBytes(US_ASCII)));
    answer.headers().put("content-type", "text/html; charset=UTF-8");
    return answer;
  }

  /** Damage that is done before compression. */
  static void apply(Answer answer, Fault fault) {
    switch (fault.kind()) {
      case INVALID_UTF8 -> {
        byte[] body = bytes(answer);
        insert(answer, body, inString(body), NO_UTF8);
      }
      case BOM -> insert(answer, bytes(answer), 0, BOM);
      case INVALID_JSON -> {
        byte[] body = bytes(answer);
        body[body.length - 1] = ';';
        answer.body(Unpooled.wrappedBuffer(body));
      }
      case SUCCESS_FALSE ->
          replace(
              answer,
              "{\"success\":false,\"errors\":[{\"code\":10001,\"message\":\"failing by"
                  + " script\"}],\"messages\":[],\"result\":null}");
      case NULL_RESULT ->
          replace(answer, "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":null}");
      case LARGE_BODY -> {
        byte[] body = bytes(answer);
        byte[] padded = Arrays.copyOf(body, Math.max(body.length, fault.number()));
        Arrays.fill(padded, body.length, padded.length, (byte) ' ');
        answer.body(Unpooled.wrappedBuffer(padded));
      }
      case LARGE_HEADERS -> {
        int left = fault.number();
        for (int i = 0; left > 0; i++, left -= PADDING_LINE) {
          answer.headers().put("x-padding-" + i, "p".repeat(Math.min(left, PADDING_LINE)));
        }
      }
      default -> {
        // The others do not touch the text.
      }
    }
  }

  /** Spoils a body in gzip; a copy of it, as the body may be sent again. */
  static void spoilGzip(Answer answer) {
    ByteBuf body = Unpooled.wrappedBuffer(bytes(answer));
    answer.body(body);
    int checksum = body.writerIndex() - GZIP_TRAILER;
    int middle = body.readerIndex() + body.readableBytes() / 2;
    for (int i = middle; i < Math.min(checksum, middle + SPOILT_BYTES); i++) {
      body.setByte(i, 0xFF);
    }
    // Should the middle still make sense, the checksum does not.
    body.setInt(checksum, ~body.getInt(checksum));
  }

  private static void insert(Answer answer, byte[] body, int at, byte[] more) {
    byte[] longer = new byte[body.length + more.length];
    System.arraycopy(body, 0, longer, 0, at);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(body, at, longer, at + more.length, body.length - at);
    answer.body(Unpooled.wrappedBuffer(longer));
  }

  private static void replace(Answer answer, String text) {
    answer.body().release();
    answer.body(Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1)));
  }

  private static byte[] bytes(Answer answer) {
    byte[] bytes = ByteBufUtil.getBytes(answer.body());
    answer.body().release();
    return bytes;
  }

  /** Within the first string that is a value; any string if there is no such one. */
  private static int inString(byte[] body) {
    for (int i = 0; i + STRING_VALUE.length <= body.length; i++) {
      if (Arrays.equals(body, i, i + STRING_VALUE.length, STRING_VALUE, 0, STRING_VALUE.length)) {
        return i + STRING_VALUE.length;
      }
    }
    return 2;
  }
}
