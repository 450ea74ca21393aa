package dev.allowflux.reactor.internal.transport;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ApiResponse;
import dev.allowflux.internal.http.ResponseHeaders;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.internal.text.SecretMask;
import dev.allowflux.model.ApiResult;
import dev.allowflux.reactor.internal.call.SendPermit;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/** One request and its response, at most one of each. */
final class HttpExchange<T> {

  private static final int MAX_ERROR_BODY = 64 << 10;
  private static final int NOT_FOUND = 404;
  private static final String BEARER = "Bearer ";

  private final HttpTransport transport;
  private final ApiRequest request;
  private final ResponseReader<T> reader;
  private final SendPermit permit;
  private final ExchangeFailures failures;
  private final Duration attemptTimeout;
  private volatile SecretMask mask = SecretMask.NONE;
  private final Sinks.Empty<Void> sending = Sinks.empty();

  /** Fails when the connection is lost before a response came, or what came is none. */
  private final Sinks.Empty<Void> loss = Sinks.empty();

  private volatile @Nullable Connection connection;
  private volatile @Nullable Channel channel;
  private volatile boolean cancelled;
  private volatile int status;
  private volatile @Nullable ResponseHeaders headers;
  private volatile long lastReceived;
  private volatile boolean stalled;

  HttpExchange(
      HttpTransport transport, ApiRequest request, ResponseReader<T> reader, SendPermit permit) {
    this.transport = transport;
    this.request = request;
    this.reader = reader;
    this.permit = permit;
    this.failures = new ExchangeFailures(request);
    this.attemptTimeout = transport.attemptTimeouts.of(request.operation());
  }

  Mono<ApiResult<T>> run() {
    Mono<ApiResult<T>> response =
        transport
            .client
            .request(HttpMethod.valueOf(request.method().name()))
            .uri(transport.baseUrl + request.pathAndQuery())
            .send(this::send)
            .response(this::receive)
            .next()
            .doOnCancel(this::abandon)
            .cancelOn(Schedulers.fromExecutor(this::cancel))
            .takeUntilOther(loss.asMono())
            .switchIfEmpty(
                Mono.error(
                    () -> failures.unavailable("the response did not come", progress(), null)));
    return timed(response)
        .flatMap(result -> afterRelease(Mono.just(result)))
        .onErrorResume(this::failed)
        .contextWrite(LateFailures::handledIn);
  }

  private Mono<ApiResult<T>> failed(Throwable cause) {
    Mono<ApiResult<T>> failed = Mono.error(failures.of(cause, progress()));
    // A refusal must hold back the calls that wait for this very connection.
    return cause instanceof Throttled ? failed : afterRelease(failed);
  }

  private ExchangeFailures.Progress progress() {
    return new ExchangeFailures.Progress(permit.isSent(), status == 0 ? null : status);
  }

  private Publisher<Void> send(HttpClientRequest http, NettyOutbound outbound) {
    byte[] body = request.body();
    RuntimeException noCredential = writeHeaders(http, body);
    outbound.withConnection(
        bound -> {
          // Not so if the call was cancelled while it waited for the connection.
          if (bound.channel().isRegistered()) {
            // Kept by itself, since a connection forgets its channel when it ends.
            channel = bound.channel();
            connection = bound;
            bound.channel().attr(OneResponseCodec.WRITTEN).set(permit::written);
            bound.channel().attr(OneResponseCodec.LOST).set(this::lost);
            bound.channel().attr(OneResponseCodec.MASK).set(mask);
          }
        });
    if (noCredential != null) {
      // Thrown, it would be logged by Reactor Netty with all that its supplier says.
      loss.tryEmitError(noCredential);
      abandon();
      return Mono.never();
    }
    // A cancel sets its mark before it looks for the channel, so one of the two sees the other.
    if (cancelled || !permit.send()) {
      abandon();
      return Mono.never();
    }
    sending.tryEmitEmpty();
    return body == null
        ? outbound
        : outbound.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)));
  }

  /** Returns what the supplier of the credential threw, or null. */
  private @Nullable RuntimeException writeHeaders(HttpClientRequest http, byte @Nullable [] body) {
    List<String> secrets = new ArrayList<>(2);
    try {
      transport.credential.accept(
          (name, value) -> {
            http.header(name, value);
            secrets.add(secret(value));
          });
    } catch (RuntimeException e) {
      return e;
    }
    request.headers().forEach(http::header);
    mask = SecretMask.of(secrets);
    http.header(HttpHeaderNames.USER_AGENT, transport.userAgent);
    http.header(HttpHeaderNames.ACCEPT, "application/json");
    if (body != null) {
      http.header(HttpHeaderNames.CONTENT_TYPE, "application/json");
      http.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
    }
    return null;
  }

  /**
   * Ends the exchange when its connection is lost before a response came, or what came is no
   * response. Reactor Netty is left before it hears of it: it would log it as a warning with a
   * stack trace, although it is a failure like others here, and perhaps retried.
   */
  private boolean lost(Throwable cause) {
    if (status != 0
        || cancelled
        || loss.tryEmitError(
                cause instanceof DecoderException
                    ? cause
                    : new IOException("connection lost", cause))
            .isFailure()) {
      return false;
    }
    Connection bound = connection;
    Channel used = channel;
    if (bound != null && used != null && ChannelOperations.get(used) == bound) {
      bound.dispose();
    }
    return true;
  }

  /**
   * Cancels where responses are read, unless nothing is sent yet, and then nothing will be. A
   * cancel on another thread that meets the last byte of the response would close the connection
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
   * but for two moments: it still sends on a connection that was opened meanwhile, and it loses a
   * response, and the connection with it, whose first line arrives just then.
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
    // First the time, then the status that makes the watch over the body look at it.
    lastReceived = permit.now();
    status = response.status().code();
    permit.responded();
    ResponseHeaders received = ResponseHeaders.of(response.responseHeaders()::getAll);
    headers = received;
    boolean success = isSuccess();
    return Mono.using(
        () -> new ResponseBody(success ? transport.maxBodyBytes : MAX_ERROR_BODY),
        body -> {
          Mono<Void> whole =
              content
                  .<Void>handle(
                      (piece, sink) -> {
                        lastReceived = permit.now();
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
          return whole.then(Mono.fromSupplier(() -> body.read(status, received, mask, this::read)));
        },
        ResponseBody::release);
  }

  private boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** The part of a header's value that nobody else may see. */
  private static String secret(String value) {
    return value.startsWith(BEARER) ? value.substring(BEARER.length()) : value;
  }

  private ApiResult<T> read(ApiResponse response) {
    try {
      return reader.read(request, response);
    } catch (Malformed contradiction) {
      Connection bound = connection;
      if (bound != null) {
        // It may be the response to another request; then the next one would be, too.
        bound.markPersistent(false);
      }
      throw contradiction;
    }
  }

  /**
   * Closes the connection of a response that breaks off. Reactor Netty does not after every error:
   * one that cannot be inflated would stay open, and its place in the pool taken, until the server
   * closes it.
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
          failures.malformed(
              "the body has more than "
                  + transport.maxBodyBytes
                  + " bytes, the limit for responses",
              progress()));
    } else {
      sink.complete();
    }
  }

  /** Ends an attempt that takes too long in all, or whose body stalls. */
  private Mono<ApiResult<T>> timed(Mono<ApiResult<T>> response) {
    if (attemptTimeout.isZero() && transport.stallTimeout.isZero()) {
      return response;
    }
    Mono<Void> expiry =
        sending
            .asMono()
            .then(
                Mono.defer(() -> Mono.delay(untilNextLook()))
                    .repeat(() -> !untilNextLook().isZero())
                    .then());
    return response.timeout(expiry, Mono.defer(this::outOfTime));
  }

  /** How long the exchange may go on without another look at its limits; zero if it may not. */
  private Duration untilNextLook() {
    long now = permit.now();
    long left = Long.MAX_VALUE;
    if (!attemptTimeout.isZero()) {
      left = attemptTimeout.toNanos() - (now - permit.sentAt());
    }
    if (!transport.stallTimeout.isZero()) {
      long idle = status == 0 ? 0 : now - lastReceived;
      long untilStall = transport.stallTimeout.toNanos() - idle;
      stalled = untilStall <= 0;
      left = Math.min(left, untilStall);
    }
    return Duration.ofNanos(Math.max(0, left));
  }

  /**
   * The status of a refusal says more than that its body does not come. But a 404 proves only with
   * its body that a policy is not there, so it is asked for again where that does no harm.
   */
  private Mono<ApiResult<T>> outOfTime() {
    ResponseHeaders received = headers;
    boolean repeats = status == NOT_FOUND && request.operation().isIdempotent();
    if (received != null && !isSuccess() && !repeats) {
      return Mono.fromSupplier(
          () -> read(new ApiResponse(status, received, new byte[0], 0, 0, mask)));
    }
    String what =
        stalled
            ? "the body stalled for " + seconds(transport.stallTimeout)
            : "no whole response within " + seconds(attemptTimeout);
    return Mono.error(failures.unavailable(what, progress(), null));
  }

  private static String seconds(Duration limit) {
    return limit.toMillis() / 1000.0 + " s";
  }
}
