package dev.allowflux.reactor.internal.transport;

import dev.allowflux.internal.text.SecretMask;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;

/**
 * An HTTP/1.1 codec that takes exactly one response for each request.
 *
 * <p>Reactor Netty 1.3.7 takes whatever stands on a pooled connection for the response to the next
 * request, also an interim response. Here interim responses are skipped, and whatever else a server
 * sends beyond the one response (a second response, bytes behind the end, the body of a 204) closes
 * the connection. The end of a response is held back until everything that has arrived was read, so
 * that such bytes are seen before the connection can go back to the pool.
 */
final class OneResponseCodec
    extends CombinedChannelDuplexHandler<OneResponseCodec.Decoder, HttpRequestEncoder> {

  /** Runs when the request of the exchange under way was written to the network. */
  static final AttributeKey<Runnable> WRITTEN = AttributeKey.valueOf("allowflux.written");

  /** Takes the end of the exchange under way that comes before its response. */
  static final AttributeKey<LossObserver> LOST = AttributeKey.valueOf("allowflux.lost");

  /** Hides the secrets of the request of the exchange under way. */
  static final AttributeKey<SecretMask> MASK = AttributeKey.valueOf("allowflux.mask");

  private final Decoder decoder;

  /** Is notified before Reactor Netty is, which would warn the user of what is handled here. */
  interface LossObserver {

    /**
     * The connection is lost, or what came on it is no response.
     *
     * @return whether the exchange has ended with it; false if its response has begun
     */
    boolean lost(Throwable cause);
  }

  private OneResponseCodec(Decoder decoder) {
    super(decoder, new HttpRequestEncoder());
    this.decoder = decoder;
  }

  /** Puts the codec in the place of the one that Reactor Netty has installed. */
  static void install(Channel channel, HttpDecoderConfig config) {
    channel
        .pipeline()
        .replace(
            NettyPipeline.HttpCodec,
            NettyPipeline.HttpCodec,
            new OneResponseCodec(new Decoder(config)));
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof HttpRequest) {
      decoder.due = true;
    }
    ChannelPromise written = promise;
    Runnable observer = context.channel().attr(WRITTEN).get();
    if (message instanceof LastHttpContent && observer != null) {
      written = promise.unvoid();
      written.addListener(
          result -> {
            if (result.isSuccess()) {
              observer.run();
            } else {
              lost(context, result.cause());
            }
          });
    }
    super.write(context, message, written);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
    if (cause instanceof IOException && lost(context, cause)) {
      context.close();
    } else {
      super.exceptionCaught(context, cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    lost(context, new ClosedChannelException());
    super.channelInactive(context);
  }

  private boolean lost(ChannelHandlerContext context, Throwable cause) {
    return decoder.lost(context, cause);
  }

  /** Decodes one response at a time. */
  static final class Decoder extends HttpResponseDecoder {

    /** A request was written whose response has not ended. */
    private boolean due;

    /** An interim response was skipped whose end is to be skipped too. */
    private boolean skipping;

    /** No more bytes come, so no end is held back. */
    private boolean closing;

    /** The end of the response, held back until all that has arrived was read. */
    private @Nullable Object end;

    private Decoder(HttpDecoderConfig config) {
      super(config);
    }

    private boolean lost(ChannelHandlerContext context, Throwable cause) {
      LossObserver observer = context.channel().attr(LOST).get();
      if (observer == null || !observer.lost(cause)) {
        return false;
      }
      // What has arrived of a response is of no use, and nobody takes it.
      due = false;
      return true;
    }

    /** Leaves out the words of the status, which may repeat the request and would be logged. */
    @Override
    protected HttpMessage createMessage(String[] initialLine) {
      return super.createMessage(new String[] {initialLine[0], initialLine[1], ""});
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
        throws Exception {
      if (!due) {
        discard(context, in);
        return;
      }
      int before = out.size();
      super.decode(context, in, out);
      accept(context, out, before);
      if (!due && in.isReadable()) {
        discard(context, in);
      }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out)
        throws Exception {
      closing = true;
      if (!due) {
        in.skipBytes(in.readableBytes());
        return;
      }
      int before = out.size();
      super.decodeLast(context, in, out);
      accept(context, out, before);
    }

    /** Bytes that no request asked for: the connection serves no further one. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void discard(ChannelHandlerContext context, ByteBuf in) {
      if (in.isReadable()) {
        in.skipBytes(in.readableBytes());
        retire(context);
        if (end == null) {
          context.close();
        }
      }
    }

    /** Keeps what belongs to the one response. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void accept(ChannelHandlerContext context, List<Object> out, int from) {
      for (int i = from; i < out.size(); i++) {
        Object message = out.get(i);
        if (message instanceof HttpObject part && part.decoderResult().isFailure()) {
          part.setDecoderResult(withoutText(part.decoderResult().cause()));
        }
        if (message instanceof HttpResponse head
            && head.decoderResult().isFailure()
            && lost(context, head.decoderResult().cause())) {
          // Reactor Netty would log it as a warning with a stack trace.
          out.subList(i, out.size()).forEach(ReferenceCountUtil::release);
          out.subList(i, out.size()).clear();
          context.close();
          return;
        }
        if (message instanceof HttpResponse response) {
          skipping = isInterim(response);
          if (!skipping) {
            removeNamesWithSecrets(context, response.headers());
            if (isSuspicious(response)) {
              retire(context);
            }
          }
        }
        boolean last = message instanceof LastHttpContent;
        if (skipping) {
          ReferenceCountUtil.release(out.remove(i--));
        } else if (last) {
          due = false;
          if (!closing) {
            end = out.remove(i--);
          }
        }
        skipping &= !last;
      }
    }

    /** The cause of a failure may quote what came, and that may repeat the request. */
    private static DecoderResult withoutText(Throwable cause) {
      return DecoderResult.failure(
          cause instanceof TooLongFrameException
              ? cause
              : new DecoderException("it is not HTTP/1.1"));
    }

    /** Values of headers are never logged, but their names are. */
    private static void removeNamesWithSecrets(ChannelHandlerContext context, HttpHeaders headers) {
      SecretMask mask = context.channel().attr(MASK).get();
      if (mask != null) {
        headers.names().stream()
            .filter(name -> !mask.hide(name).equals(name))
            .toList()
            .forEach(headers::remove);
      }
    }

    private static boolean isInterim(HttpResponse response) {
      return response.decoderResult().isSuccess()
          && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
          && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    /** Whether a body may follow that the status does not allow, or nothing can be trusted. */
    private static boolean isSuspicious(HttpResponse response) {
      int status = response.status().code();
      return response.decoderResult().isFailure()
          || status < 200
          || status == 204
          || status == 205
          || status == 304;
    }

    /** Keeps the connection out of the pool. */
    private static void retire(ChannelHandlerContext context) {
      Connection.from(context.channel()).markPersistent(false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
      release(context);
      super.channelReadComplete(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
      release(context);
      closing = true;
      super.channelInactive(context);
    }

    private void release(ChannelHandlerContext context) {
      Object held = end;
      if (held != null) {
        end = null;
        context.fireChannelRead(held);
      }
    }
  }
}
