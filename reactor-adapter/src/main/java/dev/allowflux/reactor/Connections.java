package dev.allowflux.reactor;

import dev.allowflux.reactor.internal.transport.HttpProxy;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * The connections of a client: how many there are, what they go through, whom they trust, and how
 * large a response may be.
 *
 * <p>Immutable. Every value has a default. What could show a secret or another's object, {@link
 * Builder#proxy proxy}, {@link Builder#trustStore trust store} and {@link Builder#httpClient
 * customizer}, cannot be read again.
 *
 * <pre>{@code
 * ClientSettings.builder(credential).connections(connections -> connections.max(64)).build();
 * }</pre>
 *
 * @since 0.1
 */
public final class Connections {

  private final Builder values;

  private Connections(Builder values) {
    this.values = values;
  }

  /**
   * Returns the defaults.
   *
   * @return the defaults
   */
  public static Connections defaults() {
    return builder().build();
  }

  /**
   * Starts with the defaults.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts with these values.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * Returns what {@link Builder#max(int)} has set, or the default.
   *
   * @return how many connections are opened at most
   */
  public int max() {
    return values.max;
  }

  /**
   * Returns what {@link Builder#compression(boolean)} has set, or the default.
   *
   * @return whether responses are requested in gzip
   */
  public boolean compression() {
    return values.compression;
  }

  /**
   * Returns what {@link Builder#maxBodyBytes(int)} has set, or the default.
   *
   * @return how many bytes the body of a response may have
   */
  public int maxBodyBytes() {
    return values.maxBodyBytes;
  }

  /**
   * Returns what {@link Builder#maxHeaderBytes(int)} has set, or the default.
   *
   * @return how many bytes the headers of a response may have
   */
  public int maxHeaderBytes() {
    return values.maxHeaderBytes;
  }

  @Nullable HttpProxy proxy() {
    return values.proxy;
  }

  @Nullable KeyStore trustStore() {
    return values.trustStore;
  }

  UnaryOperator<HttpClient> httpClient() {
    return values.httpClient;
  }

  /** Shows the numbers, and whether there is a proxy and a trust store of their own. */
  @Override
  public String toString() {
    return "Connections[max="
        + max()
        + ", compression="
        + compression()
        + ", maxBodyBytes="
        + maxBodyBytes()
        + ", maxHeaderBytes="
        + maxHeaderBytes()
        + (values.proxy == null ? "" : ", with a proxy")
        + (values.trustStore == null ? "" : ", with a trust store")
        + "]";
  }

  /**
   * Collects values. A later call of a method replaces an earlier one. Not safe for use by several
   * threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private int max = 32;
    private boolean compression = true;
    private int maxBodyBytes = 16 << 20;
    private int maxHeaderBytes = 32 << 10;
    private @Nullable HttpProxy proxy;
    private @Nullable KeyStore trustStore;
    private UnaryOperator<HttpClient> httpClient = UnaryOperator.identity();

    private Builder() {}

    private Builder(Builder other) {
      max = other.max;
      compression = other.compression;
      maxBodyBytes = other.maxBodyBytes;
      maxHeaderBytes = other.maxHeaderBytes;
      proxy = other.proxy;
      trustStore = other.trustStore;
      httpClient = other.httpClient;
    }

    /**
     * How many connections the client opens at most. Default 32. Further calls wait for one.
     *
     * @param connections 1 to 10000
     * @return this builder
     */
    public Builder max(int connections) {
      this.max = Limits.inRange("connections.max", connections, 1, 10_000);
      return this;
    }

    /**
     * Whether responses are requested in gzip. Default true: a page of 1000 policies shrinks to
     * about a sixth, which pays on any real network. To inflate it costs more than to read it, so
     * for a server on the same machine false is faster. A later call replaces an earlier one, and
     * either replaces what an {@link #httpClient} customiser says.
     *
     * @param gzip true to request gzip
     * @return this builder
     */
    public Builder compression(boolean gzip) {
      this.compression = gzip;
      return this;
    }

    /**
     * How many bytes the body of a response may have after inflating. Default 16 MiB: a page of
     * 1000 policies in which every character is escaped reaches 13. A larger one fails the attempt.
     *
     * @param bytes 1024 to 1 GiB
     * @return this builder
     */
    public Builder maxBodyBytes(int bytes) {
      this.maxBodyBytes = Limits.inRange("connections.maxBodyBytes", bytes, 1 << 10, 1 << 30);
      return this;
    }

    /**
     * How many bytes the headers of a response may have. Default 32 KiB. Larger ones fail the
     * attempt.
     *
     * @param bytes 1024 to 1 MiB
     * @return this builder
     */
    public Builder maxHeaderBytes(int bytes) {
      this.maxHeaderBytes = Limits.inRange("connections.maxHeaderBytes", bytes, 1 << 10, 1 << 20);
      return this;
    }

    /**
     * Sends every call through an HTTP proxy. Default none: neither the environment nor system
     * properties are looked at.
     *
     * @param address the proxy, resolved or not; null for none
     * @return this builder
     */
    public Builder proxy(@Nullable InetSocketAddress address) {
      this.proxy = address == null ? null : new HttpProxy(address, null, null);
      return this;
    }

    /**
     * Sends every call through an HTTP proxy that asks for a user and a password. They are sent to
     * the proxy alone (Basic), by {@code CONNECT} before the connection to the API is secured, so
     * whoever can read the traffic up to the proxy can read them. TLS is verified end to end, as it
     * is without a proxy.
     *
     * @param address the proxy, resolved or not
     * @param user the user; not empty, without a colon
     * @param password the password; in no log, message or text of the library
     * @return this builder
     * @throws IllegalArgumentException if the user is empty or holds a colon, or either a control
     *     character; the message shows neither
     */
    public Builder proxy(InetSocketAddress address, String user, String password) {
      Objects.requireNonNull(address, "address");
      if (user.isEmpty()
          || user.indexOf(':') >= 0
          || user.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "the user of the proxy must not be empty or hold a colon or a control character");
      }
      if (password.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "the password of the proxy must not hold a control character");
      }
      this.proxy = new HttpProxy(address, user, password);
      return this;
    }

    /**
     * Which certificates are trusted. Default the JDK's own trust store. Chain and host name are
     * verified in either case.
     *
     * @param certificates trusted certificates; null for the default
     * @return this builder
     */
    public Builder trustStore(@Nullable KeyStore certificates) {
      this.trustStore = certificates;
      return this;
    }

    /**
     * Changes the Reactor Netty client that carries the calls: event loops, metrics, resolver, TLS
     * versions. It is applied once, before the client's own rules, which it cannot undo: no hidden
     * retry, no redirects, no wiretap, HTTP/1.1, the limits of these settings.
     *
     * @param customizer gets the client and returns a changed one
     * @return this builder
     */
    public Builder httpClient(UnaryOperator<HttpClient> customizer) {
      this.httpClient = Objects.requireNonNull(customizer, "customizer");
      return this;
    }

    /**
     * Takes the values as they stand.
     *
     * @return the values
     */
    public Connections build() {
      return new Connections(new Builder(this));
    }
  }
}
