package dev.allowflux.reactor.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ApiResponse;
import dev.allowflux.internal.http.ResponseHeaders;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.ApiResult;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.internal.call.Transport;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpResponseDecoderSpec;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;
import reactor.netty.transport.ProxyProvider;

/** The exchange over HTTP/1.1: the only class that touches Reactor Netty. */
public final class HttpTransport implements Transport {

  /** Well below the idle time after which servers close, so that a reused connection is alive. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);

  private static final Duration MAX_LIFE = Duration.ofMinutes(5);
  private static final int MAX_ERROR_BODY = 64 << 10;

  /** As much as is read at once. The default cuts that into eight, each with a cost of its own. */
  private static final int LARGEST_PIECE = 64 << 10;

  private static final int MAX_WAITING_FOR_CONNECTION = 10_000;

  private static final String BEARER = "Bearer ";

  private final ConnectionProvider connections;
  private final HttpClient client;
  private final Consumer<BiConsumer<String, String>> credential;
  private final String baseUrl;
  private final String userAgent;
  private final int maxBodyBytes;
  private final Duration attemptTimeout;
  private final Duration stallTimeout;

  /**
   * Makes a transport; no connection is opened.
   *
   * @param settings address and limits
   * @param credential writes the headers of the credential, anew for each attempt
   */
  public HttpTransport(ClientSettings settings, Consumer<BiConsumer<String, String>> credential) {
    this.connections = connections(settings);
    this.client = client(settings, connections);
    this.credential = credential;
    this.baseUrl = settings.baseUrl().toString();
    this.userAgent = (settings.userAgent() + " allowflux/" + version()).strip();
    this.maxBodyBytes = settings.maxBodyBytes();
    this.attemptTimeout = settings.attemptTimeout();
    this.stallTimeout = settings.stallTimeout();
  }

  private static ConnectionProvider connections(ClientSettings settings) {
    ConnectionProvider.Builder connections =
        ConnectionProvider.builder("allowflux")
            .maxConnections(settings.maxConnections())
            .pendingAcquireMaxCount(MAX_WAITING_FOR_CONNECTION)
            .maxIdleTime(MAX_IDLE)
            .maxLifeTime(MAX_LIFE)
            .evictInBackground(MAX_IDLE)
            // Zero is no limit here too; without this call it would be 45 s.
            .pendingAcquireTimeout(settings.acquireTimeout())
            .lifo();
    if (!settings.closeGrace().isZero()) {
      connections.disposeTimeout(settings.closeGrace());
    }
    return connections.build();
  }

  private static HttpClient client(ClientSettings settings, ConnectionProvider connections) {
    HttpClient client =
        settings
            .httpClient()
            .apply(HttpClient.create(connections))
            .compress(settings.compression())
            .disableRetry(true)
            .followRedirect(false)
            .wiretap(false)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connectTimeout().toMillis()))
            .httpResponseDecoder(decoder -> decoding(decoder, settings));
    // HTTP/1.1 is the default. To set it again would load all of TLS, which a plain address needs
    // not and which is a third of the start of a small program.
    if (!List.of(client.configuration().protocols()).equals(List.of(HttpProtocol.HTTP11))) {
      client = client.protocol(HttpProtocol.HTTP11);
    }
    InetSocketAddress proxy = settings.proxy();
    if (proxy != null) {
      client = client.proxy(spec -> spec.type(ProxyProvider.Proxy.HTTP).socketAddress(proxy));
    }
    if ("https".equalsIgnoreCase(settings.baseUrl().getScheme())) {
      TrustManagerFactory trust = trust(settings);
      Http11SslContextSpec tls = Http11SslContextSpec.forClient();
      if (trust != null) {
        tls.configure(context -> context.trustManager(trust));
      }
      client =
          client.secure(
              ssl ->
                  ssl.sslContext((GenericSslContextSpec<?>) tls)
                      .handshakeTimeout(settings.handshakeTimeout()));
    }
    return client;
  }

  @SuppressWarnings("deprecation") // for a release of Reactor Netty that is not there yet
  private static HttpResponseDecoderSpec decoding(
      HttpResponseDecoderSpec decoder, ClientSettings settings) {
    return decoder.maxHeaderSize(settings.maxHeaderBytes()).maxChunkSize(LARGEST_PIECE);
  }

  private static @Nullable TrustManagerFactory trust(ClientSettings settings) {
    if (settings.trustStore() == null) {
      return null;
    }
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(settings.trustStore());
      return trust;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the trust store cannot be used: " + e.getMessage(), e);
    }
  }

  private static String version() {
    Properties version = new Properties();
    try (var resource = HttpTransport.class.getResourceAsStream("version.properties")) {
      if (resource != null) {
        version.load(resource);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return version.getProperty("version", "unknown");
  }

  @Override
  public <T> Mono<ApiResult<T>> exchange(
      ApiRequest request, ResponseReader<T> reader, BooleanSupplier mayBeSent) {
    return Mono.defer(() -> new Exchange<>(request, reader, mayBeSent).run());
  }

  @Override
  public Mono<Void> close() {
    return connections.disposeLater();
  }

  @Override
  public void startClose() {
    connections.dispose();
  }

  /** One request and its answer. */
  private final class Exchange<T> {

    private final ApiRequest request;
    private final ResponseReader<T> reader;
    private final BooleanSupplier mayBeSent;
    private final List<byte[]> secrets = new ArrayList<>(2);
    private final Sinks.Empty<Void> sending = Sinks.empty();

    private volatile @Nullable Connection connection;
    private volatile @Nullable Channel channel;
    private volatile boolean cancelled;
    private volatile boolean sent;
    private volatile int status;
    private volatile long lastReceived;
    private volatile long sentAt;
    private volatile boolean stalled;

    Exchange(ApiRequest request, ResponseReader<T> reader, BooleanSupplier mayBeSent) {
      this.request = request;
      this.reader = reader;
      this.mayBeSent = mayBeSent;
    }

    Mono<ApiResult<T>> run() {
      Mono<ApiResult<T>> answer =
          client
              .request(HttpMethod.valueOf(request.method().name()))
              .uri(baseUrl + request.pathAndQuery())
              .send(this::send)
              .response(this::receive)
              .next()
              .doOnCancel(this::abandon)
              .cancelOn(Schedulers.fromExecutor(this::cancel))
              .switchIfEmpty(Mono.error(() -> unavailable("the answer did not come", null)));
      return timed(answer)
          .flatMap(result -> afterRelease(Mono.just(result)))
          .onErrorResume(this::failed);
    }

    private Mono<ApiResult<T>> failed(Throwable cause) {
      Mono<ApiResult<T>> failed = Mono.error(failure(cause));
      // A refusal must hold back the calls that wait for this very connection.
      return cause instanceof Throttled ? failed : afterRelease(failed);
    }

    private Publisher<Void> send(HttpClientRequest http, NettyOutbound outbound) {
      byte[] body = request.body();
      credential.accept(
          (name, value) -> {
            http.header(name, value);
            secrets.add(secret(value).getBytes(US_ASCII));
          });
      http.header(HttpHeaderNames.USER_AGENT, userAgent);
      http.header(HttpHeaderNames.ACCEPT, "application/json");
      if (body != null) {
        http.header(HttpHeaderNames.CONTENT_TYPE, "application/json");
        http.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
      }
      outbound.withConnection(
          bound -> {
            // Not so if the call was cancelled while it waited for the connection.
            if (bound.channel().isRegistered()) {
              // Kept by itself, since a connection forgets its channel when it ends.
              channel = bound.channel();
              connection = bound;
            }
          });
      // A cancel sets its mark before it looks for the channel, so one of the two sees the other.
      if (cancelled || !mayBeSent.getAsBoolean()) {
        abandon();
        return Mono.never();
      }
      sentAt = System.nanoTime();
      sent = true;
      sending.tryEmitEmpty();
      return body == null
          ? outbound
          : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
    }

    /**
     * Cancels where answers are read, unless nothing is sent yet, and then nothing will be. A
     * cancel on another thread that meets the last byte of the answer would close the connection
     * after it went back to the pool, under the request of the call that got it next.
     */
    private void cancel(Runnable upstream) {
      cancelled = true;
      Channel used = channel;
      if (used == null || used.eventLoop().inEventLoop() || used.eventLoop().isShuttingDown()) {
        upstream.run();
      } else {
        used.eventLoop().execute(upstream);
      }
    }

    /**
     * Closes the connection of an exchange that nobody waits for. Reactor Netty does that on cancel
     * but for two moments: it still sends on a connection that was opened meanwhile, and it loses
     * an answer, and the connection with it, whose first line arrives just then.
     */
    private void abandon() {
      Connection bound = connection;
      Channel used = channel;
      if (bound != null && used != null) {
        used.eventLoop()
            .execute(
                () -> {
                  // By now it may serve another exchange.
                  if (ChannelOperations.get(used) == bound) {
                    bound.dispose();
                  }
                });
      }
    }

    /**
     * Ends the exchange once its connection is back in the pool, which happens right after the last
     * byte was delivered: else the next call, made while this one's end is being signalled, would
     * open a second connection.
     */
    private Mono<ApiResult<T>> afterRelease(Mono<ApiResult<T>> end) {
      Channel used = channel;
      EventLoop loop = used == null ? null : used.eventLoop();
      return loop == null || !loop.inEventLoop()
          ? end
          : Mono.<Void>create(sink -> loop.execute(sink::success)).then(end);
    }

    private Publisher<ApiResult<T>> receive(HttpClientResponse response, ByteBufFlux content) {
      status = response.status().code();
      lastReceived = System.nanoTime();
      ResponseHeaders headers = ResponseHeaders.of(response.responseHeaders()::getAll);
      boolean success = status >= 200 && status < 300;
      return Mono.using(
          () -> new ResponseBody(success ? maxBodyBytes : MAX_ERROR_BODY),
          body -> {
            Mono<Void> whole =
                content
                    .<Void>handle(
                        (piece, sink) -> {
                          lastReceived = System.nanoTime();
                          if (!body.add(piece)) {
                            tooLarge(success, sink);
                          }
                        })
                    .doOnError(failure -> closeConnection())
                    .then();
            if (!success) {
              // The status says more than a body that breaks off.
              whole = whole.onErrorComplete();
            }
            return whole.then(Mono.fromSupplier(() -> body.read(status, headers, this::read)));
          },
          ResponseBody::release);
    }

    /** The part of a header's value that nobody else may see. */
    private static String secret(String value) {
      return value.startsWith(BEARER) ? value.substring(BEARER.length()) : value;
    }

    /** A failure quotes the answer, and an answer may quote the request with its credential. */
    private ApiResult<T> read(ApiResponse answer) {
      try {
        return reader.read(request, answer);
      } catch (EmailSecurityException failure) {
        boolean quoted = false;
        for (byte[] secret : secrets) {
          quoted |= mask(secret, answer);
        }
        if (!quoted) {
          throw failure;
        }
        return reader.read(request, answer);
      }
    }

    private static boolean mask(byte[] secret, ApiResponse answer) {
      byte[] bytes = answer.bytes();
      boolean found = false;
      for (int at = answer.offset(), end = at + answer.length() - secret.length; at <= end; at++) {
        if (Arrays.equals(bytes, at, at + secret.length, secret, 0, secret.length)) {
          Arrays.fill(bytes, at, at + secret.length, (byte) '*');
          found = true;
        }
      }
      return found;
    }

    /**
     * Closes the connection of an answer that breaks off. Reactor Netty does not after every error:
     * one that cannot be inflated would stay open, and its place in the pool taken, until the
     * server closes it.
     */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void closeConnection() {
      Channel used = channel;
      if (used != null) {
        used.close();
      }
    }

    private void tooLarge(boolean success, SynchronousSink<Void> sink) {
      if (success) {
        sink.error(
            malformed("the body has more than " + maxBodyBytes + " bytes, the limit for answers"));
      } else {
        sink.complete();
      }
    }

    /** Ends an attempt that takes too long in all, or whose body stalls. */
    private Mono<ApiResult<T>> timed(Mono<ApiResult<T>> answer) {
      if (attemptTimeout.isZero() && stallTimeout.isZero()) {
        return answer;
      }
      Mono<Void> expiry =
          sending
              .asMono()
              .then(
                  Mono.defer(() -> Mono.delay(untilNextLook()))
                      .repeat(() -> !untilNextLook().isZero())
                      .then());
      return answer.timeout(expiry, Mono.error(this::outOfTime));
    }

    /** How long the exchange may go on without another look at its limits; zero if it may not. */
    private Duration untilNextLook() {
      long now = System.nanoTime();
      long left = Long.MAX_VALUE;
      if (!attemptTimeout.isZero()) {
        left = attemptTimeout.toNanos() - (now - sentAt);
      }
      if (!stallTimeout.isZero()) {
        long idle = status == 0 ? 0 : now - lastReceived;
        long untilStall = stallTimeout.toNanos() - idle;
        stalled = untilStall <= 0;
        left = Math.min(left, untilStall);
      }
      return Duration.ofNanos(Math.max(0, left));
    }

    private EmailSecurityException outOfTime() {
      return stalled
          ? unavailable("the body stalled for " + seconds(stallTimeout), null)
          : unavailable("no whole answer within " + seconds(attemptTimeout), null);
    }

    private Throwable failure(Throwable cause) {
      if (cause instanceof EmailSecurityException) {
        return cause;
      }
      if (cause instanceof DecoderException
          && !(cause.getCause() instanceof SSLException)
          && sent) {
        return malformed("the answer cannot be decoded: " + cause.getMessage());
      }
      if (!sent) {
        return unavailable(notSent(cause), cause);
      }
      return unavailable(
          status == 0 ? "the connection failed before an answer came" : "the answer broke off",
          cause);
    }

    private String notSent(Throwable cause) {
      if (cause instanceof PoolAcquireTimeoutException
          || cause instanceof PoolAcquirePendingLimitException) {
        return "no connection was free in time";
      }
      if (cause instanceof UnknownHostException) {
        return "unknown host " + cause.getMessage();
      }
      if (cause instanceof SSLException) {
        return "no secure connection: " + cause.getMessage();
      }
      if (cause instanceof IOException) {
        return "no connection: " + cause.getMessage();
      }
      return "the request could not be made: " + cause.getClass().getSimpleName();
    }

    private Unavailable unavailable(String what, @Nullable Throwable cause) {
      return new Unavailable(details(), what, cause);
    }

    private Malformed malformed(String what) {
      return new Malformed(details(), what);
    }

    private FailureDetails details() {
      return FailureDetails.builder(request.operation(), request.account())
          .status(status == 0 ? null : status)
          .requestSent(status != 0 ? Sent.YES : sent ? Sent.UNKNOWN : Sent.NO)
          .build();
    }

    private static String seconds(Duration limit) {
      return limit.toMillis() / 1000.0 + " s";
    }
  }
}
