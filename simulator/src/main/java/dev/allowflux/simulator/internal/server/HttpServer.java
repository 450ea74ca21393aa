package dev.allowflux.simulator.internal.server;

import dev.allowflux.simulator.internal.api.ApiService;
import dev.allowflux.simulator.internal.exchange.RequestLog;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Listens on the loopback address and owns the event loops and connections. */
public final class HttpServer {
  private static final int MAX_THREADS = 4;
  private static final long CLOSE_SECONDS = 5;

  /** A filter for the longest pattern, percent-encoded, takes some 12,000 characters. */
  private static final int MAX_HEAD_PART = 32 << 10;

  /**
   * Settings of the sockets.
   *
   * @param port 0 for any free port
   * @param idleTimeout zero for no limit
   * @param certificate null for plain HTTP
   */
  public record Settings(
      int port,
      Duration idleTimeout,
      Latency latency,
      int maxBodyBytes,
      LongSupplier clock,
      @Nullable SelfSignedCertificate certificate) {}

  private final EventLoopGroup loops;

  /** The server's channel and those of all connections. */
  private final ChannelGroup channels;

  private final AtomicBoolean closing = new AtomicBoolean();
  private final int port;

  /**
   * Starts to listen; waits until that is done.
   *
   * @throws UncheckedIOException if the port cannot be bound
   */
  // The group of Netty 4.1, deprecated in 4.2: a simulator runs on both.
  @SuppressWarnings("deprecation")
  public HttpServer(Settings settings, ApiService service, RequestLog log) {
    SslContext tls = settings.certificate == null ? null : tls(settings.certificate);
    int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    loops = new NioEventLoopGroup(threads, (ThreadFactory) HttpServer::thread);
    channels = new DefaultChannelGroup(loops.next(), true);
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channels.add(channel);
                    initialize(channel, settings, tls, service, log);
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), settings.port)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Future<?> unused = close();
      throw new UncheckedIOException(
          new IOException("cannot listen on port " + settings.port, bound.cause()));
    }
    Channel server = bound.channel();
    channels.add(server);
    port = ((InetSocketAddress) server.localAddress()).getPort();
  }

  private static void initialize(
      SocketChannel channel,
      Settings settings,
      @Nullable SslContext tls,
      ApiService service,
      RequestLog log) {
    if (!settings.idleTimeout.isZero()) {
      channel
          .pipeline()
          .addLast(
              new IdleStateHandler(0, 0, settings.idleTimeout.toNanos(), TimeUnit.NANOSECONDS));
    }
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_HEAD_PART)
            .setMaxHeaderSize(MAX_HEAD_PART);
    channel
        .pipeline()
        .addLast(new HttpRequestDecoder(limits))
        .addLast(
            new ConnectionHandler(
                service, log, settings.clock, settings.latency, settings.maxBodyBytes));
  }

  private static SslContext tls(SelfSignedCertificate certificate) {
    try {
      return SslContextBuilder.forServer(certificate.key(), certificate.certificate())
          .sslProvider(SslProvider.JDK)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS cannot be set up", e);
    }
  }

  /** A daemon; detectors of blocking calls that a user's test installs skip it. */
  private static Thread thread(Runnable loop) {
    Thread thread =
        new FastThreadLocalThread(loop, "api-simulator") {
          @Override
          public boolean permitBlockingCalls() {
            return true;
          }
        };
    thread.setDaemon(true);
    return thread;
  }

  /** Runs a task again and again, with a pause between, until it is cancelled or all is closed. */
  public Future<?> repeat(Runnable task, Duration pause) {
    return loops.scheduleWithFixedDelay(task, 0, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  public int port() {
    return port;
  }

  /** Closes all channels and then ends the loops, within some seconds; only once. */
  @SuppressWarnings("FutureReturnValueIgnored") // The future of the loops comes after this one.
  public Future<?> close() {
    // A loop that ends earlier leaves channels open, or has no place for one just accepted.
    if (closing.compareAndSet(false, true)) {
      channels
          .close()
          .addListener(closed -> loops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS));
    }
    return loops.terminationFuture();
  }
}
