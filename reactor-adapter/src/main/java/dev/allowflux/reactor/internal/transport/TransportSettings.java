package dev.allowflux.reactor.internal.transport;

import dev.allowflux.reactor.internal.call.AttemptTimeouts;
import java.net.URI;
import java.security.KeyStore;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * The server and the limits of a connection and of an exchange. A duration of zero is no limit.
 *
 * @param baseUrl the address of the API
 * @param userAgent the product name in front of the library's own, or empty
 * @param connections the limits of connections
 * @param attemptTimeouts how long an exchange may take from its sending
 * @param stallTimeout how long the body of a response may pause
 * @param compression whether responses are requested in gzip
 * @param maxBodyBytes how many bytes a body may have
 * @param maxHeaderBytes how many bytes the headers of a response may have
 * @param customizer changes the Reactor Netty client
 */
public record TransportSettings(
    URI baseUrl,
    String userAgent,
    Connections connections,
    AttemptTimeouts attemptTimeouts,
    Duration stallTimeout,
    boolean compression,
    int maxBodyBytes,
    int maxHeaderBytes,
    UnaryOperator<HttpClient> customizer) {

  /**
   * The limits of connections.
   *
   * @param max how many are open at most
   * @param acquireTimeout how long a call may wait for one
   * @param connectTimeout how long opening one may take
   * @param handshakeTimeout how long the TLS handshake may take
   * @param closeGrace how long they may go on once the client is being closed
   * @param proxy the proxy, or null
   * @param trustStore the trusted certificates, or null for the JDK's
   */
  public record Connections(
      int max,
      Duration acquireTimeout,
      Duration connectTimeout,
      Duration handshakeTimeout,
      Duration closeGrace,
      @Nullable HttpProxy proxy,
      @Nullable KeyStore trustStore) {}
}
