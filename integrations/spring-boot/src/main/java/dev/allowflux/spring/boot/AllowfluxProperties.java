package dev.allowflux.spring.boot;

import dev.allowflux.spring.boot.ClientProperties.CredentialProperties;
import dev.allowflux.spring.boot.ClientProperties.ProxyProperties;
import dev.allowflux.spring.boot.ClientProperties.QuotaProperties;
import dev.allowflux.spring.boot.ClientProperties.SslProperties;
import dev.allowflux.spring.boot.ClientProperties.TimeoutProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties under {@code allowflux}. Those that a {@linkplain ClientProperties named client}
 * has, too, are the settings of the one client, and what named clients use where they set nothing.
 * They are listed in both places, since Spring Boot binds no record into the prefix of another.
 *
 * @param credential Credential of the client. Without one, CLOUDFLARE_API_TOKEN, CLOUDFLARE_EMAIL
 *     with CLOUDFLARE_API_KEY, or CLOUDFLARE_API_USER_SERVICE_KEY is used.
 * @param accounts Account ids by the names that the application uses for them.
 * @param baseUrl Address of the API. Default is the public API.
 * @param pageSize Number of policies that a page of a listing asks for, 1 to 1000. Default is 1000.
 * @param readAhead Number of pages that may be requested ahead, 0 to 8. Default is 1.
 * @param maxAttempts Number of attempts of a call in all, 1 to 100. Default is 4.
 * @param maxConnections Number of connections at most. Default is 32.
 * @param compression Whether responses are requested in gzip. Default is true.
 * @param userAgent What stands before the library's own name in User-Agent.
 * @param resolveUnknownCreates Whether a create of unknown outcome is resolved by reading back.
 *     Default is false.
 * @param timeout Time limits.
 * @param quota What a credential may send.
 * @param proxy HTTP proxy of all calls.
 * @param ssl Trust of the server's certificate.
 * @param credentials Credentials by name, for clients that refer to them.
 * @param clients Named clients.
 * @param problemDetails Failures as problem details.
 * @since 0.1
 */
@ConfigurationProperties(AllowfluxProperties.PREFIX)
public record AllowfluxProperties(
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
    @DefaultValue SslProperties ssl,
    @DefaultValue Map<String, CredentialProperties> credentials,
    @DefaultValue Map<String, ClientProperties> clients,
    @DefaultValue ProblemDetails problemDetails) {

  /** The prefix of all properties. */
  public static final String PREFIX = "allowflux";

  /**
   * Failures as problem details (RFC 9457).
   *
   * @param enabled Whether failures of allowflux that a controller throws become problem details.
   * @since 0.1
   */
  public record ProblemDetails(@DefaultValue("false") boolean enabled) {}

  /** Returns what a client without a name has. */
  ClientProperties client() {
    return new ClientProperties(
        credential,
        accounts,
        baseUrl,
        pageSize,
        readAhead,
        maxAttempts,
        maxConnections,
        compression,
        userAgent,
        resolveUnknownCreates,
        timeout,
        quota,
        proxy,
        ssl);
  }
}
