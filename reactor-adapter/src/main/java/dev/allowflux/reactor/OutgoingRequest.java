package dev.allowflux.reactor;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.Operation;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The request of one attempt, just before it is sent: an observer can add headers to it, such as
 * {@code traceparent}, which are sent with this attempt alone.
 *
 * @since 0.1
 */
public final class OutgoingRequest {

  private static final int MAX_HEADERS = 32;
  private static final int MAX_VALUE = 8192;
  private static final int MAX_NAME = 128;
  private static final String POLICIES =
      "/accounts/{account_id}/email-security/settings/allow_policies";

  /** What the client itself, its credential or HTTP decides. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept",
          "accept-encoding",
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "cookie",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "x-auth-email",
          "x-auth-key",
          "x-auth-user-service-key");

  private final Operation operation;
  private final int attempt;
  private final String method;
  private final String baseUrl;
  private final String pathAndQuery;
  private final Map<String, String> headers = new LinkedHashMap<>();

  /**
   * Makes a request, for the client and for tests of an observer.
   *
   * @param operation what is requested
   * @param attempt counted from 1
   * @param method the HTTP method
   * @param baseUrl the address of the API, without a slash at its end
   * @param pathAndQuery what stands behind it, percent-encoded
   */
  public OutgoingRequest(
      Operation operation, int attempt, String method, String baseUrl, String pathAndQuery) {
    this.operation = requireNonNull(operation, "operation");
    this.attempt = attempt;
    this.method = requireNonNull(method, "method");
    this.baseUrl = requireNonNull(baseUrl, "baseUrl");
    this.pathAndQuery = requireNonNull(pathAndQuery, "pathAndQuery");
  }

  /**
   * Returns which attempt of its call it is.
   *
   * @return counted from 1; more than 1 for a retry
   */
  public int attempt() {
    return attempt;
  }

  /**
   * Returns the HTTP method.
   *
   * @return in upper case
   */
  public String method() {
    return method;
  }

  /**
   * Returns the whole address, with ids, and with the filter of a listing.
   *
   * @return an absolute address
   */
  public URI uri() {
    return URI.create(baseUrl + pathAndQuery);
  }

  /**
   * Returns the path of the operation with names in place of ids, as a key with few values.
   *
   * @return such as {@code
   *     /client/v4/accounts/{account_id}/email-security/settings/allow_policies/{policy_id}}
   */
  public String urlTemplate() {
    String below =
        switch (operation) {
          case LIST, CREATE -> POLICIES;
          case GET, EDIT, DELETE -> POLICIES + "/{policy_id}";
          case BATCH -> POLICIES + "/batch";
          case LIST_ACCOUNTS -> "/accounts";
        };
    String path = URI.create(baseUrl).getRawPath();
    return (path == null ? "" : path) + below;
  }

  /**
   * Adds a header to this attempt; a later call replaces the value of an earlier one.
   *
   * @param name a token of at most 128 characters; not one of those that the client sets itself,
   *     such as {@code Authorization}, {@code Host} and {@code Content-Length}
   * @param value visible ASCII, spaces and tabs, at most 8192 characters
   * @throws IllegalArgumentException if the name is reserved, or either is not of that form; the
   *     message does not show the value
   * @throws IllegalStateException if 32 headers were added already
   */
  public void header(String name, String value) {
    checkName(name);
    if (value.length() > MAX_VALUE || !value.chars().allMatch(OutgoingRequest::isValueCharacter)) {
      throw new IllegalArgumentException(
          "the value of header "
              + name
              + " must be printable ASCII of at most "
              + MAX_VALUE
              + " characters on one line");
    }
    String key = name.toLowerCase(Locale.ROOT);
    synchronized (headers) {
      if (headers.size() >= MAX_HEADERS && !headers.containsKey(key)) {
        throw new IllegalStateException("a request takes at most " + MAX_HEADERS + " more headers");
      }
      headers.put(key, value);
    }
  }

  /**
   * Returns the headers that were added.
   *
   * @return an immutable copy, values by name in lower case, in the order of their adding
   */
  public Map<String, String> headers() {
    synchronized (headers) {
      return headers.isEmpty()
          ? Map.of()
          : Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
  }

  /** Shows the attempt, the method and the path with names in place of ids. */
  @Override
  public String toString() {
    return "OutgoingRequest[attempt " + attempt + ", " + method + " " + urlTemplate() + "]";
  }

  private static void checkName(String name) {
    if (name.isEmpty()
        || name.length() > MAX_NAME
        || !name.chars().allMatch(OutgoingRequest::isTokenCharacter)) {
      throw new IllegalArgumentException(
          "the name of a header must be letters, digits and signs such as '-', at most "
              + MAX_NAME
              + " of them");
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "header " + name + " is set by the client and cannot be replaced");
    }
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
  }

  private static boolean isValueCharacter(int c) {
    return c == '\t' || (c >= ' ' && c < 0x7f);
  }
}
