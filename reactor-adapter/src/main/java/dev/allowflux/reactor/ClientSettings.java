package dev.allowflux.reactor;

import dev.allowflux.reactor.internal.call.AttemptTimeouts;
import dev.allowflux.reactor.internal.call.CallSettings;
import dev.allowflux.reactor.internal.transport.TransportSettings;
import io.github.resilience4j.ratelimiter.RateLimiter;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a client needs to know: whom to call, as whom, and within which limits. Longer than most,
 * since each setting carries its whole contract.
 *
 * <p>Immutable. Every setting but the credential has a default; a later call of a builder method
 * replaces an earlier one. {@link Timeouts}, {@link Retries} and {@link Connections} are groups of
 * settings: either the group is replaced, or some of its values.
 *
 * <pre>{@code
 * ClientSettings settings =
 *     ClientSettings.builder(Credential.apiToken(token))
 *         .timeouts(limits -> limits.operation(Duration.ofMinutes(1)))
 *         .retries(retries -> retries.maxAttempts(6))
 *         .connections(connections -> connections.max(64))
 *         .build();
 * }</pre>
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
   * Returns what {@link Builder#timeouts(Timeouts)} and {@link Builder#timeouts(Consumer)} have
   * set, or the defaults.
   *
   * @return how long the client waits
   */
  public Timeouts timeouts() {
    return values.timeouts.build();
  }

  /**
   * Returns what {@link Builder#retries(Retries)} and {@link Builder#retries(Consumer)} have set,
   * or the defaults.
   *
   * @return how often a call is attempted
   */
  public Retries retries() {
    return values.retries.build();
  }

  /**
   * Returns what {@link Builder#connections(Connections)} and {@link Builder#connections(Consumer)}
   * have set, or the defaults.
   *
   * @return the connections of the client
   */
  public Connections connections() {
    return values.connections.build();
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
    Retries retries = retries();
    return new CallSettings(
        retries.maxAttempts(),
        retries.firstBackoff(),
        retries.maxBackoff(),
        attemptTimeouts(),
        timeouts().operation(),
        guardedEvents(),
        baseUrl());
  }

  /** The server and the limits of connections and exchanges. */
  TransportSettings transport() {
    Timeouts timeouts = timeouts();
    Connections connections = connections();
    return new TransportSettings(
        values.baseUrl,
        values.userAgent,
        new TransportSettings.Connections(
            connections.max(),
            timeouts.acquire(),
            timeouts.connect(),
            timeouts.handshake(),
            timeouts.closeGrace(),
            connections.proxy(),
            connections.trustStore()),
        attemptTimeouts(),
        timeouts.stall(),
        connections.compression(),
        connections.maxBodyBytes(),
        connections.maxHeaderBytes(),
        connections.httpClient());
  }

  private AttemptTimeouts attemptTimeouts() {
    return new AttemptTimeouts(timeouts().attempt(), timeouts().batchAttempt());
  }

  /** Shows the address, the scheme of the credential and the limits, and no secret. */
  @Override
  public String toString() {
    return "ClientSettings["
        + values.baseUrl
        + ", "
        + values.credential
        + ", pageSize="
        + values.pageSize
        + ", readAhead="
        + values.readAhead
        + ", "
        + timeouts()
        + ", "
        + retries()
        + ", "
        + connections()
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
    private Timeouts.Builder timeouts = Timeouts.builder();
    private Retries.Builder retries = Retries.builder();
    private Connections.Builder connections = Connections.builder();
    private boolean resolveUnknownCreates;
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
      timeouts = other.timeouts.build().toBuilder();
      retries = other.retries.build().toBuilder();
      connections = other.connections.build().toBuilder();
      resolveUnknownCreates = other.resolveUnknownCreates;
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
      this.baseUrl = BaseUrls.checked(Objects.requireNonNull(url, "url"));
      return this;
    }

    /**
     * How many policies a page of a listing asks for. Default 1000, which costs the fewest calls.
     *
     * @param policies 1 to 1000 ({@code docs/api-facts.md#listing})
     * @return this builder
     */
    public Builder pageSize(int policies) {
      this.pageSize = Limits.inRange("pageSize", policies, 1, 1000);
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
      this.readAhead = Limits.inRange("readAhead", pages, 0, 8);
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
     * Replaces the whole group: how long the client waits.
     *
     * @param group the values
     * @return this builder
     */
    public Builder timeouts(Timeouts group) {
      this.timeouts = group.toBuilder();
      return this;
    }

    /**
     * Changes some values of the group and keeps the others as they are.
     *
     * @param change gets the values as they stand, and is called once, at once
     * @return this builder
     */
    public Builder timeouts(Consumer<Timeouts.Builder> change) {
      change.accept(timeouts);
      return this;
    }

    /**
     * Replaces the whole group: how often a call is attempted.
     *
     * @param group the values
     * @return this builder
     */
    public Builder retries(Retries group) {
      this.retries = group.toBuilder();
      return this;
    }

    /**
     * Changes some values of the group and keeps the others as they are.
     *
     * @param change gets the values as they stand, and is called once, at once
     * @return this builder
     */
    public Builder retries(Consumer<Retries.Builder> change) {
      change.accept(retries);
      return this;
    }

    /**
     * Replaces the whole group: the connections of the client.
     *
     * @param group the values
     * @return this builder
     */
    public Builder connections(Connections group) {
      this.connections = group.toBuilder();
      return this;
    }

    /**
     * Changes some values of the group and keeps the others as they are.
     *
     * @param change gets the values as they stand, and is called once, at once
     * @return this builder
     */
    public Builder connections(Consumer<Connections.Builder> change) {
      change.accept(connections);
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
      return new ClientSettings(new Builder(this));
    }
  }
}
