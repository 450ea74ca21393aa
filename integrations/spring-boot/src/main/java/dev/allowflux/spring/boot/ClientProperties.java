package dev.allowflux.spring.boot;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of a named client, under {@code allowflux.clients.NAME}. What is not set here is
 * as it is set under {@code allowflux}.
 *
 * @param credential Credential of the client. Without one, the client shares that of all.
 * @param accounts Account ids by the names that the application uses for them.
 * @param baseUrl Address of the API.
 * @param pageSize Number of policies that a page of a listing asks for, 1 to 1000.
 * @param readAhead Number of pages that may be requested ahead, 0 to 8.
 * @param maxAttempts Number of attempts of a call in all, 1 to 100.
 * @param maxConnections Number of connections at most.
 * @param compression Whether responses are requested in gzip.
 * @param userAgent What stands before the library's own name in User-Agent.
 * @param resolveUnknownCreates Whether a create of unknown outcome is resolved by reading back.
 * @param timeout Time limits.
 * @param quota What a credential may send; clients that share one must agree on it.
 * @param proxy HTTP proxy of all calls.
 * @param ssl Trust of the server's certificate.
 * @since 0.1
 */
public record ClientProperties(
    @Nullable CredentialProperties credential,
    @DefaultValue Map<String, String> accounts,
    @Nullable String baseUrl,
    @Nullable Integer pageSize,
    @Nullable Integer readAhead,
    @Nullable Integer maxAttempts,
    @Nullable Integer maxConnections,
    @Nullable Boolean compression,
    @Nullable String userAgent,
    @Nullable Boolean resolveUnknownCreates,
    @DefaultValue TimeoutProperties timeout,
    @DefaultValue QuotaProperties quota,
    @DefaultValue ProxyProperties proxy,
    @DefaultValue SslProperties ssl) {

  /**
   * A credential: a token, an e-mail address with a global key, a user service key, or a reference.
   *
   * @param token API token.
   * @param email E-mail address of the user, for the global API key.
   * @param key Global API key.
   * @param userServiceKey User service key.
   * @param ref Name of a credential under allowflux.credentials, or of a bean of type Credential.
   * @since 0.1
   */
  public record CredentialProperties(
      @Nullable String token,
      @Nullable String email,
      @Nullable String key,
      @Nullable String userServiceKey,
      @Nullable String ref) {

    static CredentialProperties reference(String name) {
      return new CredentialProperties(null, null, null, null, name);
    }

    /** Shows no secret. */
    @Override
    public String toString() {
      return ref == null ? "CredentialProperties[***]" : "CredentialProperties[ref=" + ref + "]";
    }
  }

  /**
   * Time limits; zero means no limit.
   *
   * @param connect How long opening a connection may take. Default is 5s.
   * @param handshake How long the TLS handshake may take. Default is 5s.
   * @param acquire How long a call may wait for a connection. Default is 30s.
   * @param stall How long the body of a response may pause. Default is 15s.
   * @param attempt How long one attempt may take. Default is 30s.
   * @param operation How long one call may take in all, its waits included. Default is 10m.
   * @param stream How long a whole listing may take. Default is no limit.
   * @param closeGrace How long requests under way may go on at shutdown. Default is 5s.
   * @since 0.1
   */
  public record TimeoutProperties(
      @Nullable Duration connect,
      @Nullable Duration handshake,
      @Nullable Duration acquire,
      @Nullable Duration stall,
      @Nullable Duration attempt,
      @Nullable Duration operation,
      @Nullable Duration stream,
      @Nullable Duration closeGrace) {}

  /**
   * What a credential may send. Clients that share a credential share its quota.
   *
   * @param calls Number of calls that any window may hold. Default is 1200.
   * @param window Length of the window. Default is 300s.
   * @param reserve Number of calls that are left to others who use the credential. Default is 0.
   * @param maxWaiting Number of calls that may wait at once. Default is 10000.
   * @param redis A quota that several processes share through Redis.
   * @since 0.1
   */
  public record QuotaProperties(
      @Nullable Integer calls,
      @Nullable Duration window,
      @Nullable Integer reserve,
      @Nullable Integer maxWaiting,
      @DefaultValue RedisQuotaProperties redis) {

    static final QuotaProperties UNSET =
        new QuotaProperties(null, null, null, null, RedisQuotaProperties.UNSET);
  }

  /**
   * A quota that several processes share through Redis, with {@code allowflux-redis}.
   *
   * @param enabled Whether the quota is kept in Redis. Default is whether a url is set.
   * @param url Address of Redis, as Lettuce writes it. Default is the connection of the
   *     application.
   * @param name Name of the quota, the same for all that share it. Default is a hash of the
   *     credential.
   * @param whenAway What happens while Redis is away, local-share or closed. Default is
   *     local-share.
   * @param processes Number of processes that share the quota while Redis is away. Default is as
   *     many as Redis knew.
   * @param timeout How long Redis may take to reply before it counts as away. Default is 250ms.
   * @param startsUnused Whether a server that does not know the quota may grant at once. Default is
   *     false.
   * @since 0.1
   */
  public record RedisQuotaProperties(
      @Nullable Boolean enabled,
      @Nullable String url,
      @Nullable String name,
      @Nullable String whenAway,
      @Nullable Integer processes,
      @Nullable Duration timeout,
      @Nullable Boolean startsUnused) {

    static final RedisQuotaProperties UNSET =
        new RedisQuotaProperties(null, null, null, null, null, null, null);

    boolean isEnabled() {
      return enabled == null ? url != null : enabled;
    }

    /** Shows no address, which may hold a password. */
    @Override
    public String toString() {
      return "RedisQuotaProperties[enabled=" + isEnabled() + ", name=" + name + "]";
    }
  }

  /**
   * An HTTP proxy.
   *
   * @param host Host of the proxy. Default is no proxy.
   * @param port Port of the proxy. Default is 3128.
   * @param username User that the proxy asks for. Default is none.
   * @param password Password of that user.
   * @since 0.1
   */
  public record ProxyProperties(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable String username,
      @Nullable String password) {

    /** Shows no password. */
    @Override
    public String toString() {
      return "ProxyProperties[host=" + host + ", port=" + port + "]";
    }
  }

  /**
   * Trust of the server's certificate.
   *
   * @param bundle Name of the SSL bundle whose trust store is used. Default is the JDK's trust
   *     store.
   * @since 0.1
   */
  public record SslProperties(@Nullable String bundle) {}
}
