package dev.allowflux.simulator.internal.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultEffect.Drip;
import dev.allowflux.simulator.FaultEffect.Fin;
import dev.allowflux.simulator.FaultEffect.Hang;
import dev.allowflux.simulator.FaultEffect.Informational;
import dev.allowflux.simulator.FaultEffect.Pause;
import dev.allowflux.simulator.FaultEffect.Reset;
import dev.allowflux.simulator.FaultEffect.SecondResponse;
import dev.allowflux.simulator.FaultEffect.Stall;
import dev.allowflux.simulator.FaultEffect.TrailingBytes;
import dev.allowflux.simulator.FaultEffect.WrongFraming;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import dev.allowflux.simulator.internal.exchange.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Writes one response, with what its fault does to the bytes. Works on the event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // A listener handles each write that fails.
final class ResponseWriter {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final ChannelHandlerContext context;
  private final RequestLog log;
  private final Exchange exchange;
  private final FaultEffect effect;
  private final Runnable whenKept;
  private final int status;
  private final boolean keepAlive;
  private final int headLength;

  /** The bytes that are not written yet; empty after the end. */
  private ByteBuf rest;

  /** The response once more, to be sent after a while; empty if it is not. */
  private ByteBuf repeated = Unpooled.EMPTY_BUFFER;

  private int sent;

  /**
   * Prepares a response, and owns its body from now on.
   *
   * @param whenKept run when the response is written and the connection stays open
   */
  ResponseWriter(
      ChannelHandlerContext context,
      RequestLog log,
      Exchange exchange,
      Response response,
      Runnable whenKept) {
    this.context = context;
    this.log = log;
    this.exchange = exchange;
    this.effect = exchange.selectedFault().effect();
    this.whenKept = whenKept;
    status = effect == WrongFraming.NO_CONTENT_WITH_BODY ? 204 : response.status();
    keepAlive = exchange.request().keepAlive() && effect != WrongFraming.CLOSE_ANNOUNCED;
    ByteBuf body = frame(response, exchange.selectedFault());
    byte[] head = response.head(status);
    headLength = head.length;
    rest = withAdditions(Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(head), body));
  }

  /** Returns the response with the bytes that its fault sends before it and behind it. */
  private ByteBuf withAdditions(ByteBuf response) {
    if (effect instanceof Informational informational) {
      String head = "HTTP/1.1 " + informational.status() + " Informational\r\n\r\n";
      return Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(head.getBytes(US_ASCII)), response);
    }
    if (effect instanceof TrailingBytes trailing) {
      byte[] bytes = "x".repeat(trailing.bytes()).getBytes(US_ASCII);
      return Unpooled.wrappedBuffer(response, Unpooled.wrappedBuffer(bytes));
    }
    if (effect instanceof SecondResponse second) {
      ByteBuf copy = Unpooled.wrappedBuffer(ByteBufUtil.getBytes(response));
      if (second.length().isZero()) {
        return Unpooled.wrappedBuffer(response, copy);
      }
      repeated = copy;
    }
    return response;
  }

  /** Sets the headers that delimit the body, and returns the body as it is sent. */
  private ByteBuf frame(Response response, Fault fault) {
    ByteBuf body = response.body();
    Map<String, String> headers = response.headers();
    headers.put("connection", keepAlive ? "keep-alive" : "close");
    if (effect == WrongFraming.UNENDED_CHUNKS) {
      headers.put("transfer-encoding", "chunked");
      String size = Integer.toHexString(body.readableBytes()) + "\r\n";
      body =
          Unpooled.wrappedBuffer(
              Unpooled.wrappedBuffer(size.getBytes(US_ASCII)),
              body,
              Unpooled.wrappedBuffer(LINE_END));
    } else {
      int missing = effect == WrongFraming.HALF_BODY ? body.readableBytes() / 2 : 0;
      body.writerIndex(body.writerIndex() - missing);
      headers.put("content-length", Integer.toString(body.readableBytes()));
    }
    fault
        .headers()
        .forEach(
            (name, value) -> {
              if (value == null) {
                headers.remove(name);
              } else {
                headers.put(name, value);
              }
            });
    return body;
  }

  /** Starts to write; does nothing after {@link #abandon()}. */
  void start() {
    if (!rest.isReadable()) {
      return;
    }
    log.faultHappens(exchange);
    if (effect instanceof Pause pause) {
      send(bytesBefore(pause.at()), () -> later(pause.length(), this::sendRest));
    } else if (effect instanceof Stall stall) {
      send(bytesBefore(stall.at()), () -> later(stall.length(), this::close));
    } else if (effect instanceof Hang hang) {
      send(bytesBefore(hang.at()), () -> {});
    } else if (effect instanceof Fin fin) {
      send(bytesBefore(fin.at()), this::close);
    } else if (effect == WrongFraming.SHORT_BODY) {
      send(bytesBefore(Point.WITHIN_BODY), this::close);
    } else if (effect instanceof Reset reset) {
      send(bytesBefore(reset.at()), this::reset);
    } else if (effect instanceof Drip drip) {
      sendPart(drip);
    } else {
      sendRest();
    }
  }

  /** Gives up the bytes that are not written yet. */
  void abandon() {
    log.end(exchange);
    rest.release();
    rest = Unpooled.EMPTY_BUFFER;
  }

  private int bytesBefore(Point point) {
    return switch (point) {
      case BEFORE_HEADERS -> 0;
      case WITHIN_HEADERS -> headLength / 2;
      case AFTER_HEADERS -> headLength;
      case WITHIN_BODY -> headLength + (rest.readableBytes() - headLength) / 2;
    };
  }

  private void sendRest() {
    boolean keep =
        keepAlive
            && effect != WrongFraming.CLOSE_UNANNOUNCED
            && effect != WrongFraming.UNENDED_CHUNKS;
    send(rest.readableBytes(), keep ? this::keep : this::close);
  }

  private void sendPart(Drip drip) {
    if (rest.readableBytes() <= drip.bytes()) {
      sendRest();
    } else {
      send(drip.bytes(), () -> later(drip.interval(), () -> sendPart(drip)));
    }
  }

  /**
   * Writes the next bytes.
   *
   * <p>The log is updated before the bytes are written: a test may read it once it has the bytes.
   *
   * @param next run when the bytes are written; not if that fails, as the connection is lost then
   */
  private void send(int bytes, Runnable next) {
    if (sent < headLength && sent + bytes >= headLength) {
      log.responded(exchange, status);
    }
    sent += bytes;
    if (bytes == rest.readableBytes()) {
      log.end(exchange);
    }
    if (bytes == 0) {
      next.run();
      return;
    }
    context
        .writeAndFlush(rest.readRetainedSlice(bytes))
        .addListener(
            written -> {
              if (written.isSuccess()) {
                next.run();
              } else {
                close();
              }
            });
  }

  private void later(Duration wait, Runnable task) {
    context
        .executor()
        .schedule(
            () -> {
              if (rest.isReadable()) {
                task.run();
              }
            },
            wait.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void keep() {
    abandon();
    if (effect instanceof SecondResponse second && repeated.isReadable()) {
      context
          .executor()
          .schedule(
              () -> context.writeAndFlush(repeated),
              second.length().toNanos(),
              TimeUnit.NANOSECONDS);
    }
    whenKept.run();
  }

  private void close() {
    context.close();
  }

  private void reset() {
    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    // From below the TLS handler, which would send a close notification first.
    context.pipeline().firstContext().close();
  }
}
