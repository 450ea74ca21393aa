package dev.allowflux.simulator;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a response: its {@link FaultEffect}, headers that it changes, and whether the request
 * is carried out. Immutable; each method returns a new fault.
 *
 * <p>A request whose response is replaced ({@link #status}, {@link #throttled}, {@link #redirect})
 * is not carried out, unless {@link #done()} is called. Any other request is carried out, unless
 * {@link #notDone()} is called: then the response looks as if it were. So {@code
 * Fault.fin(BEFORE_HEADERS)} is a write that is carried out and gets no response, and {@code
 * Fault.none().notDone()} a write that gets a success and is not carried out.
 *
 * <p>The class is long because each kind of fault has a factory with its contract.
 *
 * @since 0.1
 */
public final class Fault {

  /** The kinds of faults; the name in lower case is the name in a {@link FaultScript}. */
  public enum Kind {
    /** No fault: the true response. */
    NONE,
    /** Another status, with a JSON, HTML or empty body. */
    STATUS,
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
    /** A page without its policies. As all kinds that end in PAGE, it affects listings only. */
    MISSING_PAGE,
    /** The policies of the page before under the number of this page. */
    REPEATED_PAGE,
    /** A page size that the server lowers and reports. */
    CAPPED_PAGE,
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

  /** A point in a response. */
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

  /** The body of a {@link Kind#STATUS}. */
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

  private final FaultEffect effect;
  private final Map<String, @Nullable String> headers;
  private final boolean done;

  private Fault(FaultEffect effect, Map<String, @Nullable String> headers, boolean done) {
    this.effect = effect;
    this.headers = headers;
    this.done = done;
  }

  private static Fault of(FaultEffect effect) {
    return new Fault(effect, Map.of(), !(effect instanceof FaultEffect.Replacement));
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
    return new Fault(effect, Collections.unmodifiableMap(more), done);
  }

  /**
   * Returns this fault for a request that is carried out.
   *
   * @return the new fault
   */
  public Fault done() {
    return new Fault(effect, headers, true);
  }

  /**
   * Returns this fault for a request that is not carried out, though the response may look as if it
   * were.
   *
   * @return the new fault
   */
  public Fault notDone() {
    return new Fault(effect, headers, false);
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
   * Returns whether the request is carried out.
   *
   * @return whether a write changes policies, if it is valid otherwise
   */
  public boolean isDone() {
    return done;
  }

  /**
   * Returns the effect with its data, and whether the request is carried out.
   *
   * @return one line
   */
  @Override
  public String toString() {
    return effect + (done ? ", done" : ", not done");
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
