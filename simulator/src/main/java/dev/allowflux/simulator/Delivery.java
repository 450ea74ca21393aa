package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Puts one answer on the wire, with what its fault does there. Works on the event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // What a failed write means is said where it is made.
final class Delivery {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final ChannelHandlerContext context;
  private final Journal journal;
  private final Exchange exchange;
  private final Fault fault;
  private final Runnable whenKept;
  private final int status;
  private final boolean keepAlive;
  private final int headLength;

  /** What is not written yet; empty after the end. */
  private ByteBuf rest;

  private int sent;

  /**
   * Prepares an answer, and owns its body from now on.
   *
   * @param whenKept run when the answer is written and the connection stays open
   */
  Delivery(
      ChannelHandlerContext context,
      Journal journal,
      Exchange exchange,
      Answer answer,
      Runnable whenKept) {
    this.context = context;
    this.journal = journal;
    this.exchange = exchange;
    this.fault = exchange.scriptedFault();
    this.whenKept = whenKept;
    status = answer.status();
    keepAlive = exchange.request().keepAlive() && fault.kind() != Fault.Kind.CLOSE_TOLD;
    ByteBuf body = frame(answer);
    byte[] head = answer.head();
    headLength = head.length;
    rest = Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(head), body);
  }

  /** Sets the headers that say where the body ends, and gives the body as it goes on the wire. */
  private ByteBuf frame(Answer answer) {
    ByteBuf body = answer.body();
    Map<String, String> headers = answer.headers();
    headers.put("connection", keepAlive ? "keep-alive" : "close");
    if (fault.kind() == Fault.Kind.UNENDED_CHUNKS) {
      headers.put("transfer-encoding", "chunked");
      String size = Integer.toHexString(body.readableBytes()) + "\r\n";
      body =
          Unpooled.wrappedBuffer(
              Unpooled.wrappedBuffer(size.getBytes(US_ASCII)),
              body,
              Unpooled.wrappedBuffer(LINE_END));
    } else {
      int missing = fault.kind() == Fault.Kind.HALF_BODY ? body.readableBytes() / 2 : 0;
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

  /** Begins to write; does nothing after {@link #abandon()}. */
  void start() {
    if (!rest.isReadable()) {
      return;
    }
    journal.met(exchange);
    Fault.Point point =
        fault.kind() == Fault.Kind.SHORT_BODY ? Fault.Point.WITHIN_BODY : fault.at();
    int cut = point.of(headLength, rest.readableBytes() - headLength);
    switch (fault.kind()) {
      case PAUSE -> send(cut, () -> later(this::sendRest));
      case STALL -> send(cut, () -> later(this::close));
      case HANG -> send(cut, () -> {});
      case FIN, SHORT_BODY -> send(cut, this::close);
      case RESET -> send(cut, this::reset);
      case DRIP -> drip();
      default -> sendRest();
    }
  }

  /** Gives up what is not written yet; nothing comes after this. */
  void abandon() {
    journal.end(exchange);
    rest.release();
    rest = Unpooled.EMPTY_BUFFER;
  }

  private void sendRest() {
    boolean keep =
        switch (fault.kind()) {
          case CLOSE_UNTOLD, UNENDED_CHUNKS -> false;
          default -> keepAlive;
        };
    send(rest.readableBytes(), keep ? this::kept : this::close);
  }

  private void drip() {
    if (rest.readableBytes() <= fault.number()) {
      sendRest();
    } else {
      send(fault.number(), () -> later(this::drip));
    }
  }

  /**
   * Writes the next bytes.
   *
   * <p>What a test may ask for once it has read these bytes is noted before they are written.
   *
   * @param next run when the bytes are written; not if that fails, as the connection is lost then
   */
  private void send(int bytes, Runnable next) {
    if (sent < headLength && sent + bytes >= headLength) {
      journal.answered(exchange, status);
    }
    sent += bytes;
    if (bytes == rest.readableBytes()) {
      journal.end(exchange);
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

  private void later(Runnable task) {
    context
        .executor()
        .schedule(
            () -> {
              if (rest.isReadable()) {
                task.run();
              }
            },
            fault.pauseLength().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void kept() {
    abandon();
    whenKept.run();
  }

  private void close() {
    context.close();
  }

  private void reset() {
    context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    // From below the TLS handler, which would say goodbye first.
    context.pipeline().firstContext().close();
  }
}
