package dev.allowflux.internal.http;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.Operation;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request without its server and its credential; every attempt of a call sends the same one, but
 * for headers of its own.
 */
public final class ApiRequest {
  private final Operation operation;
  private final @Nullable AccountId account;
  private final Method method;
  private final String path;
  private final String query;
  private final byte @Nullable [] body;
  private final Map<String, String> headers;

  /**
   * Makes a request of parts that are encoded already.
   *
   * @param operation what it asks for
   * @param account the account it addresses, or {@code null} if it addresses none
   * @param method the HTTP method
   * @param path the encoded path, beginning with {@code /accounts}
   * @param query the encoded query without its question mark, empty if there is none
   * @param body the JSON body, not copied, or {@code null} if there is none
   */
  public ApiRequest(
      Operation operation,
      @Nullable AccountId account,
      Method method,
      String path,
      String query,
      byte @Nullable [] body) {
    this(operation, account, method, path, query, body, Map.of());
  }

  private ApiRequest(
      Operation operation,
      @Nullable AccountId account,
      Method method,
      String path,
      String query,
      byte @Nullable [] body,
      Map<String, String> headers) {
    this.operation = operation;
    this.account = account;
    this.method = method;
    this.path = path;
    this.query = query;
    this.body = body;
    this.headers = headers;
  }

  /**
   * Returns the same request with headers that one attempt adds.
   *
   * @param added immutable, values by name
   * @return this request if there are none
   */
  public ApiRequest withHeaders(Map<String, String> added) {
    return added.isEmpty()
        ? this
        : new ApiRequest(operation, account, method, path, query, body, added);
  }

  /**
   * Returns the headers that this attempt adds to those that every request has.
   *
   * @return immutable, values by name, usually none
   */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns what the request asks for.
   *
   * @return the operation
   */
  public Operation operation() {
    return operation;
  }

  /**
   * Returns the account that the request addresses.
   *
   * @return the account, or {@code null} if it addresses none
   */
  public @Nullable AccountId account() {
    return account;
  }

  /**
   * Returns the HTTP method.
   *
   * @return the method
   */
  public Method method() {
    return method;
  }

  /**
   * Returns the encoded path.
   *
   * @return a path that begins with {@code /accounts} and is to be appended to the base URL's
   */
  public String path() {
    return path;
  }

  /**
   * Returns the encoded query.
   *
   * @return the query without its question mark, empty if there is none
   */
  public String query() {
    return query;
  }

  /**
   * Returns the body.
   *
   * @return the JSON bytes, shared and not to be changed, or {@code null} if there is none
   */
  public byte @Nullable [] body() {
    return body;
  }

  /**
   * Returns path and query as they stand in the request line.
   *
   * @return the path, followed by the query where there is one
   */
  public String pathAndQuery() {
    return query.isEmpty() ? path : path + '?' + query;
  }

  /**
   * Tells whether sending the request twice does what sending it once does.
   *
   * @return what the operation says
   */
  public boolean isIdempotent() {
    return operation.isIdempotent();
  }

  /** Returns the request line and the size of the body. */
  @Override
  public String toString() {
    return method + " " + pathAndQuery() + (body == null ? "" : " (" + body.length + " bytes)");
  }
}
