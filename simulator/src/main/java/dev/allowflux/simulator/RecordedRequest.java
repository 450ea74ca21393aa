package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Request;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that the simulator received, with its state at the moment when it was read back.
 *
 * @since 0.1
 */
public final class RecordedRequest {
  private final long number;
  private final long arrivedNanos;
  private final String method;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> headers;
  private final byte[] body;
  private final @Nullable Operation operation;
  private final @Nullable String accountId;
  private final int status;
  private final boolean carriedOut;
  private final List<String> createdIds;
  private final List<String> editedIds;
  private final List<String> deletedIds;
  private final @Nullable Fault fault;

  RecordedRequest(Exchange exchange) {
    Request request = exchange.request();
    int queryMark = request.target().indexOf('?');
    number = exchange.number();
    arrivedNanos = exchange.arrivedNanos();
    method = request.method();
    path = queryMark < 0 ? request.target() : request.target().substring(0, queryMark);
    query = queryMark < 0 ? null : request.target().substring(queryMark + 1);
    headers = exchange.headers();
    body = request.body();
    operation = exchange.operation();
    accountId = exchange.accountId();
    status = exchange.status();
    carriedOut = exchange.carriedOut();
    createdIds = exchange.created();
    editedIds = exchange.edited();
    deletedIds = exchange.deleted();
    fault = exchange.fault();
  }

  /**
   * Returns the number of the request among all that this simulator received.
   *
   * @return the number, from 1
   */
  public long number() {
    return number;
  }

  /**
   * Returns when the last byte of the request had arrived, or the byte at which it was refused, on
   * the clock of the simulator.
   *
   * @return nanoseconds, comparable with {@link System#nanoTime()} unless another clock was set
   */
  public long arrivedNanos() {
    return arrivedNanos;
  }

  /**
   * Returns the method.
   *
   * @return the method as it was sent
   */
  public String method() {
    return method;
  }

  /**
   * Returns the path, percent-encoded as it was sent, without the query.
   *
   * @return the path
   */
  public String path() {
    return path;
  }

  /**
   * Returns the query, percent-encoded as it was sent, without the question mark.
   *
   * @return the query, or null if there was none
   */
  public @Nullable String query() {
    return query;
  }

  /**
   * Returns the headers.
   *
   * @return an immutable map from the name, in lower case, to its values in the order in which they
   *     were sent
   */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /**
   * Returns the body.
   *
   * @return a copy of the bytes, empty if there was no body
   */
  public byte[] body() {
    return body.clone();
  }

  /**
   * Returns the body decoded as UTF-8.
   *
   * @return the text, empty if there was no body
   */
  public String bodyText() {
    return new String(body, UTF_8);
  }

  /**
   * Returns the account in the path of the request.
   *
   * @return the id, decoded, or null if the request has no route
   */
  public @Nullable String accountId() {
    return accountId;
  }

  /**
   * Returns the operation of the request.
   *
   * @return the operation, or null if the request has no route
   */
  public @Nullable Operation operation() {
    return operation;
  }

  /**
   * Returns the status of the response.
   *
   * @return the status, or 0 if its headers are not written completely so far
   */
  public int status() {
    return status;
  }

  /**
   * Returns whether the request was a write that the simulator carried out completely, whatever the
   * response was.
   *
   * @return false also for a write that is still to be carried out
   * @see ApiSimulator#pendingWrites()
   */
  public boolean carriedOut() {
    return carriedOut;
  }

  /**
   * Returns the policies that the request really created, whatever the response was; also those of
   * a batch that was refused after a part of it was carried out.
   *
   * @return the ids in the order of creation
   */
  public List<String> createdIds() {
    return createdIds;
  }

  /**
   * Returns the policies that the request really edited or replaced, whatever the response was;
   * also those of a batch that was refused after a part of it was carried out.
   *
   * @return the ids in the order of the first change
   */
  public List<String> editedIds() {
    return editedIds;
  }

  /**
   * Returns the policies that the request really deleted, whatever the response was; also those of
   * a batch that was refused after a part of it was carried out.
   *
   * @return the ids in the order of deletion
   */
  public List<String> deletedIds() {
    return deletedIds;
  }

  /**
   * Returns the fault of its response.
   *
   * @return the fault, or null if there was none, or none so far
   */
  public @Nullable Fault fault() {
    return fault;
  }

  /**
   * Returns number, method, path, query and status; no header, so no credential.
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
