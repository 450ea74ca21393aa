package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that the simulator received, and what had become of it when it was read back. */
public final class RecordedRequest {
  private final long number;
  private final long arrivedNanos;
  private final String method;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final @Nullable Operation operation;
  private final int status;
  private final boolean carriedOut;
  private final @Nullable Fault fault;

  RecordedRequest(Exchange exchange) {
    Request request = exchange.request();
    int mark = request.target().indexOf('?');
    number = exchange.number();
    arrivedNanos = exchange.arrivedNanos();
    method = request.method();
    path = mark < 0 ? request.target() : request.target().substring(0, mark);
    query = mark < 0 ? null : request.target().substring(mark + 1);
    headers = exchange.headers();
    body = request.body();
    operation = exchange.operation();
    status = exchange.status();
    carriedOut = exchange.carriedOut();
    fault = exchange.fault();
  }

  /**
   * The place of the request among all that this simulator received.
   *
   * @return the number, from 1
   */
  public long number() {
    return number;
  }

  /**
   * When the request had arrived to its last byte, or to where it was refused, on the clock of the
   * simulator.
   *
   * @return nanoseconds, comparable with {@link System#nanoTime()} unless another clock was set
   */
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /**
   * The method.
   *
   * @return the method as it came
   */
  public String method() {
    return method;
  }

  /**
   * The path, percent-encoded as it came, without the query.
   *
   * @return the path
   */
  public String path() {
    return path;
  }

  /**
   * The query, percent-encoded as it came, without the question mark.
   *
   * @return the query, or null if there was none
   */
  public @Nullable String query() {
    return query;
  }

  /**
   * The headers.
   *
   * @return an immutable map from the name, in lower case, to its values in the order they came
   */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /**
   * The body.
   *
   * @return a copy of the bytes, empty if there was no body
   */
  public byte[] body() {
    return body.clone();
  }

  /**
   * The body read as UTF-8.
   *
   * @return the text, empty if there was no body
   */
  public String bodyText() {
    return new String(body, UTF_8);
  }

  /**
   * The operation that the request asks for.
   *
   * @return the operation, or null if it asks for none
   */
  public @Nullable Operation operation() {
    return operation;
  }

  /**
   * The status that was answered.
   *
   * @return the status, or 0 if no status line was written whole so far
   */
  public int status() {
    return status;
  }

  /**
   * Whether the request was a write that the simulator carried out; whatever it answered.
   *
   * @return whether policies were changed
   */
  public boolean carriedOut() {
    return carriedOut;
  }

  /**
   * The fault that its answer met.
   *
   * @return the fault, or null if there was none, or none so far
   */
  public @Nullable Fault fault() {
    return fault;
  }

  /**
   * Number, method, path, query and status; no header, so no credential.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return "#"
        + number
        + " "
        + method
        + " "
        + path
        + (query == null ? "" : "?" + query)
        + " -> "
        + status;
  }
}
