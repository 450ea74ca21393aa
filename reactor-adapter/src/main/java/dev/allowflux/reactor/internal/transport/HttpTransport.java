package dev.allowflux.reactor.internal.transport;

import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.ApiResult;
import dev.allowflux.reactor.internal.call.AttemptTimeouts;
import dev.allowflux.reactor.internal.call.SendPermit;
import dev.allowflux.reactor.internal.call.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.FutureMono;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;
import reactor.netty.transport.ProxyProvider;

/**
 * Carries exchanges over HTTP/1.1: the client, its connections and their limits. Nothing outside
 * this package touches Reactor Netty but the customiser of the settings.
 */
public final class HttpTransport implements Transport {

  /** Well below the idle time after which servers close, so that a reused connection is alive. */
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);

  private static final Duration MAX_LIFE = Duration.ofMinutes(5);

  /** As much as is read at once. The default cuts that into eight, each with a cost of its own. */
  private static final int LARGEST_PIECE = 64 << 10;

  private static final int MAX_WAITING_FOR_CONNECTION = 10_000;

  /** Every open connection: a pool that is closed leaves those alone that are in use. */
  private final ChannelGroup channels =
      new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

  /** Begun by the first who subscribes, and brought to its end whoever cancels. */
  private final Mono<Void> closing;

  final HttpClient client;
  final Consumer<BiConsumer<String, String>> credential;
  final String baseUrl;
  final String userAgent;
  final int maxBodyBytes;
  final AttemptTimeouts attemptTimeouts;
  final Duration stallTimeout;

  /**
   * Makes a transport; no connection is opened.
   *
   * @param settings address and limits
   * @param credential writes the headers of the credential, anew for each attempt
   */
  public HttpTransport(
      TransportSettings settings, Consumer<BiConsumer<String, String>> credential) {
    ConnectionProvider connections = connections(settings);
    // The first completes when no connection is in use any more, or the grace period is over.
    this.closing =
        Mono.defer(connections::disposeLater)
            .then(Mono.defer(() -> FutureMono.from(channels.close())))
            .cache();
    this.client = client(settings, connections, channels);
    this.credential = credential;
    this.baseUrl = settings.baseUrl().toString();
    this.userAgent = (settings.userAgent() + " allowflux/" + version()).strip();
    this.maxBodyBytes = settings.maxBodyBytes();
    this.attemptTimeouts = settings.attemptTimeouts();
    this.stallTimeout = settings.stallTimeout();
  }

  private static ConnectionProvider connections(TransportSettings settings) {
    ConnectionProvider.Builder connections =
        ConnectionProvider.builder("allowflux")
            .maxConnections(settings.connections().max())
            .pendingAcquireMaxCount(MAX_WAITING_FOR_CONNECTION)
            .maxIdleTime(MAX_IDLE)
            .maxLifeTime(MAX_LIFE)
            .evictInBackground(MAX_IDLE)
            // Zero is no limit here too; without this call it would be 45 s.
            .pendingAcquireTimeout(settings.connections().acquireTimeout())
            .lifo();
    if (!settings.connections().closeGrace().isZero()) {
      connections.disposeTimeout(settings.connections().closeGrace());
    }
    return connections.build();
  }

  private static HttpClient client(
      TransportSettings settings, ConnectionProvider connections, ChannelGroup channels) {
    HttpDecoderConfig decoding =
        new HttpDecoderConfig()
            .setMaxHeaderSize(settings.maxHeaderBytes())
            .setMaxChunkSize(LARGEST_PIECE);
    HttpClient client =
        settings
            .customizer()
            .apply(HttpClient.create(connections))
            .compress(settings.compression())
            .disableRetry(true)
            .followRedirect(false)
            .wiretap(false)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(settings.connections().connectTimeout().toMillis()))
            .doOnChannelInit(
                (observer, channel, address) -> {
                  channels.add(channel);
                  OneResponseCodec.install(channel, decoding);
                });
    // HTTP/1.1 is the default. To set it again would load all of TLS, which a plain address needs
    // not and which is a third of the start of a small program.
    if (!List.of(client.configuration().protocols()).equals(List.of(HttpProtocol.HTTP11))) {
      client = client.protocol(HttpProtocol.HTTP11);
    }
    HttpProxy proxy = settings.connections().proxy();
    if (proxy != null) {
      // The proxy looks up the name of the API, whatever resolver the customiser has set.
      client =
          client
              .proxy(spec -> through(proxy, spec.type(ProxyProvider.Proxy.HTTP)))
              .resolver(NoopAddressResolverGroup.INSTANCE);
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
                      .handshakeTimeout(settings.connections().handshakeTimeout()));
    }
    return client;
  }

  private static void through(HttpProxy proxy, ProxyProvider.AddressSpec spec) {
    ProxyProvider.Builder builder = spec.socketAddress(proxy.address());
    if (proxy.user() != null && proxy.password() != null) {
      builder.username(proxy.user()).password(user -> proxy.password());
    }
  }

  private static @Nullable TrustManagerFactory trust(TransportSettings settings) {
    if (settings.connections().trustStore() == null) {
      return null;
    }
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(settings.connections().trustStore());
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
      ApiRequest request, ResponseReader<T> reader, SendPermit permit) {
    return Mono.defer(() -> new HttpExchange<>(this, request, reader, permit).run());
  }

  @Override
  public Mono<Void> close() {
    return closing;
  }

  @Override
  public void startClose() {
    CompletableFuture<Void> unused = closing.toFuture();
  }
}
