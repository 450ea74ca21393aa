package dev.allowflux.simulator;

import dev.allowflux.simulator.Fault.Content;
import dev.allowflux.simulator.Fault.Kind;
import dev.allowflux.simulator.Fault.Point;
import java.time.Duration;

/**
 * The effect of a {@link Fault}: one type for each kind, with the data that this kind needs and no
 * other. An effect that needs no data is a constant of an enum.
 *
 * <p>The factories of {@link Fault} make them and check their data; the types are public so that a
 * test can look at the fault that a {@link RecordedRequest} had.
 *
 * <p>Longer than most files: there are as many small types as there are kinds.
 *
 * @since 0.1
 */
public sealed interface FaultEffect {

  /**
   * The kind of this effect, for counting and for scripts.
   *
   * @return the kind
   */
  Kind kind();

  /**
   * Sends another response in place of the true one.
   *
   * @since 0.1
   */
  sealed interface Replacement extends FaultEffect {}

  /**
   * Changes which policies a page of a listing holds; a request that lists nothing ignores it.
   *
   * @since 0.1
   */
  sealed interface PageChange extends FaultEffect {}

  /**
   * Changes headers or body of the response before it is compressed.
   *
   * @since 0.1
   */
  sealed interface ContentChange extends FaultEffect {}

  /**
   * Changes how the bytes of the response are framed and sent.
   *
   * @since 0.1
   */
  sealed interface Transmission extends FaultEffect {}

  /**
   * No effect.
   *
   * @since 0.1
   */
  enum NoEffect implements FaultEffect {
    /** The response stays as it is. */
    NONE;

    @Override
    public Kind kind() {
      return Kind.NONE;
    }

    @Override
    public String toString() {
      return kind().toString();
    }
  }

  /**
   * A status of any kind.
   *
   * @param status 200 to 599
   * @param content the body
   * @since 0.1
   */
  record Status(int status, Content content) implements Replacement {
    @Override
    public Kind kind() {
      return Kind.STATUS;
    }

    @Override
    public String toString() {
      return kind() + " " + status + " " + content;
    }
  }

  /**
   * Status 429 with the failure envelope.
   *
   * @param code the code in the envelope, from 1
   * @since 0.1
   */
  record Throttled(int code) implements Replacement {
    @Override
    public Kind kind() {
      return Kind.THROTTLED;
    }

    @Override
    public String toString() {
      return kind() + " " + code;
    }
  }

  /**
   * The failure envelope with a chosen code.
   *
   * @param status 200 to 599
   * @param code the code in the envelope, from 1
   * @since 0.1
   */
  record Refusal(int status, int code) implements Replacement {
    @Override
    public Kind kind() {
      return Kind.REFUSAL;
    }

    @Override
    public String toString() {
      return kind() + " " + status + " " + code;
    }
  }

  /**
   * A redirect without a body.
   *
   * @param status 200 to 599
   * @param location the value of the header {@code location}
   * @since 0.1
   */
  record Redirect(int status, String location) implements Replacement {
    @Override
    public Kind kind() {
      return Kind.REDIRECT;
    }

    @Override
    public String toString() {
      return kind() + " " + status + " " + location;
    }
  }

  /**
   * Other policies on a page, without a number.
   *
   * @since 0.1
   */
  enum WrongPage implements PageChange {
    /** No policies. */
    MISSING_PAGE,
    /** The policies of the page before. */
    REPEATED_PAGE;

    @Override
    public Kind kind() {
      return Kind.valueOf(name());
    }

    @Override
    public String toString() {
      return kind().toString();
    }
  }

  /**
   * A page size that the server lowers and reports.
   *
   * @param rows the largest page size, from 1
   * @since 0.1
   */
  record CappedPage(int rows) implements PageChange {
    @Override
    public Kind kind() {
      return Kind.CAPPED_PAGE;
    }

    @Override
    public String toString() {
      return kind() + " " + rows;
    }
  }

  /**
   * A page without its last policies, although more follow; the page size is reported as requested.
   *
   * @param rows how many policies it has at most, from 0
   * @since 0.1
   */
  record ShortPage(int rows) implements PageChange {
    @Override
    public Kind kind() {
      return Kind.SHORT_PAGE;
    }

    @Override
    public String toString() {
      return kind() + " " + rows;
    }
  }

  /**
   * A page that begins at another row.
   *
   * @param rows the distance; negative for an earlier row
   * @since 0.1
   */
  record ShiftedPage(int rows) implements PageChange {
    @Override
    public Kind kind() {
      return Kind.SHIFTED_PAGE;
    }

    @Override
    public String toString() {
      return kind() + " " + rows;
    }
  }

  /**
   * Another body, without a number.
   *
   * @since 0.1
   */
  enum WrongBody implements ContentChange {
    /** Bytes that are not UTF-8 in a string of the body. */
    INVALID_UTF8,
    /** A byte order mark before the body. */
    BOM,
    /** A body whose last brace is another character. */
    INVALID_JSON,
    /** The envelope of a failure under the status of a success. */
    SUCCESS_FALSE,
    /** The envelope of a success whose result is null. */
    NULL_RESULT;

    @Override
    public Kind kind() {
      return Kind.valueOf(name());
    }

    @Override
    public String toString() {
      return kind().toString();
    }
  }

  /**
   * A result that contradicts the request, without further data.
   *
   * @since 0.1
   */
  enum WrongResult implements ContentChange {
    /** An object without fields. */
    EMPTY_RESULT,
    /** The id of another policy in the first element of the result. */
    OTHER_ID,
    /** Another policy as the first element of the result. */
    OTHER_POLICY;

    @Override
    public Kind kind() {
      return Kind.valueOf(name());
    }

    @Override
    public String toString() {
      return kind().toString();
    }
  }

  /**
   * Another value of one field, in the first element of the result that has the field.
   *
   * @param field the name of the field in the API
   * @since 0.1
   */
  record OtherField(String field) implements ContentChange {
    @Override
    public Kind kind() {
      return Kind.OTHER_FIELD;
    }

    @Override
    public String toString() {
      return kind() + " " + field;
    }
  }

  /**
   * A list or the result of a batch without its last elements.
   *
   * @param elements how many are left out, from 1
   * @since 0.1
   */
  record FewerResults(int elements) implements ContentChange {
    @Override
    public Kind kind() {
      return Kind.FEWER_RESULTS;
    }

    @Override
    public String toString() {
      return kind() + " " + elements;
    }
  }

  /**
   * Additional headers.
   *
   * @param bytes their length together
   * @since 0.1
   */
  record LargeHeaders(int bytes) implements ContentChange {
    @Override
    public Kind kind() {
      return Kind.LARGE_HEADERS;
    }

    @Override
    public String toString() {
      return kind() + " " + bytes;
    }
  }

  /**
   * A body padded with blanks.
   *
   * @param bytes its length before compression
   * @since 0.1
   */
  record LargeBody(int bytes) implements ContentChange {
    @Override
    public Kind kind() {
      return Kind.LARGE_BODY;
    }

    @Override
    public String toString() {
      return kind() + " " + bytes;
    }
  }

  /**
   * Another way to frame the body or to end the connection, without a number.
   *
   * @since 0.1
   */
  enum WrongFraming implements Transmission {
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
    /** Status 204, which has no body, with the body of the true response. */
    NO_CONTENT_WITH_BODY,
    /** The body in gzip with bytes changed within. */
    BROKEN_GZIP;

    @Override
    public Kind kind() {
      return Kind.valueOf(name());
    }

    @Override
    public String toString() {
      return kind().toString();
    }
  }

  /**
   * The response stops for a while, then continues.
   *
   * @param at where it stops
   * @param length how long, not negative
   * @since 0.1
   */
  record Pause(Point at, Duration length) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.PAUSE;
    }

    @Override
    public String toString() {
      return kind() + " " + at + " " + length;
    }
  }

  /**
   * The response stops for a while, then the connection is closed.
   *
   * @param at where it stops
   * @param length how long, not negative
   * @since 0.1
   */
  record Stall(Point at, Duration length) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.STALL;
    }

    @Override
    public String toString() {
      return kind() + " " + at + " " + length;
    }
  }

  /**
   * The response stops for good; the connection stays open until the other side closes it.
   *
   * @param at where it stops
   * @since 0.1
   */
  record Hang(Point at) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.HANG;
    }

    @Override
    public String toString() {
      return kind() + " " + at;
    }
  }

  /**
   * The connection is closed.
   *
   * @param at where the response is cut
   * @since 0.1
   */
  record Fin(Point at) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.FIN;
    }

    @Override
    public String toString() {
      return kind() + " " + at;
    }
  }

  /**
   * The connection is reset.
   *
   * @param at where the response is cut
   * @since 0.1
   */
  record Reset(Point at) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.RESET;
    }

    @Override
    public String toString() {
      return kind() + " " + at;
    }
  }

  /**
   * The request is evaluated and carried out later, and then gets its response.
   *
   * @param length how much later, not negative
   * @since 0.1
   */
  record Late(Duration length) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.LATE;
    }

    @Override
    public String toString() {
      return kind() + " " + length;
    }
  }

  /**
   * A response of the 1xx kind before the true one.
   *
   * @param status 100 to 199
   * @since 0.1
   */
  record Informational(int status) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.INFORMATIONAL;
    }

    @Override
    public String toString() {
      return kind() + " " + status;
    }
  }

  /**
   * The same response once more, without a request for it.
   *
   * @param length the time between the two, not negative; zero for both at once
   * @since 0.1
   */
  record SecondResponse(Duration length) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.SECOND_RESPONSE;
    }

    @Override
    public String toString() {
      return kind() + " " + length;
    }
  }

  /**
   * Bytes behind the end of the response that are no response.
   *
   * @param bytes how many, from 1
   * @since 0.1
   */
  record TrailingBytes(int bytes) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.TRAILING_BYTES;
    }

    @Override
    public String toString() {
      return kind() + " " + bytes;
    }
  }

  /**
   * The response is sent a few bytes at a time.
   *
   * @param bytes how many bytes at a time, from 1
   * @param interval the time between two parts, not negative
   * @since 0.1
   */
  record Drip(int bytes, Duration interval) implements Transmission {
    @Override
    public Kind kind() {
      return Kind.DRIP;
    }

    @Override
    public String toString() {
      return kind() + " " + bytes + " " + interval;
    }
  }
}
