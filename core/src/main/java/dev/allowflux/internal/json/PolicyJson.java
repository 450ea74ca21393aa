package dev.allowflux.internal.json;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
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
public final class PolicyJson {
  static final String ID = "id";
  static final String CREATED_AT = "created_at";
  static final String MODIFIED_AT = "modified_at";
  static final String LAST_MODIFIED = "last_modified";
  static final String PATTERN = "pattern";
  static final String PATTERN_TYPE = "pattern_type";
  static final String IS_REGEX = "is_regex";
  static final String IS_TRUSTED_SENDER = "is_trusted_sender";
  static final String IS_ACCEPTABLE_SENDER = "is_acceptable_sender";
  static final String IS_EXEMPT_RECIPIENT = "is_exempt_recipient";
  static final String VERIFY_SENDER = "verify_sender";
  static final String IS_RECIPIENT = "is_recipient";
  static final String IS_SENDER = "is_sender";
  static final String IS_SPOOF = "is_spoof";
  static final String COMMENTS = "comments";
  static final String DELETES = "deletes";
  static final String PATCHES = "patches";
  static final String PUTS = "puts";
  static final String POSTS = "posts";

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
  static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(LIMITS)
          .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
          .build();

  private PolicyJson() {}

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

  public static byte[] write(NewAllowPolicy policy) {
    return write(json -> writeObject(json, null, policy));
  }

  public static byte[] write(AllowPolicyEdit edit) {
    return write(json -> writeObject(json, null, edit));
  }

  /** Writes all four arrays, as the API wants the empty ones too. */
  public static byte[] write(AllowPolicyBatch batch) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeName(DELETES).writeStartArray();
          for (PolicyId id : batch.deletes()) {
            json.writeStartObject().writeStringProperty(ID, id.value()).writeEndObject();
          }
          json.writeEndArray().writeName(PATCHES).writeStartArray();
          for (AllowPolicyBatch.Edit edit : batch.edits()) {
            writeObject(json, edit.id(), edit.edit());
          }
          json.writeEndArray().writeName(PUTS).writeStartArray();
          for (AllowPolicyBatch.Replacement replacement : batch.replacements()) {
            writeObject(json, replacement.id(), replacement.policy());
          }
          json.writeEndArray().writeName(POSTS).writeStartArray();
          for (NewAllowPolicy policy : batch.creates()) {
            writeObject(json, null, policy);
          }
          json.writeEndArray().writeEndObject();
        });
  }

  private static byte[] write(Consumer<JsonGenerator> content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
      content.accept(json);
    }
    return bytes.toByteArray();
  }

  private static void writeObject(
      JsonGenerator json, @Nullable PolicyId id, NewAllowPolicy policy) {
    json.writeStartObject();
    writeText(json, ID, id);
    writeText(json, PATTERN, policy.pattern());
    writeText(json, PATTERN_TYPE, policy.patternType());
    writeFlag(json, IS_REGEX, policy.isRegex());
    writeFlag(json, IS_TRUSTED_SENDER, policy.isTrustedSender());
    writeFlag(json, IS_ACCEPTABLE_SENDER, policy.isAcceptableSender());
    writeFlag(json, IS_EXEMPT_RECIPIENT, policy.isExemptRecipient());
    writeFlag(json, VERIFY_SENDER, policy.verifySender());
    writeText(json, COMMENTS, policy.comments());
    json.writeEndObject();
  }

  private static void writeObject(JsonGenerator json, @Nullable PolicyId id, AllowPolicyEdit edit) {
    json.writeStartObject();
    writeText(json, ID, id);
    writeText(json, PATTERN, edit.pattern());
    writeText(json, PATTERN_TYPE, edit.patternType());
    writeFlag(json, IS_REGEX, edit.isRegex());
    writeFlag(json, IS_TRUSTED_SENDER, edit.isTrustedSender());
    writeFlag(json, IS_ACCEPTABLE_SENDER, edit.isAcceptableSender());
    writeFlag(json, IS_EXEMPT_RECIPIENT, edit.isExemptRecipient());
    writeFlag(json, VERIFY_SENDER, edit.verifySender());
    if (edit.clearsComments()) {
      json.writeNullProperty(COMMENTS);
    }
    writeText(json, COMMENTS, edit.comments());
    json.writeEndObject();
  }

  /** What is wrong with a text and where, without Jackson's words on where the text came from. */
  static String describe(JacksonException e) {
    String what =
        e instanceof UnexpectedEndOfInputException ? "it ends too early" : e.getOriginalMessage();
    TokenStreamLocation place = e.getLocation();
    return place == null
        ? what
        : what + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
  }

  static void writeText(JsonGenerator json, String name, @Nullable Object value) {
    if (value != null) {
      json.writeStringProperty(name, value.toString());
    }
  }

  static void writeFlag(JsonGenerator json, String name, @Nullable Boolean value) {
    if (value != null) {
      json.writeBooleanProperty(name, value);
    }
  }
}
