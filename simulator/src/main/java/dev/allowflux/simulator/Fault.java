package dev.allowflux.simulator;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a response: its {@link FaultEffect}, headers that it changes, and whether the request
 * is carried out. Immutable; each method returns a new fault.
 *
 * <p>A request whose response is replaced ({@link #status}, {@link #refusal}, {@link #throttled},
 * {@link #redirect}) is not carried out, unless {@link #done()} is called. Any other request is
 * carried out, unless {@link #notDone()} is called: then the response looks as if it were. So
 * {@code Fault.fin(BEFORE_HEADERS)} is a write that is carried out and gets no response, {@code
 * Fault.none().notDone()} a write that gets a success and is not carried out, and {@code
 * Fault.fin(BEFORE_HEADERS).doneAfter(time)} one that is carried out when nobody waits for it.
 *
 * <p>Longer than most classes, because each kind of fault has a factory with its contract.
 *
 * @since 0.1
 */
public final class Fault {

  /**
   * The kinds of faults; the name in lower case is the name in a {@link FaultScript}.
   *
   * @since 0.1
   */
  public enum Kind {
    /** No fault: the true response. */
    NONE,
    /** Another status, with a JSON, HTML or empty body. */
    STATUS,
    /** The failure envelope with a chosen status and code. */
    REFUSAL,
    /** Status 429 with the failure envelope. */
    THROTTLED,
    /** A redirect. */
    REDIRECT,
    /** The response stops for a while, then continues. */
    PAUSE,
    /** The response stops for a while, then the connection is closed. */
    STALL,
    /** The response stops for good; the connection stays open until the other side closes it. */
    HANG,
    /** The connection is closed. */
    FIN,
    /** The connection is reset. */
    RESET,
    /** The response is sent a few bytes at a time. */
    DRIP,
    /** The request is carried out later, and then gets its response. */
    LATE,
    /** A response of the 1xx kind before the true one. */
    INFORMATIONAL,
    /** The same response once more, without a request for it. */
    SECOND_RESPONSE,
    /** Bytes behind the end of the response. */
    TRAILING_BYTES,
    /** Status 204 with the body of the true response. */
    NO_CONTENT_WITH_BODY,
    /** The connection is closed after the response, which announces it. */
    CLOSE_ANNOUNCED,
    /** The connection is closed after the response, which does not announce it. */
    CLOSE_UNANNOUNCED,
    /** Half the body, and a content-length that fits this half. */
    HALF_BODY,
    /** Half the body, but the content-length of the whole; then the connection is closed. */
    SHORT_BODY,
    /** The whole body as a chunk, but no last chunk; then the connection is closed. */
    UNENDED_CHUNKS,
    /** The body in gzip, whether the client accepts it or not, with bytes changed within. */
    BROKEN_GZIP,
    /** Bytes that are not UTF-8 in a string of the body. */
    INVALID_UTF8,
    /** A byte order mark before the body. */
    BOM,
    /** A body whose last brace is another character. */
    INVALID_JSON,
    /** The envelope of a failure under the status of a success. */
    SUCCESS_FALSE,
    /** The envelope of a success whose result is null. */
    NULL_RESULT,
    /** The envelope of a success whose result is an object without fields. */
    EMPTY_RESULT,
    /** The id of another policy in the result. */
    OTHER_ID,
    /** Another policy in the result. */
    OTHER_POLICY,
    /** Another value of a field in the result. */
    OTHER_FIELD,
    /** A list or the result of a batch without its last elements. */
    FEWER_RESULTS,
    /** A page without its policies. As all kinds that end in PAGE, it affects listings only. */
    MISSING_PAGE,
    /** The policies of the page before under the number of this page. */
    REPEATED_PAGE,
    /** A page size that the server lowers and reports. */
    CAPPED_PAGE,
    /** A page without its last policies, although more follow. */
    SHORT_PAGE,
    /** Policies from some rows further on, or further back if the number is negative. */
    SHIFTED_PAGE,
    /** Additional headers of many bytes. */
    LARGE_HEADERS,
    /** A body padded with blanks to many bytes; before compression. */
    LARGE_BODY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A point in a response.
   *
   * @since 0.1
   */
  public enum Point {
    /** Before its first byte. */
    BEFORE_HEADERS,
    /** In the middle of the headers. */
    WITHIN_HEADERS,
    /** After the empty line that ends the headers. */
    AFTER_HEADERS,
    /** In the middle of the body. */
    WITHIN_BODY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The body of a {@link Kind#STATUS}.
   *
   * @since 0.1
   */
  public enum Content {
    /** The failure envelope, with the code 10000 + status. */
    JSON,
    /** A page as a proxy or the edge shows it. */
    HTML,
    /** Nothing, and no content-type. */
    EMPTY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The largest number of bytes, and of rows. */
  private static final int MAX_BYTES = 1 << 28;

  private static final List<String> CHANGEABLE_FIELDS =
      List.of(
          "pattern",
          "pattern_type",
          "is_regex",
          "is_trusted_sender",
          "is_acceptable_sender",
          "is_exempt_recipient",
          "verify_sender",
          "comments");

  private final FaultEffect effect;
  private final Map<String, @Nullable String> headers;
  private final boolean done;
  private final Duration delay;

  private Fault(
      FaultEffect effect, Map<String, @Nullable String> headers, boolean done, Duration delay) {
    this.effect = effect;
    this.headers = headers;
    this.done = done;
    this.delay = delay;
  }

  private static Fault of(FaultEffect effect) {
    return new Fault(effect, Map.of(), !(effect instanceof FaultEffect.Replacement), Duration.ZERO);
  }

  /**
   * Returns a fault without effect, to fill a position in a script.
   *
   * @return the fault
   */
  public static Fault none() {
    return of(FaultEffect.NoEffect.NONE);
  }

  /**
   * Sends another status in place of the true response. The edge and proxies do so, with a page of
   * theirs or without a body: a 404 like that proves nothing about a policy.
   *
   * @param status 200 to 599
   * @param content the body
   * @return the fault
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault status(int status, Content content) {
    return of(
        new FaultEffect.Status(validStatus(status), Objects.requireNonNull(content, "content")));
  }

  /**
   * Sends status 429 with {@code retry-after: 1}; {@link #header} changes or removes it, and so for
   * {@code ratelimit} and {@code ratelimit-policy}.
   *
   * @param code the code in the envelope, from 1; the service uses 10100 and 971
   * @return the fault
   * @throws IllegalArgumentException if the code is out of range
   */
  public static Fault throttled(int code) {
    return of(new FaultEffect.Throttled(inRange("code", code, 1, MAX_BYTES)))
        .header("retry-after", "1");
  }

  /**
   * Sends the failure envelope. The codes 7000 and 7003 with status 404 come from the routing of
   * the service and prove nothing about a policy.
   *
   * @param status 200 to 599
   * @param code the code in the envelope, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Fault refusal(int status, int code) {
    return of(new FaultEffect.Refusal(validStatus(status), inRange("code", code, 1, MAX_BYTES)));
  }

  /**
   * Sends a redirect without a body.
   *
   * @param status 200 to 599, such as 302
   * @param location the address to go to
   * @return the fault
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault redirect(int status, String location) {
    return of(new FaultEffect.Redirect(
            validStatus(status), Objects.requireNonNull(location, "location")))
        .header("location", location);
  }

  /**
   * Stops the response for a while, then continues it.
   *
   * @param point where it stops
   * @param wait for how long, not negative
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   */
  public static Fault pause(Point point, Duration wait) {
    return of(new FaultEffect.Pause(Objects.requireNonNull(point, "point"), notNegative(wait)));
  }

  /**
   * Stops the response for a while, then closes the connection.
   *
   * @param point where it stops
   * @param wait for how long, not negative
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   */
  public static Fault stall(Point point, Duration wait) {
    return of(new FaultEffect.Stall(Objects.requireNonNull(point, "point"), notNegative(wait)));
  }

  /**
   * Stops the response until the client or {@link ApiSimulator#close()} closes the connection.
   *
   * @param point where
   * @return the fault
   */
  public static Fault hang(Point point) {
    return of(new FaultEffect.Hang(Objects.requireNonNull(point, "point")));
  }

  /**
   * Closes the connection in an orderly way.
   *
   * @param point where
   * @return the fault
   */
  public static Fault fin(Point point) {
    return of(new FaultEffect.Fin(Objects.requireNonNull(point, "point")));
  }

  /**
   * Resets the connection.
   *
   * @param point where
   * @return the fault
   */
  public static Fault reset(Point point) {
    return of(new FaultEffect.Reset(Objects.requireNonNull(point, "point")));
  }

  /**
   * Sends the whole response slowly.
   *
   * @param bytes how many bytes at a time, from 1
   * @param wait the time between two parts, not negative
   * @return the fault
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Fault drip(int bytes, Duration wait) {
    return of(new FaultEffect.Drip(inRange("bytes", bytes, 1, MAX_BYTES), notNegative(wait)));
  }

  /**
   * Evaluates and carries out the request later, and then sends its response. If the client has
   * closed the connection by then, the request is carried out all the same.
   *
   * @param wait how much later, not negative
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   * @see ApiSimulator#pendingWrites()
   */
  public static Fault late(Duration wait) {
    return of(new FaultEffect.Late(notNegative(wait)));
  }

  /**
   * Sends a response of the 1xx kind, without headers, before the true one.
   *
   * @param status 100 to 199, such as 100, 102 or 103
   * @return the fault
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault informational(int status) {
    return of(new FaultEffect.Informational(inRange("status", status, 100, 199)));
  }

  /**
   * Sends the response twice. A client that keeps the connection would take the second one for the
   * response to its next request.
   *
   * @param wait the time between the two, not negative; zero for both at once
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   */
  public static Fault secondResponse(Duration wait) {
    return of(new FaultEffect.SecondResponse(notNegative(wait)));
  }

  /**
   * Sends bytes behind the end of the response that are no response.
   *
   * @param bytes how many, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault trailingBytes(int bytes) {
    return of(new FaultEffect.TrailingBytes(inRange("bytes", bytes, 1, MAX_BYTES)));
  }

  /**
   * Sends status 204, which has no body, but with the body of the true response.
   *
   * @return the fault
   */
  public static Fault noContentWithBody() {
    return of(FaultEffect.WrongFraming.NO_CONTENT_WITH_BODY);
  }

  /**
   * Closes the connection after the response.
   *
   * @param announced whether the response has {@code connection: close}
   * @return the fault
   */
  public static Fault closeAfter(boolean announced) {
    return of(
        announced
            ? FaultEffect.WrongFraming.CLOSE_ANNOUNCED
            : FaultEffect.WrongFraming.CLOSE_UNANNOUNCED);
  }

  /**
   * Sends half a body.
   *
   * @param announced whether content-length is that of the half; if not, it is that of the whole,
   *     and the connection is closed
   * @return the fault
   */
  public static Fault halfBody(boolean announced) {
    return of(announced ? FaultEffect.WrongFraming.HALF_BODY : FaultEffect.WrongFraming.SHORT_BODY);
  }

  /**
   * Sends a chunked body without its end, then closes the connection.
   *
   * @return the fault
   */
  public static Fault unendedChunks() {
    return of(FaultEffect.WrongFraming.UNENDED_CHUNKS);
  }

  /**
   * Sends a body in gzip that cannot be decompressed.
   *
   * @return the fault
   */
  public static Fault brokenGzip() {
    return of(FaultEffect.WrongFraming.BROKEN_GZIP);
  }

  /**
   * Sends a body with bytes that are not UTF-8.
   *
   * @return the fault
   */
  public static Fault invalidUtf8() {
    return of(FaultEffect.WrongBody.INVALID_UTF8);
  }

  /**
   * Sends a byte order mark before the body.
   *
   * @return the fault
   */
  public static Fault bom() {
    return of(FaultEffect.WrongBody.BOM);
  }

  /**
   * Sends a body that stops to be JSON at its very end.
   *
   * @return the fault
   */
  public static Fault invalidJson() {
    return of(FaultEffect.WrongBody.INVALID_JSON);
  }

  /**
   * Sends the envelope of a failure under the status of a success.
   *
   * @return the fault
   */
  public static Fault successFalse() {
    return of(FaultEffect.WrongBody.SUCCESS_FALSE);
  }

  /**
   * Sends the envelope of a success with the result null.
   *
   * @return the fault
   */
  public static Fault nullResult() {
    return of(FaultEffect.WrongBody.NULL_RESULT);
  }

  /**
   * Sends the envelope of a success whose result is an object without fields.
   *
   * @return the fault
   */
  public static Fault emptyResult() {
    return of(FaultEffect.WrongResult.EMPTY_RESULT);
  }

  /**
   * Puts the id of another policy into the result: into the first element of a list or a batch. As
   * for the other faults of results, the response of a refused request stays as it is.
   *
   * @return the fault
   */
  public static Fault otherId() {
    return of(FaultEffect.WrongResult.OTHER_ID);
  }

  /**
   * Puts another policy into the result: in place of the first element of a list or a batch.
   *
   * @return the fault
   */
  public static Fault otherPolicy() {
    return of(FaultEffect.WrongResult.OTHER_POLICY);
  }

  /**
   * Changes the value of a field in the result: in the first element of a list or a batch that has
   * the field. No spelling of the old value is equal to the new one.
   *
   * @param field pattern, pattern_type, comments or the name of a boolean field
   * @return the fault
   * @throws IllegalArgumentException if there is no such field
   */
  public static Fault otherField(String field) {
    if (!CHANGEABLE_FIELDS.contains(field)) {
      throw new IllegalArgumentException(
          "field must be one of " + String.join(", ", CHANGEABLE_FIELDS) + ", not " + field);
    }
    return of(new FaultEffect.OtherField(field));
  }

  /**
   * Leaves the last elements out of a list or of the result of a batch.
   *
   * @param elements how many, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault fewerResults(int elements) {
    return of(new FaultEffect.FewerResults(inRange("elements", elements, 1, MAX_BYTES)));
  }

  /**
   * Sends a page of a listing without its policies.
   *
   * @return the fault
   */
  public static Fault missingPage() {
    return of(FaultEffect.WrongPage.MISSING_PAGE);
  }

  /**
   * Sends the policies of the page before under the number of the requested page.
   *
   * @return the fault
   */
  public static Fault repeatedPage() {
    return of(FaultEffect.WrongPage.REPEATED_PAGE);
  }

  /**
   * Lowers the page size; {@code per_page} of the response reports it.
   *
   * @param rows the largest page size, from 1
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault cappedPage(int rows) {
    return of(new FaultEffect.CappedPage(inRange("rows", rows, 1, MAX_BYTES)));
  }

  /**
   * Sends a page without its last policies, although more follow. {@code per_page} of the response
   * is the requested one, {@code total_count} is right.
   *
   * @param rows how many policies the page has at most, from 0 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault shortPage(int rows) {
    return of(new FaultEffect.ShortPage(inRange("rows", rows, 0, MAX_BYTES)));
  }

  /**
   * Sends a page that begins at another row.
   *
   * @param rows the distance, to 2²⁸; negative for an earlier row
   * @return the fault
   */
  public static Fault shiftedPage(int rows) {
    return of(new FaultEffect.ShiftedPage(inRange("rows", rows, -MAX_BYTES, MAX_BYTES)));
  }

  /**
   * Adds headers.
   *
   * @param bytes their length together, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault largeHeaders(int bytes) {
    return of(new FaultEffect.LargeHeaders(inRange("bytes", bytes, 1, MAX_BYTES)));
  }

  /**
   * Pads the body with blanks, which compress well.
   *
   * @param bytes the length of the body before compression, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault largeBody(int bytes) {
    return of(new FaultEffect.LargeBody(inRange("bytes", bytes, 1, MAX_BYTES)));
  }

  /**
   * Returns this fault with another value for a header of the response, or without the header.
   *
   * @param name the name of the header
   * @param value the value, or null to leave the header out
   * @return the new fault
   */
  public Fault header(String name, @Nullable String value) {
    Map<String, @Nullable String> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new Fault(effect, Collections.unmodifiableMap(more), done, delay);
  }

  /**
   * Returns this fault for a request that is carried out at once.
   *
   * @return the new fault
   */
  public Fault done() {
    return new Fault(effect, headers, true, Duration.ZERO);
  }

  /**
   * Returns this fault for a request that is carried out some time after its response, even if the
   * connection is closed by then: a write whose client has given up. The response looks as if the
   * request were carried out already. If the request is not valid any more by then, nothing
   * happens.
   *
   * @param delay the time after the request is evaluated, not negative
   * @return the new fault
   * @throws IllegalArgumentException if the delay is negative
   * @see ApiSimulator#pendingWrites()
   */
  public Fault doneAfter(Duration delay) {
    return new Fault(effect, headers, true, notNegative(delay));
  }

  /**
   * Returns this fault for a request that is not carried out, though the response may look as if it
   * were.
   *
   * @return the new fault
   */
  public Fault notDone() {
    return new Fault(effect, headers, false, Duration.ZERO);
  }

  /**
   * Returns the effect with its data.
   *
   * @return the effect
   */
  public FaultEffect effect() {
    return effect;
  }

  /**
   * Returns the kind of the effect.
   *
   * @return the kind
   */
  public Kind kind() {
    return effect.kind();
  }

  /**
   * Returns the headers that the fault changes.
   *
   * @return an immutable map from the name in lower case to the value, or to null for a header that
   *     is left out
   */
  public Map<String, @Nullable String> headers() {
    return headers;
  }

  /**
   * Returns whether the request is carried out, at once or later.
   *
   * @return whether a write changes policies, if it is valid otherwise
   */
  public boolean isDone() {
    return done;
  }

  /**
   * Returns how long after its evaluation the request is carried out.
   *
   * @return zero if it is carried out at once or not at all
   */
  public Duration delay() {
    return delay;
  }

  /**
   * Returns the effect with its data, and whether the request is carried out.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return effect + (!done ? ", not done" : delay.isZero() ? ", done" : ", done after " + delay);
  }

  private static int validStatus(int status) {
    return inRange("status", status, 200, 599);
  }

  private static int inRange(String name, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " must be from " + min + " to " + max + ", not " + value);
    }
    return value;
  }

  private static Duration notNegative(Duration wait) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException("wait must not be negative, but is " + wait);
    }
    return wait;
  }
}
