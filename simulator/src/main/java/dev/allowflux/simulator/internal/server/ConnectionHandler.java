package dev.allowflux.simulator.internal.server;

import dev.allowflux.simulator.FaultEffect.Late;
import dev.allowflux.simulator.internal.api.ApiService;
import dev.allowflux.simulator.internal.api.Call;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import dev.allowflux.simulator.internal.exchange.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: collects requests, and writes their responses one after the other, as bytes.
 *
 * <p>Netty decodes the requests, but nothing encodes the responses: a response is a head and a
 * body, and a fault changes these bytes and the connection.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the connection.
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger("dev.allowflux.simulator");
  private static final int MAX_PIPELINED = 64;

  private final ApiService service;
  private final RequestLog log;
  private final LongSupplier clock;
  private final Latency latency;
  private final int maxBodyBytes;

  private final Queue<Exchange> waiting = new ArrayDeque<>();

  /** The request that is evaluated or responded to; the others wait for it. */
  private @Nullable Exchange current;

  /** Writes the response of the current request; null before it is evaluated. */
  private @Nullable ResponseWriter writer;

  /** Set when a request could not be read: the bytes after it have no meaning. */
  private boolean ignoresInput;

  private @Nullable HttpRequest head;
  private ByteBuf body = Unpooled.EMPTY_BUFFER;

  ConnectionHandler(
      ApiService service, RequestLog log, LongSupplier clock, Latency latency, int maxBodyBytes) {
    this.service = service;
    this.log = log;
    this.clock = clock;
    this.latency = latency;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    log.connectionOpened();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    log.connectionClosed();
    body.release();
    body = Unpooled.EMPTY_BUFFER;
    waiting.forEach(log::end);
    waiting.clear();
    if (writer != null) {
      writer.abandon();
    } else if (current != null) {
      log.end(current);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (ignoresInput) {
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(context, request);
      }
      if (message instanceof HttpContent content && head != null) {
        collect(context, head, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    head = request;
    body = context.alloc().heapBuffer();
    if (request.decoderResult().isFailure()) {
      refuse(context, request, unreadable(request.decoderResult().cause()));
    } else if (HttpUtil.is100ContinueExpected(request)) {
      context.writeAndFlush(
          ByteBufUtil.writeAscii(context.alloc(), "HTTP/1.1 100 Continue\r\n\r\n"));
    }
  }

  private static Refusal unreadable(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Refusal.of(414, "the request line is too long");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return Refusal.of(431, "the headers are too long");
    }
    return Refusal.of(400, "this is not an HTTP request");
  }

  private void collect(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
    if (content.decoderResult().isFailure()) {
      refuse(context, request, Refusal.of(400, "the body is broken"));
    } else if (body.readableBytes() + content.content().readableBytes() > maxBodyBytes) {
      refuse(
          context, request, Refusal.of(413, "the body is longer than " + maxBodyBytes + " bytes"));
    } else {
      body.writeBytes(content.content());
      if (content instanceof LastHttpContent) {
        receive(context, request, HttpUtil.isKeepAlive(request), null);
      }
    }
  }

  /** Responds to a request that cannot be read to its end; it is the last one. */
  private void refuse(ChannelHandlerContext context, HttpRequest request, Refusal refusal) {
    ignoresInput = true;
    receive(context, request, false, refusal);
  }

  private void receive(
      ChannelHandlerContext context,
      HttpRequest request,
      boolean keepAlive,
      @Nullable Refusal refusal) {
    byte[] bytes = ByteBufUtil.getBytes(body);
    body.release();
    body = Unpooled.EMPTY_BUFFER;
    head = null;
    waiting.add(
        log.begin(
            new Request(
                request.method().name(),
                request.uri(),
                request.headers(),
                bytes,
                keepAlive,
                refusal),
            clock.getAsLong()));
    if (waiting.size() > MAX_PIPELINED) {
      context.close();
    } else {
      next(context);
    }
  }

  private void next(ChannelHandlerContext context) {
    Exchange exchange = current == null ? waiting.poll() : null;
    if (exchange == null) {
      return;
    }
    current = exchange;
    Call call = service.accept(exchange);
    long total = latency.nanos(exchange.number());
    long evaluation = latency.evaluationNanos(exchange.number(), call.reads(), total);
    long late =
        exchange.selectedFault().effect() instanceof Late effect ? effect.length().toNanos() : 0;
    if (late > 0) {
      log.writeDelayed();
    }
    later(
        context,
        evaluation + late,
        () -> {
          try {
            evaluate(context, call, total - evaluation);
          } finally {
            if (late > 0) {
              log.delayedWriteEnded();
            }
          }
        });
  }

  private void evaluate(ChannelHandlerContext context, Call call, long rest) {
    Response response = service.respond(call, context.alloc());
    carryOutLater(context, call);
    if (!context.channel().isActive()) {
      // The client gave up while the request was late.
      log.faultHappens(call.exchange());
      response.body().release();
      return;
    }
    ResponseWriter next =
        new ResponseWriter(context, log, call.exchange(), response, () -> responded(context));
    writer = next;
    later(context, rest, next::start);
  }

  private void carryOutLater(ChannelHandlerContext context, Call call) {
    long delay = call.exchange().selectedFault().delay().toNanos();
    if (delay == 0 || call.reads()) {
      return;
    }
    log.writeDelayed();
    later(
        context,
        delay,
        () -> {
          service.carryOut(call, context.alloc());
          log.delayedWriteEnded();
        });
  }

  private static void later(ChannelHandlerContext context, long nanos, Runnable task) {
    if (nanos == 0) {
      task.run();
    } else {
      context.executor().schedule(task, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void responded(ChannelHandlerContext context) {
    current = null;
    writer = null;
    next(context);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && current == null) {
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("connection {} is lost", context.channel(), cause);
    } else {
      LOG.warn("connection {} fails", context.channel(), cause);
    }
    context.close();
  }
}
