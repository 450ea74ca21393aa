package dev.allowflux.internal.json;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON of the API: reads answers, writes bodies.
 *
 * <p>Reading is tolerant where the API may grow (unknown members, words and forms of errors pass)
 * and strict where a wrong value would pass for a right one. Of two members with one name the last
 * holds.
 */
public final class BodyJson {
  public static final String DELETES = "deletes";
  public static final String PATCHES = "patches";
  public static final String PUTS = "puts";
  public static final String POSTS = "posts";

  /** The body is bounded before it comes here, so a text may be as long as the body. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(64)
          .maxNumberLength(1000)
          .maxNameLength(1024)
          .maxStringLength(Integer.MAX_VALUE)
          .build();

  /**
   * JSON between systems is UTF-8; guessing at other encodings would only misread a broken body.
   */
  public static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(LIMITS)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private BodyJson() {}

  /** Reads the answer to get, create and edit. */
  public static Envelope<AllowPolicy> readPolicy(byte[] bytes, int offset, int length) {
    return new JacksonResponseParser(bytes, offset, length)
        .readEnvelope(JacksonResponseParser::policy);
  }

  /** Reads the answer to list: fast if it is of the usual form, and by Jackson if not. */
  public static Envelope<PageBody> readPage(byte[] bytes, int offset, int length) {
    Envelope<PageBody> page = FastPageReader.read(bytes, offset, length);
    return page != null ? page : JacksonResponseParser.readPage(bytes, offset, length);
  }

  /** Reads the answer to list accounts. */
  public static Envelope<AccountPage> readAccounts(byte[] bytes, int offset, int length) {
    return JacksonResponseParser.readAccounts(bytes, offset, length);
  }

  /** Reads the answer to delete. */
  public static Envelope<PolicyId> readDeleted(byte[] bytes, int offset, int length) {
    return new JacksonResponseParser(bytes, offset, length)
        .readEnvelope(JacksonResponseParser::deleted);
  }

  /** Reads the answer to batch. */
  public static Envelope<BatchResult> readBatch(byte[] bytes, int offset, int length) {
    return new JacksonResponseParser(bytes, offset, length)
        .readEnvelope(JacksonResponseParser::batch);
  }

  /** Reads an answer without its result, which is of no interest when the call failed. */
  public static Envelope<Void> readFailure(byte[] bytes, int offset, int length) {
    return new JacksonResponseParser(bytes, offset, length)
        .readEnvelope(JacksonResponseParser::nothing);
  }

  /** Writes the body of a create. */
  public static byte[] write(NewAllowPolicy policy) {
    return BodyWriter.write(policy);
  }

  /** Writes the body of an edit. */
  public static byte[] write(AllowPolicyEdit edit) {
    return BodyWriter.write(edit);
  }

  /** Writes the body of a batch. */
  public static byte[] write(AllowPolicyBatch batch) {
    return BodyWriter.write(batch);
  }

  /** What is wrong with a text, without Jackson's words on where the text came from. */
  public static String describe(JacksonException e) {
    return e instanceof UnexpectedEndOfInputException
        ? "it ends too early"
        : e.getOriginalMessage();
  }

  /** The same with line and column. */
  static String describeWithPlace(JacksonException e) {
    TokenStreamLocation place = e.getLocation();
    return place == null
        ? describe(e)
        : describe(e) + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }
}
