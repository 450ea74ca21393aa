package dev.allowflux.simulator.internal.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultEffect.LargeBody;
import dev.allowflux.simulator.FaultEffect.LargeHeaders;
import dev.allowflux.simulator.FaultEffect.Redirect;
import dev.allowflux.simulator.FaultEffect.Replacement;
import dev.allowflux.simulator.FaultEffect.Status;
import dev.allowflux.simulator.FaultEffect.Throttled;
import dev.allowflux.simulator.FaultEffect.WrongBody;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Applies faults to a response before it is written. */
public final class FaultApplier {
  private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
  private static final byte[] NOT_UTF8 = {(byte) 0xC3, 0x28};
  private static final byte[] STRING_VALUE = "\":\"".getBytes(US_ASCII);
  private static final int PADDING_LINE = 1000;
  private static final int CHANGED_BYTES = 8;
  private static final int GZIP_TRAILER = 8;

  private FaultApplier() {}

  /** Makes the response that is sent in place of the true one. */
  public static Response replacement(Replacement effect) {
    if (effect instanceof Throttled throttled) {
      return Response.of(Refusal.of(429, throttled.code(), "Rate limited by script"));
    }
    if (effect instanceof FaultEffect.Refusal refusal) {
      return Response.of(Refusal.of(refusal.status(), refusal.code(), "Refused by script"));
    }
    if (effect instanceof Redirect redirect) {
      return new Response(redirect.status(), Unpooled.EMPTY_BUFFER);
    }
    Status status = (Status) effect;
    if (status.content() == Content.JSON) {
      return Response.of(Refusal.of(status.status(), "Failing by script"));
    }
    return status.content() == Content.HTML
        ? html(status.status())
        : new Response(status.status(), Unpooled.EMPTY_BUFFER);
  }

  private static Response html(int status) {
    String page =
        "<!DOCTYPE html>\n<html><head><title>S</title></head><body><h1>Error S</h1></body></html>\n"
            .replace("S", Integer.toString(status));
    Response response = new Response(status, Unpooled.wrappedBuffer(page.getBytes(US_ASCII)));
    response.headers().put("content-type", "text/html; charset=UTF-8");
    return response;
  }

  /**
   * Changes headers or body before compression, if the effect does so.
   *
   * @param otherPolicy returns another policy than the one with an id, as JSON, or null
   */
  public static void changeContent(
      Response response, FaultEffect effect, Function<String, @Nullable String> otherPolicy) {
    new ResultChanger(otherPolicy).change(response, effect);
    if (effect instanceof WrongBody wrong) {
      changeBody(response, wrong);
    } else if (effect instanceof LargeBody large) {
      byte[] body = takeBody(response);
      byte[] padded = Arrays.copyOf(body, Math.max(body.length, large.bytes()));
      Arrays.fill(padded, body.length, padded.length, (byte) ' ');
      response.body(Unpooled.wrappedBuffer(padded));
    } else if (effect instanceof LargeHeaders large) {
      int left = large.bytes();
      for (int i = 0; left > 0; i++, left -= PADDING_LINE) {
        response.headers().put("x-padding-" + i, "p".repeat(Math.min(left, PADDING_LINE)));
      }
    }
  }

  private static void changeBody(Response response, WrongBody wrong) {
    byte[] body = takeBody(response);
    byte[] changed =
        switch (wrong) {
          case INVALID_UTF8 -> inserted(body, inString(body), NOT_UTF8);
          case BOM -> inserted(body, 0, BOM);
          case INVALID_JSON -> {
            body[body.length - 1] = ';';
            yield body;
          }
          case SUCCESS_FALSE ->
              bytes(
                  "{\"success\":false,\"errors\":[{\"code\":10001,\"message\":\"failing by"
                      + " script\"}],\"messages\":[],\"result\":null}");
          case NULL_RESULT ->
              bytes("{\"success\":true,\"errors\":[],\"messages\":[],\"result\":null}");
        };
    response.body(Unpooled.wrappedBuffer(changed));
  }

  /** Damages a body in gzip; a copy of it, as the cache may hold the body. */
  public static void breakGzip(Response response) {
    ByteBuf body = Unpooled.wrappedBuffer(takeBody(response));
    response.body(body);
    int checksum = body.writerIndex() - GZIP_TRAILER;
    int middle = body.readerIndex() + body.readableBytes() / 2;
    for (int i = middle; i < Math.min(checksum, middle + CHANGED_BYTES); i++) {
      body.setByte(i, 0xFF);
    }
    // If the middle still decompresses, the checksum does not match.
    body.setInt(checksum, ~body.getInt(checksum));
  }

  private static byte[] inserted(byte[] body, int at, byte[] more) {
    byte[] longer = new byte[body.length + more.length];
    System.arraycopy(body, 0, longer, 0, at);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(body, at, longer, at + more.length, body.length - at);
    return longer;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static byte[] takeBody(Response response) {
    byte[] bytes = ByteBufUtil.getBytes(response.body());
    response.body().release();
    return bytes;
  }

  /** An index within the first string that is a value; within any string if there is none. */
  private static int inString(byte[] body) {
    for (int i = 0; i + STRING_VALUE.length <= body.length; i++) {
      if (Arrays.equals(body, i, i + STRING_VALUE.length, STRING_VALUE, 0, STRING_VALUE.length)) {
        return i + STRING_VALUE.length;
      }
    }
    return 2;
  }
}
