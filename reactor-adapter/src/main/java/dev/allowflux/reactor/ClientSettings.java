package dev.allowflux.reactor;

import dev.allowflux.reactor.internal.call.AttemptTimeouts;
import dev.allowflux.reactor.internal.call.CallSettings;
import dev.allowflux.reactor.internal.transport.HttpProxy;
import dev.allowflux.reactor.internal.transport.TransportSettings;
import io.github.resilience4j.ratelimiter.RateLimiter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * What a client needs to know: whom to call, as whom, and within which limits. Longer than most,
 * since each setting carries its whole contract.
 *
 * <p>Immutable. Every setting but the credential has a default; a later call of a builder method
 * replaces an earlier one. Limits are {@link Duration}s, and {@link Duration#ZERO} means "no limit"
 * for each of them.
 *
 * @since 0.1
 */
public final class ClientSettings {

  /** The address of the public API. */
  public static final String DEFAULT_BASE_URL = "https://api.cloudflare.com/client/v4";

  private final Builder values;

  private ClientSettings(Builder values) {
    this.values = values;
  }

  /**
   * Settings with a credential and the default of everything else.
   *
   * @param credential who calls
   * @return the settings
   */
  public static ClientSettings of(Credential credential) {
    return builder(credential).build();
  }

  /**
   * Starts settings.
   *
   * @param credential who calls
   * @return a builder with the defaults
   */
  public static Builder builder(Credential credential) {
    return new Builder(Objects.requireNonNull(credential, "credential"));
  }

  /**
   * A builder that starts from these settings.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    return new Builder(values);
  }

  /**
   * Returns what {@link Builder#credential(Credential)} has set, or the default.
   *
   * @return who calls
   */
  public Credential credential() {
    return values.credential;
  }

  /**
   * Returns what {@link Builder#baseUrl(String)} has set, or the default.
   *
   * @return the address of the API, without a slash at its end
   */
  public String baseUrl() {
    return values.baseUrl.toString();
  }

  /**
   * Returns what {@link Builder#pageSize(int)} has set, or the default.
   *
   * @return how many policies a page has at most
   */
  public int pageSize() {
    return values.pageSize;
  }

  /**
   * Returns what {@link Builder#readAhead(int)} has set, or the default.
   *
   * @return how many pages are read ahead of demand
   */
  public int readAhead() {
    return values.readAhead;
  }

  /**
   * Returns what {@link Builder#rateLimiter(RateLimiter)} has set, or the default.
   *
   * @return what lets calls through
   */
  public RateLimiter rateLimiter() {
    return values.rateLimiter;
  }

  /**
   * Returns what {@link Builder#maxAttempts(int)} has set, or the default.
   *
   * @return how many attempts a call has in all
   */
  public int maxAttempts() {
    return values.maxAttempts;
  }

  /**
   * Returns what {@link Builder#maxBackoff(Duration)} has set, or the default.
   *
   * @return how long a call may spend in backoff; zero for no limit
   */
  public Duration maxBackoff() {
    return values.maxBackoff;
  }

  /**
   * Returns what {@link Builder#firstBackoff(Duration)} has set, or the default.
   *
   * @return the longest backoff after the first attempt
   */
  public Duration firstBackoff() {
    return values.firstBackoff;
  }

  /**
   * Returns what {@link Builder#resolveUnknownCreates(boolean)} has set, or the default.
   *
   * @return whether a create of unknown outcome is resolved by reading back
   */
  public boolean resolveUnknownCreates() {
    return values.resolveUnknownCreates;
  }

  /**
   * Returns what {@link Builder#connectTimeout(Duration)} has set, or the default.
   *
   * @return the limit for opening a TCP connection; zero for none
   */
  public Duration connectTimeout() {
    return values.connectTimeout;
  }

  /**
   * Returns what {@link Builder#handshakeTimeout(Duration)} has set, or the default.
   *
   * @return the limit for the TLS handshake; zero for none
   */
  public Duration handshakeTimeout() {
    return values.handshakeTimeout;
  }

  /**
   * Returns what {@link Builder#acquireTimeout(Duration)} has set, or the default.
   *
   * @return the limit for a wait for a connection; zero for none
   */
  public Duration acquireTimeout() {
    return values.acquireTimeout;
  }

  /**
   * Returns what {@link Builder#stallTimeout(Duration)} has set, or the default.
   *
   * @return the limit for a pause within a body; zero for none
   */
  public Duration stallTimeout() {
    return values.stallTimeout;
  }

  /**
   * Returns what {@link Builder#attemptTimeout(Duration)} has set, or the default.
   *
   * @return the limit for an attempt; zero for none
   */
  public Duration attemptTimeout() {
    return values.attemptTimeout;
  }

  /**
   * Returns what {@link Builder#batchAttemptTimeout(Duration)} has set, or the default.
   *
   * @return the limit for an attempt of a batch; zero for none
   */
  public Duration batchAttemptTimeout() {
    return values.attemptTimeouts().batch();
  }

  /**
   * Returns what {@link Builder#operationTimeout(Duration)} has set, or the default.
   *
   * @return the limit for a call with all its waits; zero for none
   */
  public Duration operationTimeout() {
    return values.operationTimeout;
  }

  /**
   * Returns what {@link Builder#streamTimeout(Duration)} has set, or the default.
   *
   * @return the limit for a whole listing; zero for none
   */
  public Duration streamTimeout() {
    return values.streamTimeout;
  }

  /**
   * Returns what {@link Builder#closeGrace(Duration)} has set, or the default.
   *
   * @return how long requests may go on once the client is closed
   */
  public Duration closeGrace() {
    return values.closeGrace;
  }

  /**
   * Returns what {@link Builder#maxConnections(int)} has set, or the default.
   *
   * @return how many connections are opened at most
   */
  public int maxConnections() {
    return values.maxConnections;
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

  /**
   * Returns what {@link Builder#userAgent(String)} has set, or the default.
   *
   * @return what stands before the library's product name; empty for nothing
   */
  public String userAgent() {
    return values.userAgent;
  }

  /**
   * Returns what {@link Builder#events(CallEvents)} has set, or the default.
   *
   * @return the observer, as it was set
   */
  public CallEvents events() {
    return values.events;
  }

  /** The observer, whose failures hurt no call. */
  CallEvents guardedEvents() {
    return CallEvents.composite(List.of(values.events));
  }

  /** The limits of a call. */
  CallSettings calls() {
    return new CallSettings(
        values.maxAttempts,
        values.firstBackoff,
        values.maxBackoff,
        values.attemptTimeouts(),
        values.operationTimeout,
        guardedEvents(),
        values.baseUrl.toString());
  }

  /** The server and the limits of connections and exchanges. */
  TransportSettings transport() {
    return new TransportSettings(
        values.baseUrl,
        values.userAgent,
        new TransportSettings.Connections(
            values.maxConnections,
            values.acquireTimeout,
            values.connectTimeout,
            values.handshakeTimeout,
            values.closeGrace,
            values.proxy,
            values.trustStore),
        values.attemptTimeouts(),
        values.stallTimeout,
        values.compression,
        values.maxBodyBytes,
        values.maxHeaderBytes,
        values.httpClient);
  }

  /** Shows the address, the scheme of the credential and the page size, and no secret. */
  @Override
  public String toString() {
    return "ClientSettings["
        + values.baseUrl
        + ", "
        + values.credential
        + ", pageSize="
        + values.pageSize
        + "]";
  }

  /**
   * Collects settings. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private Credential credential;
    private URI baseUrl = URI.create(DEFAULT_BASE_URL);
    private int pageSize = 1000;
    private int readAhead = 1;
    private RateLimiter rateLimiter;
    private int maxAttempts = 4;
    private Duration maxBackoff = Duration.ofSeconds(30);
    private Duration firstBackoff = Duration.ofMillis(500);
    private boolean resolveUnknownCreates;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration handshakeTimeout = Duration.ofSeconds(5);
    private Duration acquireTimeout = Duration.ofSeconds(30);
    private Duration stallTimeout = Duration.ofSeconds(15);
    private Duration attemptTimeout = Duration.ofSeconds(30);
    private @Nullable Duration batchAttemptTimeout;
    private Duration operationTimeout = Duration.ofMinutes(10);
    private Duration streamTimeout = Duration.ZERO;
    private Duration closeGrace = Duration.ofSeconds(5);
    private int maxConnections = 32;
    private boolean compression = true;
    private int maxBodyBytes = 16 << 20;
    private int maxHeaderBytes = 32 << 10;
    private @Nullable HttpProxy proxy;
    private @Nullable KeyStore trustStore;
    private UnaryOperator<HttpClient> httpClient = UnaryOperator.identity();
    private String userAgent = "";
    private CallEvents events = CallEvents.none();

    private Builder(Credential credential) {
      this.credential = credential;
      this.rateLimiter = ApiQuota.standard();
    }

    private Builder(Builder other) {
      credential = other.credential;
      baseUrl = other.baseUrl;
      pageSize = other.pageSize;
      readAhead = other.readAhead;
      rateLimiter = other.rateLimiter;
      maxAttempts = other.maxAttempts;
      maxBackoff = other.maxBackoff;
      firstBackoff = other.firstBackoff;
      resolveUnknownCreates = other.resolveUnknownCreates;
      connectTimeout = other.connectTimeout;
      handshakeTimeout = other.handshakeTimeout;
      acquireTimeout = other.acquireTimeout;
      stallTimeout = other.stallTimeout;
      attemptTimeout = other.attemptTimeout;
      batchAttemptTimeout = other.batchAttemptTimeout;
      operationTimeout = other.operationTimeout;
      streamTimeout = other.streamTimeout;
      closeGrace = other.closeGrace;
      maxConnections = other.maxConnections;
      compression = other.compression;
      maxBodyBytes = other.maxBodyBytes;
      maxHeaderBytes = other.maxHeaderBytes;
      proxy = other.proxy;
      trustStore = other.trustStore;
      httpClient = other.httpClient;
      userAgent = other.userAgent;
      events = other.events;
    }

    /**
     * Who calls. A later call replaces the credential that the builder was started with.
     *
     * @param credential exactly one scheme
     * @return this builder
     */
    public Builder credential(Credential credential) {
      this.credential = Objects.requireNonNull(credential, "credential");
      return this;
    }

    /**
     * Where the API is. Its path is kept as it is written, but for one slash at its end. Default
     * {@value ClientSettings#DEFAULT_BASE_URL}.
     *
     * @param url an absolute https address; http only for a loopback host ({@code localhost},
     *     {@code 127.0.0.0/8}, {@code [::1]}), since the credential would travel in the clear
     * @return this builder
     * @throws IllegalArgumentException if the address is neither, or holds a user, a query or a
     *     fragment
     */
    public Builder baseUrl(String url) {
      this.baseUrl = checkedBaseUrl(Objects.requireNonNull(url, "url"));
      return this;
    }

    /**
     * How many policies a page of a listing asks for. Default 1000, which costs the fewest calls.
     *
     * @param policies 1 to 1000 ({@code docs/api-facts.md#listing})
     * @return this builder
     */
    public Builder pageSize(int policies) {
      this.pageSize = inRange("pageSize", policies, 1, 1000);
      return this;
    }

    /**
     * How many pages of a listing may be requested beyond the page whose items are being taken.
     * Default 1: the next page is requested when half of the items of this one are taken, so that a
     * listing of which only the beginning is taken costs one call. With 0 it is requested when an
     * item of it is demanded. Up to {@code max(1, readAhead)} calls of one listing are in flight at
     * once, and as many pages are held.
     *
     * <p>A complete traversal with 2 or more holds up to 40 pages until it is certain that they
     * miss nothing, and fewer in a small heap: no more than an eighth of it, at 512 bytes a policy.
     * That holds for each traversal: several at once hold as many times as much.
     *
     * <p>It reads as far ahead as is demanded, so it is as fast as it can be where 40 pages or more
     * are always demanded, as with {@code limitRate(64, 8)} before an operator that takes pages one
     * by one.
     *
     * @param pages 0 to 8
     * @return this builder
     */
    public Builder readAhead(int pages) {
      this.readAhead = inRange("readAhead", pages, 0, 8);
      return this;
    }

    /**
     * What the credential may send. Default: an {@link ApiQuota#standard()} that belongs to these
     * settings, so that clients made from the same settings share it. Give the same {@link
     * ApiQuota} to every client of one credential.
     *
     * <p>Any other Resilience4j limiter works too, at a price: its interface cannot take a permit
     * back, so a call that is cancelled while it waits costs a permit; its wait is a delay that was
     * fixed when it began; and the built-in one counts fixed windows from its own birth, which lets
     * up to {@code L * (300 s / P + 1)} calls through in some span of 300 s for a limit L and a
     * cycle P. Keep that product at or below 1200: a limit of 200 in 60 s or of 38 in 10 s is safe,
     * 1200 in 300 s is not. Pauses after a 429 and the service's rate-limit headers are honoured
     * for this client in either case.
     *
     * @param limiter the limiter; not closed or changed by the client
     * @return this builder
     */
    public Builder rateLimiter(RateLimiter limiter) {
      this.rateLimiter = Objects.requireNonNull(limiter, "limiter");
      return this;
    }

    /**
     * How many attempts one call has in all. Default 4. Reads, edits and deletes are retried after
     * a 408, a 429, a 5xx other than 501 and 505, a lost connection, a time-out, or a response that
     * cannot be read; creates and batches only after a 429, or when provably nothing was sent. A
     * write is not retried after a well-formed response that lacks what it must hold. A 4xx other
     * than these is never retried, nor a handshake with a server whose certificate is not trusted.
     *
     * @param attempts 1 to 100; 1 means no retry
     * @return this builder
     */
    public Builder maxAttempts(int attempts) {
      this.maxAttempts = inRange("maxAttempts", attempts, 1, 100);
      return this;
    }

    /**
     * How long one call may spend in backoff between its attempts, in all. Default 30 s. A wait
     * that the service asks for does not count, it is bounded by {@link
     * #operationTimeout(Duration)} alone.
     *
     * @param backoff zero means no limit
     * @return this builder
     */
    public Builder maxBackoff(Duration backoff) {
      this.maxBackoff = limit("maxBackoff", backoff);
      return this;
    }

    /**
     * Sets the longest backoff after the first attempt of a call. Default 500 ms. Each backoff is a
     * random part of the longest, which doubles with each attempt up to 8 s.
     *
     * @param backoff zero for retries without a pause; not negative
     * @return this builder
     */
    public Builder firstBackoff(Duration backoff) {
      if (backoff.isNegative()) {
        throw new IllegalArgumentException("firstBackoff must not be negative, but is " + backoff);
      }
      this.firstBackoff = backoff;
      return this;
    }

    /**
     * Whether a create of unknown outcome is resolved by reading back: the policies with exactly
     * its pattern are listed, and one that matches the requested policy is returned as if it had
     * been created. Default off. One that was there before, made by somebody else, is taken too,
     * since nothing tells them apart.
     *
     * @param resolve true to read back
     * @return this builder
     */
    public Builder resolveUnknownCreates(boolean resolve) {
      this.resolveUnknownCreates = resolve;
      return this;
    }

    /**
     * How long opening a TCP connection may take. Default 5 s.
     *
     * @param timeout zero means no limit but the operating system's
     * @return this builder
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = limit("connectTimeout", timeout);
      return this;
    }

    /**
     * How long the TLS handshake may take. Default 5 s.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder handshakeTimeout(Duration timeout) {
      this.handshakeTimeout = limit("handshakeTimeout", timeout);
      return this;
    }

    /**
     * How long a call may wait for a connection when all {@link #maxConnections(int)} are in use.
     * Default 30 s. A call that gives up here has sent nothing.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder acquireTimeout(Duration timeout) {
      this.acquireTimeout = limit("acquireTimeout", timeout);
      return this;
    }

    /**
     * How long the body of a response may pause between two pieces. Default 15 s.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder stallTimeout(Duration timeout) {
      this.stallTimeout = limit("stallTimeout", timeout);
      return this;
    }

    /**
     * How long one attempt may take from the sending of its request to the last byte of its
     * response's body, however steadily the bytes come. Default 30 s. Attempts of a batch have
     * {@link #batchAttemptTimeout(Duration)} instead.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder attemptTimeout(Duration timeout) {
      this.attemptTimeout = limit("attemptTimeout", timeout);
      return this;
    }

    /**
     * How long one attempt of a batch may take. Default four times the {@link
     * #attemptTimeout(Duration)}, which is 2 min: the service may need long for a thousand changes,
     * and a batch that is given up has to be looked up before any of it may be sent again. A batch
     * that was sent and given up keeps its place in the quota for as long.
     *
     * @param timeout zero means no limit; not shorter than {@link #attemptTimeout(Duration)}
     * @return this builder
     */
    public Builder batchAttemptTimeout(Duration timeout) {
      this.batchAttemptTimeout = limit("batchAttemptTimeout", timeout);
      return this;
    }

    /**
     * How long one call may take in all: waits for permits, attempts and backoff. Default 10 min,
     * longer than the five minutes for which the API blocks an account, so that a call waits its
     * turn rather than fail. Of a listing each page is such a call. A wait that is known not to end
     * within the limit fails at once as {@code Throttled} and says when to come back.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder operationTimeout(Duration timeout) {
      this.operationTimeout = limit("operationTimeout", timeout);
      return this;
    }

    /**
     * How long a whole listing may take from its subscription, the time its consumer takes
     * included. Default zero, no limit.
     *
     * @param timeout zero means no limit
     * @return this builder
     */
    public Builder streamTimeout(Duration timeout) {
      this.streamTimeout = limit("streamTimeout", timeout);
      return this;
    }

    /**
     * How long requests under way may go on once the client is being closed. Default 5 s.
     *
     * @param grace zero closes their connections at once
     * @return this builder
     */
    public Builder closeGrace(Duration grace) {
      this.closeGrace = limit("closeGrace", grace);
      return this;
    }

    /**
     * How many connections the client opens at most. Default 32. Further calls wait for one.
     *
     * @param connections 1 to 10000
     * @return this builder
     */
    public Builder maxConnections(int connections) {
      this.maxConnections = inRange("maxConnections", connections, 1, 10_000);
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
      this.maxBodyBytes = inRange("maxBodyBytes", bytes, 1 << 10, 1 << 30);
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
      this.maxHeaderBytes = inRange("maxHeaderBytes", bytes, 1 << 10, 1 << 20);
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
     * What stands before the library's own product name in {@code User-Agent}. Default nothing.
     *
     * @param product such as {@code my-service/1.4}; visible ASCII and spaces
     * @return this builder
     */
    public Builder userAgent(String product) {
      if (!product.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
        throw new IllegalArgumentException("userAgent holds a character outside printable ASCII");
      }
      this.userAgent = product.strip();
      return this;
    }

    /**
     * Sets the observer of calls: starts, waits, attempts, retries, ends, pages. Default none,
     * which costs nothing. A later call replaces an earlier one: to have several observers, give
     * {@link CallEvents#andThen one after another}.
     *
     * @param events the observer
     * @return this builder
     */
    public Builder events(CallEvents events) {
      this.events = Objects.requireNonNull(events, "events");
      return this;
    }

    /**
     * Takes the settings as they stand.
     *
     * @return the settings
     * @throws IllegalArgumentException if a batch has less time for an attempt than other calls
     */
    public ClientSettings build() {
      Duration batch = attemptTimeouts().batch();
      if (!batch.isZero() && (attemptTimeout.isZero() || batch.compareTo(attemptTimeout) < 0)) {
        throw new IllegalArgumentException(
            "batchAttemptTimeout must not be shorter than attemptTimeout, but "
                + batch
                + " is shorter than "
                + (attemptTimeout.isZero() ? "no limit" : attemptTimeout.toString()));
      }
      return new ClientSettings(new Builder(this));
    }

    private AttemptTimeouts attemptTimeouts() {
      return new AttemptTimeouts(
          attemptTimeout,
          batchAttemptTimeout == null ? attemptTimeout.multipliedBy(4) : batchAttemptTimeout);
    }

    static int inRange(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            name + " must be from " + least + " to " + most + ", but is " + value);
      }
      return value;
    }

    static Duration limit(String name, Duration value) {
      if (value.isNegative()) {
        throw new IllegalArgumentException(
            name + " must be positive, or zero for no limit, but is " + value);
      }
      return value;
    }

    private static URI checkedBaseUrl(String url) {
      URI uri;
      try {
        uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException(
            "base URL is not an address: " + e.getReason() + " at index " + e.getIndex(), e);
      }
      String scheme = uri.getScheme();
      String host = uri.getHost();
      if (host == null || !("https".equalsIgnoreCase(scheme) || "http".equalsIgnoreCase(scheme))) {
        throw new IllegalArgumentException(
            "base URL must be an absolute https address such as " + DEFAULT_BASE_URL);
      }
      if (uri.getRawUserInfo() != null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null) {
        throw new IllegalArgumentException("base URL must not hold a user, a query or a fragment");
      }
      if ("http".equalsIgnoreCase(scheme) && !isLoopback(host)) {
        throw new IllegalArgumentException(
            "base URL must be https, since http would send the credential in the clear; http is"
                + " accepted for loopback hosts only, not for "
                + host);
      }
      return uri;
    }

    private static boolean isLoopback(String host) {
      return host.equalsIgnoreCase("localhost")
          || host.equals("[::1]")
          || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }
  }
}
