package dev.allowflux.simulator;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that goes wrong with an answer. Immutable; each method returns a new fault.
 *
 * <p>A fault also says whether the request is carried out, as {@link #done()} and {@link
 * #notDone()} tell. A request that meets a {@link Kind#STATUS}, {@link Kind#THROTTLED} or {@link
 * Kind#REDIRECT} is not, unless {@code done()} is called; any other is, unless {@code notDone()} is
 * called: then the answer looks as if it were. So {@code Fault.fin(BEFORE_HEADERS)} is a write done
 * but not answered, and {@code Fault.none().notDone()} a write answered but not done.
 */
public final class Fault {

  /** What goes wrong. */
  public enum Kind {
    /** Nothing: the answer as it should be. */
    NONE(false, false, null),
    /** Another status, with a JSON, HTML or empty body. */
    STATUS(false, false, "status"),
    /** Status 429 with the failure envelope. */
    THROTTLED(false, false, "code"),
    /** A redirect. */
    REDIRECT(false, false, "status"),
    /** The answer stops for a while, then goes on. */
    PAUSE(true, true, null),
    /** The answer stops for a while, then the connection is closed. */
    STALL(true, true, null),
    /** The answer stops for good; the connection stays open until the other side closes it. */
    HANG(true, false, null),
    /** The connection is closed. */
    FIN(true, false, null),
    /** The connection is reset. */
    RESET(true, false, null),
    /** The answer comes a few bytes at a time. */
    DRIP(false, true, "bytes"),
    /** The connection is closed after the answer, which says so. */
    CLOSE_TOLD(false, false, null),
    /** The connection is closed after the answer, which does not say so. */
    CLOSE_UNTOLD(false, false, null),
    /** Half the body, and a content-length that fits this half. */
    HALF_BODY(false, false, null),
    /** Half the body, but the content-length of the whole; then the connection is closed. */
    SHORT_BODY(false, false, null),
    /** The whole body as a chunk, but no last chunk; then the connection is closed. */
    UNENDED_CHUNKS(false, false, null),
    /** The body in gzip, whether it was accepted or not, with bytes spoilt within. */
    BROKEN_GZIP(false, false, null),
    /** Bytes that are no UTF-8 in a string of the body. */
    INVALID_UTF8(false, false, null),
    /** A byte order mark before the body. */
    BOM(false, false, null),
    /** A body whose last brace is another character. */
    INVALID_JSON(false, false, null),
    /** The envelope of a failure under the status of a success. */
    SUCCESS_FALSE(false, false, null),
    /** The envelope of a success whose result is null. */
    NULL_RESULT(false, false, null),
    /** A page without its policies. Meets listings only, as all that end in PAGE. */
    MISSING_PAGE(false, false, null),
    /** The policies of the page before under the number of this page. */
    REPEATED_PAGE(false, false, null),
    /** A page size lowered by the server, which says so. */
    CAPPED_PAGE(false, false, "rows"),
    /** Policies from some rows further on, or further back if the number is negative. */
    SHIFTED_PAGE(false, false, "rows"),
    /** Additional headers of many bytes. */
    LARGE_HEADERS(false, false, "bytes"),
    /** A body padded with blanks to many bytes; before compression. */
    LARGE_BODY(false, false, "bytes");

    final boolean takesPoint;
    final boolean takesWait;

    /** What the number of such a fault is called, or null if it has none. */
    final @Nullable String number;

    Kind(boolean takesPoint, boolean takesWait, @Nullable String number) {
      this.takesPoint = takesPoint;
      this.takesWait = takesWait;
      this.number = number;
    }

    boolean replacesAnswer() {
      return this == STATUS || this == THROTTLED || this == REDIRECT;
    }

    boolean isForListings() {
      return name().endsWith("_PAGE");
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Where in an answer. */
  public enum Point {
    /** Before its first byte. */
    BEFORE_HEADERS,
    /** In the middle of the headers. */
    WITHIN_HEADERS,
    /** After the empty line that ends the headers. */
    AFTER_HEADERS,
    /** In the middle of the body. */
    WITHIN_BODY;

    int of(int headLength, int bodyLength) {
      return switch (this) {
        case BEFORE_HEADERS -> 0;
        case WITHIN_HEADERS -> headLength / 2;
        case AFTER_HEADERS -> headLength;
        case WITHIN_BODY -> headLength + bodyLength / 2;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the body of a {@link Kind#STATUS} is. */
  public enum Content {
    /** The failure envelope, with the code 10000 + status. */
    JSON,
    /** A page as the edge shows it. */
    HTML,
    /** Nothing, and no content-type. */
    EMPTY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final int MAX_BYTES = 1 << 28;

  /** What an answer meets that nobody wants to spoil. */
  static final Fault NONE = none();

  private final Kind kind;
  private final Point point;
  private final Duration wait;
  private final int number;
  private final Content content;
  private final Map<String, @Nullable String> headers;
  private final boolean done;

  private Fault(
      Kind kind,
      Point point,
      Duration wait,
      int number,
      Content content,
      Map<String, @Nullable String> headers,
      boolean done) {
    this.kind = kind;
    this.point = point;
    this.wait = wait;
    this.number = number;
    this.content = content;
    this.headers = headers;
    this.done = done;
  }

  /**
   * Any fault of its parts; a kind ignores those that it has no use for.
   *
   * @throws IllegalArgumentException if a part is out of its range
   */
  static Fault of(Kind kind, Point point, Duration wait, int number, Content content) {
    if (wait.isNegative()) {
      throw new IllegalArgumentException("wait must not be negative, but is " + wait);
    }
    int min = kind.number == null || kind == Kind.SHIFTED_PAGE ? Integer.MIN_VALUE : 1;
    int max = kind.number == null ? Integer.MAX_VALUE : MAX_BYTES;
    if ("status".equals(kind.number)) {
      min = 200;
      max = 599;
    }
    if (number < min || number > max) {
      throw new IllegalArgumentException(
          kind.number + " must be from " + min + " to " + max + ", not " + number);
    }
    return new Fault(kind, point, wait, number, content, Map.of(), !kind.replacesAnswer());
  }

  private static Fault of(Kind kind) {
    return of(kind, Point.BEFORE_HEADERS, Duration.ZERO, 1, Content.EMPTY);
  }

  private static Fault of(Kind kind, Point point, Duration wait) {
    return of(
        kind,
        Objects.requireNonNull(point, "point"),
        Objects.requireNonNull(wait, "wait"),
        1,
        Content.EMPTY);
  }

  private static Fault of(Kind kind, int number) {
    return of(kind, Point.BEFORE_HEADERS, Duration.ZERO, number, Content.EMPTY);
  }

  /**
   * Nothing goes wrong; fills a place in a script.
   *
   * @return the fault
   */
  public static Fault none() {
    return of(Kind.NONE);
  }

  /**
   * Another status instead of the answer.
   *
   * @param status 200 to 599
   * @param content what the body is
   * @return the fault
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault status(int status, Content content) {
    return of(
        Kind.STATUS,
        Point.BEFORE_HEADERS,
        Duration.ZERO,
        status,
        Objects.requireNonNull(content, "content"));
  }

  /**
   * Status 429 with {@code retry-after: 1}; {@link #header} changes this or takes it away, as it
   * does with {@code ratelimit} and {@code ratelimit-policy}.
   *
   * @param code the code in the envelope, from 1; the service uses 10100 and 971
   * @return the fault
   * @throws IllegalArgumentException if the code is out of range
   */
  public static Fault throttled(int code) {
    return of(Kind.THROTTLED, code).header("retry-after", "1");
  }

  /**
   * A redirect without a body.
   *
   * @param status 200 to 599, such as 302
   * @param location the address
   * @return the fault
   * @throws IllegalArgumentException if the status is out of range
   */
  public static Fault redirect(int status, String location) {
    return of(Kind.REDIRECT, status)
        .header("location", Objects.requireNonNull(location, "location"));
  }

  /**
   * The answer stops for a while, then goes on.
   *
   * @param point where
   * @param wait for how long, not negative
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   */
  public static Fault pause(Point point, Duration wait) {
    return of(Kind.PAUSE, point, wait);
  }

  /**
   * The answer stops for a while, then the connection is closed.
   *
   * @param point where
   * @param wait for how long, not negative
   * @return the fault
   * @throws IllegalArgumentException if the wait is negative
   */
  public static Fault stall(Point point, Duration wait) {
    return of(Kind.STALL, point, wait);
  }

  /**
   * The answer stops, until the client or {@link ApiSimulator#close()} closes the connection.
   *
   * @param point where
   * @return the fault
   */
  public static Fault hang(Point point) {
    return of(Kind.HANG, point, Duration.ZERO);
  }

  /**
   * The connection is closed in order.
   *
   * @param point where
   * @return the fault
   */
  public static Fault fin(Point point) {
    return of(Kind.FIN, point, Duration.ZERO);
  }

  /**
   * The connection is reset.
   *
   * @param point where
   * @return the fault
   */
  public static Fault reset(Point point) {
    return of(Kind.RESET, point, Duration.ZERO);
  }

  /**
   * The whole answer comes slowly.
   *
   * @param bytes how many at a time, from 1
   * @param every the time between, not negative
   * @return the fault
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Fault drip(int bytes, Duration every) {
    return of(
        Kind.DRIP,
        Point.BEFORE_HEADERS,
        Objects.requireNonNull(every, "every"),
        bytes,
        Content.EMPTY);
  }

  /**
   * The connection is closed after the answer.
   *
   * @param told whether the answer says so
   * @return the fault
   */
  public static Fault closeAfter(boolean told) {
    return of(told ? Kind.CLOSE_TOLD : Kind.CLOSE_UNTOLD);
  }

  /**
   * Half a body.
   *
   * @param told whether content-length is that of the half; if not, it is that of the whole, and
   *     the connection is closed
   * @return the fault
   */
  public static Fault halfBody(boolean told) {
    return of(told ? Kind.HALF_BODY : Kind.SHORT_BODY);
  }

  /**
   * A chunked body without its end; then the connection is closed.
   *
   * @return the fault
   */
  public static Fault unendedChunks() {
    return of(Kind.UNENDED_CHUNKS);
  }

  /**
   * A body in gzip that cannot be unpacked.
   *
   * @return the fault
   */
  public static Fault brokenGzip() {
    return of(Kind.BROKEN_GZIP);
  }

  /**
   * Bytes in the body that are no UTF-8.
   *
   * @return the fault
   */
  public static Fault invalidUtf8() {
    return of(Kind.INVALID_UTF8);
  }

  /**
   * A byte order mark before the body.
   *
   * @return the fault
   */
  public static Fault bom() {
    return of(Kind.BOM);
  }

  /**
   * A body that is not JSON at its very end.
   *
   * @return the fault
   */
  public static Fault invalidJson() {
    return of(Kind.INVALID_JSON);
  }

  /**
   * The envelope of a failure under the status of a success.
   *
   * @return the fault
   */
  public static Fault successFalse() {
    return of(Kind.SUCCESS_FALSE);
  }

  /**
   * The envelope of a success with the result null.
   *
   * @return the fault
   */
  public static Fault nullResult() {
    return of(Kind.NULL_RESULT);
  }

  /**
   * A page of a listing without its policies.
   *
   * @return the fault
   */
  public static Fault missingPage() {
    return of(Kind.MISSING_PAGE);
  }

  /**
   * The page before, under the number of the page that was asked for.
   *
   * @return the fault
   */
  public static Fault repeatedPage() {
    return of(Kind.REPEATED_PAGE);
  }

  /**
   * A page size that the server lowers; the answer says so in {@code per_page}.
   *
   * @param rows the largest page size, from 1
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault cappedPage(int rows) {
    return of(Kind.CAPPED_PAGE, rows);
  }

  /**
   * A page that begins at another row.
   *
   * @param rows how much further on; negative for further back
   * @return the fault
   */
  public static Fault shiftedPage(int rows) {
    return of(Kind.SHIFTED_PAGE, rows);
  }

  /**
   * Additional headers.
   *
   * @param bytes how many bytes of them, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault largeHeaders(int bytes) {
    return of(Kind.LARGE_HEADERS, bytes);
  }

  /**
   * A body padded with blanks, which compress well.
   *
   * @param bytes how long the body becomes before compression, from 1 to 2²⁸
   * @return the fault
   * @throws IllegalArgumentException if it is out of range
   */
  public static Fault largeBody(int bytes) {
    return of(Kind.LARGE_BODY, bytes);
  }

  /**
   * This fault with another value for a header of the answer, or without the header.
   *
   * @param name the name of the header
   * @param value the value, or null to leave the header out
   * @return the new fault
   */
  public Fault header(String name, @Nullable String value) {
    Map<String, @Nullable String> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new Fault(kind, point, wait, number, content, Collections.unmodifiableMap(more), done);
  }

  /**
   * This fault, and the request is carried out.
   *
   * @return the new fault
   */
  public Fault done() {
    return new Fault(kind, point, wait, number, content, headers, true);
  }

  /**
   * This fault, and the request is not carried out, though the answer may look as if it were.
   *
   * @return the new fault
   */
  public Fault notDone() {
    return new Fault(kind, point, wait, number, content, headers, false);
  }

  /**
   * What goes wrong.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Where the answer is cut or stops.
   *
   * @return the point, or null for a kind that has none
   */
  public @Nullable Point point() {
    return kind.takesPoint ? point : null;
  }

  /**
   * Whether the request is carried out.
   *
   * @return whether a write changes policies, if it is otherwise good
   */
  public boolean isDone() {
    return done;
  }

  Point at() {
    return point;
  }

  Duration pauseLength() {
    return wait;
  }

  int number() {
    return number;
  }

  Content content() {
    return content;
  }

  Map<String, @Nullable String> headers() {
    return headers;
  }

  /**
   * The kind with what it takes, and whether the request is carried out.
   *
   * @return one line
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.toString());
    if (kind.takesPoint) {
      text.append(' ').append(point);
    }
    if (kind.takesWait) {
      text.append(' ').append(wait);
    }
    if (kind.number != null) {
      text.append(' ').append(number);
    }
    if (kind == Kind.STATUS) {
      text.append(' ').append(content);
    }
    return text.append(done ? ", done" : ", not done").toString();
  }
}
