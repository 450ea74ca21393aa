package dev.allowflux.reactor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client proves its identity with: exactly one of the API's three schemes.
 *
 * <p>Immutable and safe to share. {@link #toString()} never shows a secret, and no message of this
 * library does. The schemes are described in {@code docs/api-facts.md#authentication}.
 *
 * @since 0.1
 */
public final class Credential {

  private static final String TOKEN = "CLOUDFLARE_API_TOKEN";
  private static final String EMAIL = "CLOUDFLARE_EMAIL";
  private static final String KEY = "CLOUDFLARE_API_KEY";
  private static final String SERVICE_KEY = "CLOUDFLARE_API_USER_SERVICE_KEY";

  private static final int KEY_BYTES = 16;
  private static final String BEARER = "Bearer ";

  private final String scheme;
  private final List<Header> headers;
  private final @Nullable Supplier<Credential> supplier;

  private Credential(String scheme, List<Header> headers, @Nullable Supplier<Credential> supplier) {
    this.scheme = scheme;
    this.headers = headers;
    this.supplier = supplier;
  }

  private record Header(String name, String value) {}

  /**
   * An API token, the scheme that Cloudflare recommends.
   *
   * @param token the token; visible ASCII without white space
   * @return the credential
   * @throws IllegalArgumentException if the token is empty or holds a character that no token has;
   *     the message does not show it
   */
  public static Credential apiToken(String token) {
    return new Credential(
        "API token",
        List.of(new Header("Authorization", BEARER + checked("the API token", token))),
        null);
  }

  /**
   * An account's e-mail address with its global API key.
   *
   * @param email the address of the user
   * @param key the global API key
   * @return the credential
   * @throws IllegalArgumentException if either is empty or holds a character that it cannot have;
   *     the message does not show it
   */
  public static Credential globalKey(String email, String key) {
    return new Credential(
        "e-mail and global API key",
        List.of(
            new Header("X-Auth-Email", checked("the e-mail address", email)),
            new Header("X-Auth-Key", checked("the global API key", key))),
        null);
  }

  /**
   * A user service key.
   *
   * @param key the key
   * @return the credential
   * @throws IllegalArgumentException if the key is empty or holds a character that no key has; the
   *     message does not show it
   */
  public static Credential userServiceKey(String key) {
    return new Credential(
        "user service key",
        List.of(new Header("X-Auth-User-Service-Key", checked("the user service key", key))),
        null);
  }

  /**
   * A credential that is obtained anew by each attempt, so that a rotated token is used without a
   * restart.
   *
   * <p>The supplier is called on the event loop just before a request is written: it must not
   * block. Read a file or a vault elsewhere and hand out the latest value here. If it throws or
   * returns null, the attempt fails as {@link
   * dev.allowflux.error.EmailSecurityException.Unavailable} and nothing is sent.
   *
   * @param supplier gives the credential of one attempt; called concurrently
   * @return the credential
   */
  public static Credential supplied(Supplier<Credential> supplier) {
    return new Credential("supplied", List.of(), Objects.requireNonNull(supplier, "supplier"));
  }

  /**
   * The credential that the environment holds: {@code CLOUDFLARE_API_TOKEN}, else {@code
   * CLOUDFLARE_EMAIL} with {@code CLOUDFLARE_API_KEY}, else {@code
   * CLOUDFLARE_API_USER_SERVICE_KEY}. Of several, the first in this order is used and the others
   * are not sent. A variable that is blank counts as absent; white space around a value is dropped.
   *
   * @return the credential
   * @throws IllegalArgumentException if the environment holds none, or one half of e-mail and key
   */
  public static Credential fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /**
   * The same as {@link #fromEnvironment()}, from the variables given.
   *
   * @param environment variables by name
   * @return the credential
   * @throws IllegalArgumentException if they hold none, or one half of e-mail and key
   */
  public static Credential fromEnvironment(Map<String, String> environment) {
    String token = value(environment, TOKEN);
    if (token != null) {
      return apiToken(token);
    }
    String email = value(environment, EMAIL);
    String key = value(environment, KEY);
    if (email != null && key != null) {
      return globalKey(email, key);
    }
    String serviceKey = value(environment, SERVICE_KEY);
    if (serviceKey != null) {
      return userServiceKey(serviceKey);
    }
    if (email != null || key != null) {
      throw new IllegalArgumentException(
          (email == null ? KEY + " is set without " + EMAIL : EMAIL + " is set without " + KEY)
              + ": set both, or "
              + TOKEN
              + " instead");
    }
    throw new IllegalArgumentException(
        "no credential: set " + TOKEN + ", or " + EMAIL + " and " + KEY + ", or " + SERVICE_KEY);
  }

  /**
   * The headers that a request would carry, with the secrets masked: for display, such as that of a
   * dry run.
   *
   * @return masked values by header name, in order; empty for a supplied credential
   */
  public Map<String, String> maskedHeaders() {
    Map<String, String> masked = new LinkedHashMap<>();
    headers.forEach(
        header ->
            masked.put(header.name, header.value.startsWith(BEARER) ? BEARER + "***" : "***"));
    return Collections.unmodifiableMap(masked);
  }

  /**
   * A name for the quota of whoever has this credential, for a {@link QuotaStore}: the same in
   * every process, and made by a hash that does not give the credential away. Several credentials
   * of one user share a quota at the service; only a name that you choose can tell that.
   *
   * @return 32 hexadecimal digits, or null for a supplied credential
   */
  public @Nullable String quotaKey() {
    if (supplier != null) {
      return null;
    }
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      hash.update("allowflux quota".getBytes(US_ASCII));
      headers.forEach(header -> hash.update(('\n' + header.value).getBytes(US_ASCII)));
      return HexFormat.of().formatHex(hash.digest(), 0, KEY_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Gives each header of this attempt's credential to {@code sink}. */
  void writeTo(BiConsumer<String, String> sink) {
    Credential current = this;
    while (current.supplier != null) {
      current = Objects.requireNonNull(current.supplier.get(), "the credential supplier gave null");
    }
    current.headers.forEach(header -> sink.accept(header.name, header.value));
  }

  /** Names the scheme and shows no secret. */
  @Override
  public String toString() {
    return "Credential[" + scheme + ", ***]";
  }

  private static @Nullable String value(Map<String, String> environment, String name) {
    String value = environment.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static String checked(String what, String value) {
    Objects.requireNonNull(value, what);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(what + " is empty");
    }
    if (!value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException(
          what + " holds white space or a character outside ASCII: copy it again");
    }
    return value;
  }
}
