package dev.allowflux.json;

import dev.allowflux.error.InputException;
import dev.allowflux.error.InputException.Problem;
import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.internal.json.FieldNames;
import dev.allowflux.internal.json.JacksonResponseParser;
import dev.allowflux.internal.json.UnreadableException;
import dev.allowflux.internal.json.Utf8Buffer;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads and writes single policies, edits and batches as JSON with the API's field names.
 *
 * <p>Longer than most classes, because each method has its contract.
 *
 * <p>What people wrote is read strictly, as nobody else will notice a slip of the pen: an unknown
 * or repeated member, a wrong type, or text behind the end is refused, with its place. All methods
 * are safe for use by many threads.
 *
 * @since 0.1
 */
public final class PolicyJson {
  private static final JsonFactory STRICT =
      BodyJson.JSON.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final List<String> ARRAYS =
      List.of(BodyJson.DELETES, BodyJson.PATCHES, BodyJson.PUTS, BodyJson.POSTS);

  private PolicyJson() {}

  /**
   * Writes a policy, as {@link PolicyNdjsonWriter} does.
   *
   * @param policy the policy
   * @return one line of UTF-8 without its end
   */
  public static byte[] write(AllowPolicy policy) {
    return PolicyNdjsonWriter.ofAllFields().line(policy);
  }

  /**
   * Writes a policy to create as it is sent.
   *
   * @param policy the policy
   * @return one line of UTF-8 without its end
   */
  public static byte[] write(NewAllowPolicy policy) {
    return BodyJson.write(policy);
  }

  /**
   * Writes an edit as it is sent.
   *
   * @param edit the edit
   * @return one line of UTF-8 without its end
   */
  public static byte[] write(AllowPolicyEdit edit) {
    return BodyJson.write(edit);
  }

  /**
   * Writes a batch as it is sent.
   *
   * @param batch the batch
   * @return one line of UTF-8 without its end, with all four arrays
   */
  public static byte[] write(AllowPolicyBatch batch) {
    return BodyJson.write(batch);
  }

  /**
   * Writes what the service returned for a batch, with the names that it uses.
   *
   * @param result the result
   * @return one line of UTF-8 without its end, with all four arrays
   */
  public static byte[] write(BatchResult result) {
    PolicyNdjsonWriter writer = PolicyNdjsonWriter.ofAllFields();
    Utf8Buffer out = new Utf8Buffer();
    String separator = "{\"deletes\":[";
    for (PolicyId id : result.deletes()) {
      out.text(separator).text("{\"id\":").json(id.value()).ascii('}');
      separator = ",";
    }
    out.text(result.deletes().isEmpty() ? separator : "");
    policies(out, "],\"patches\":[", result.edits(), writer);
    policies(out, "],\"puts\":[", result.replacements(), writer);
    policies(out, "],\"posts\":[", result.creates(), writer);
    out.text("]}");
    return Arrays.copyOf(out.array(), out.length());
  }

  private static void policies(
      Utf8Buffer out, String start, List<AllowPolicy> policies, PolicyNdjsonWriter writer) {
    out.text(start);
    String separator = "";
    for (AllowPolicy policy : policies) {
      out.text(separator).bytes(writer.line(policy));
      separator = ",";
    }
  }

  /**
   * Reads a policy as the service returns it, or as an export holds it. Fields that this version
   * does not know are kept.
   *
   * @param json one JSON object in UTF-8
   * @return the policy
   * @throws InputException if the text is not that
   */
  public static AllowPolicy readPolicy(byte[] json) {
    try {
      return JacksonResponseParser.readPolicy(json);
    } catch (UnreadableException e) {
      throw unreadable(e);
    }
  }

  /**
   * Reads what the service returned for a batch, as {@link #write(BatchResult)} writes it. Fields
   * of a policy that this version does not know are kept.
   *
   * @param json one JSON object in UTF-8 with up to four arrays; those that are missing are empty
   * @return the result
   * @throws InputException if the text is not that
   */
  public static BatchResult readBatchResult(byte[] json) {
    try {
      return JacksonResponseParser.readBatchResult(json);
    } catch (UnreadableException e) {
      throw unreadable(e);
    }
  }

  private static InputException unreadable(UnreadableException e) {
    return new InputException(new Problem(null, 0, 0, String.valueOf(e.getMessage())));
  }

  /**
   * Reads a policy to create. What only the service can set ({@code id}, {@code created_at}, {@code
   * modified_at}, {@code last_modified}) and the fields that are past their end ({@code
   * is_recipient}, {@code is_sender}, {@code is_spoof}) are read over, so that an exported line can
   * be created again; null comments are none.
   *
   * @param json one JSON object in UTF-8
   * @return the policy
   * @throws InputException if the text is not that, with its line and column
   */
  public static NewAllowPolicy readNew(byte[] json) {
    NewAllowPolicy.Builder builder = NewAllowPolicy.builder();
    return read(
        json,
        reader -> {
          reader.read(builder);
          return builder.build();
        });
  }

  /**
   * Reads an edit. Null comments clear them.
   *
   * @param json one JSON object in UTF-8 with the fields to change and no others
   * @return the edit
   * @throws InputException if the text is not that, with its line and column
   */
  public static AllowPolicyEdit readEdit(byte[] json) {
    AllowPolicyEdit.Builder builder = AllowPolicyEdit.builder();
    return read(
        json,
        reader -> {
          if (reader.read(builder) != null) {
            throw new IllegalArgumentException("an edit must not have an id");
          }
          return builder.build();
        });
  }

  /**
   * Reads a batch.
   *
   * @param json one JSON object in UTF-8 with up to four arrays: {@code deletes} of objects with an
   *     {@code id}, {@code patches} of edits with one, {@code puts} of whole policies with one,
   *     {@code posts} of policies to create
   * @return the batch; arrays that are missing are empty
   * @throws InputException if the text is not that, with its line and column
   */
  public static AllowPolicyBatch readBatch(byte[] json) {
    return read(json, Reader::batch);
  }

  private static <T> T read(byte[] bytes, Function<Reader, T> content) {
    try (JsonParser json = STRICT.createParser(ObjectReadContext.empty(), bytes)) {
      try {
        json.nextToken();
        T value = content.apply(new Reader(json));
        if (json.nextToken() != null) {
          throw new IllegalArgumentException("text behind the end");
        }
        return value;
      } catch (JacksonException e) {
        throw refusal(e.getLocation(), "not valid JSON: " + BodyJson.describe(e), null);
      } catch (IllegalArgumentException e) {
        String pointer = json.streamReadContext().pathAsPointer().toString();
        throw refusal(
            json.currentTokenLocation(),
            e.getMessage() + (pointer.isEmpty() ? "" : " (at " + pointer + ")"),
            pointer.isEmpty() ? null : pointer);
      }
    }
  }

  private static InputException refusal(
      @Nullable TokenStreamLocation place, String reason, @Nullable String pointer) {
    return new InputException(
        place == null
            ? new Problem(null, 0, 0, reason, pointer)
            : new Problem(null, place.getLineNr(), place.getColumnNr(), reason, pointer));
  }

  /** Each method finds the parser at the first token of its value and leaves it at the last. */
  private static final class Reader {
    private final JsonParser json;

    Reader(JsonParser json) {
      this.json = json;
    }

    AllowPolicyBatch batch() {
      AllowPolicyBatch.Builder batch = AllowPolicyBatch.builder();
      expect(JsonToken.START_OBJECT, "an object");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        switch (name) {
          case BodyJson.DELETES -> items(() -> batch.delete(delete()));
          case BodyJson.PATCHES -> items(() -> edit(batch));
          case BodyJson.PUTS -> items(() -> replacement(batch));
          case BodyJson.POSTS -> items(() -> creation(batch));
          default -> throw unknown(name, ARRAYS);
        }
      }
      return batch.build();
    }

    private void items(Runnable item) {
      expect(JsonToken.START_ARRAY, "a list");
      while (json.nextToken() != JsonToken.END_ARRAY) {
        item.run();
      }
    }

    private PolicyId delete() {
      PolicyId id = null;
      expect(JsonToken.START_OBJECT, "an object");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        if (PolicyField.ofApiName(name) != PolicyField.ID) {
          throw unknown(name, List.of(PolicyField.ID.apiName()));
        }
        id = id();
      }
      return required(id);
    }

    private void edit(AllowPolicyBatch.Builder batch) {
      AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder();
      PolicyId id = required(read(edit));
      batch.edit(id, edit.build());
    }

    private void replacement(AllowPolicyBatch.Builder batch) {
      NewAllowPolicy.Builder policy = NewAllowPolicy.builder();
      PolicyId id = required(read(policy));
      batch.replace(id, policy.build());
    }

    private void creation(AllowPolicyBatch.Builder batch) {
      NewAllowPolicy.Builder policy = NewAllowPolicy.builder();
      read(policy);
      batch.create(policy.build());
    }

    /** Reads a whole policy and returns its id if it has one. */
    @Nullable PolicyId read(NewAllowPolicy.Builder policy) {
      PolicyId id = null;
      expect(JsonToken.START_OBJECT, "an object");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        switch (field(name)) {
          case ID -> id = id();
          case PATTERN -> policy.pattern(text());
          case PATTERN_TYPE -> policy.patternType(patternType());
          case IS_REGEX -> policy.isRegex(flag());
          case IS_TRUSTED_SENDER -> policy.isTrustedSender(flag());
          case IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(flag());
          case IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(flag());
          case VERIFY_SENDER -> policy.verifySender(flag());
          case COMMENTS -> policy.comments(isNull() ? null : text());
          case CREATED_AT, MODIFIED_AT, LAST_MODIFIED, IS_RECIPIENT, IS_SENDER, IS_SPOOF ->
              json.skipChildren();
          case OWNER, EXPIRES, REVIEW -> throw unknown(name, FieldNames.WRITABLE);
        }
      }
      return id;
    }

    /** Reads changes and returns the id that stands with them. */
    @Nullable PolicyId read(AllowPolicyEdit.Builder edit) {
      PolicyId id = null;
      expect(JsonToken.START_OBJECT, "an object");
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        switch (field(name)) {
          case ID -> id = id();
          case PATTERN -> edit.pattern(text());
          case PATTERN_TYPE -> edit.patternType(patternType());
          case IS_REGEX -> edit.isRegex(flag());
          case IS_TRUSTED_SENDER -> edit.isTrustedSender(flag());
          case IS_ACCEPTABLE_SENDER -> edit.isAcceptableSender(flag());
          case IS_EXEMPT_RECIPIENT -> edit.isExemptRecipient(flag());
          case VERIFY_SENDER -> edit.verifySender(flag());
          case COMMENTS -> {
            if (isNull()) {
              edit.clearComments();
            } else {
              edit.comments(text());
            }
          }
          case CREATED_AT, MODIFIED_AT, LAST_MODIFIED, IS_RECIPIENT, IS_SENDER, IS_SPOOF ->
              throw new IllegalArgumentException(name + " cannot be changed");
          case OWNER, EXPIRES, REVIEW -> throw unknown(name, FieldNames.WRITABLE);
        }
      }
      return id;
    }

    private static PolicyField field(String name) {
      PolicyField field = PolicyField.ofApiName(name);
      if (field == null) {
        throw unknown(name, FieldNames.WRITABLE);
      }
      return field;
    }

    private PolicyId id() {
      if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)) {
        expect(JsonToken.VALUE_STRING, "text");
      }
      return new PolicyId(json.getString());
    }

    private static PolicyId required(@Nullable PolicyId id) {
      if (id == null) {
        throw new IllegalArgumentException("an id is needed");
      }
      return id;
    }

    private PatternType patternType() {
      return switch (text()) {
        case "EMAIL" -> PatternType.EMAIL;
        case "DOMAIN" -> PatternType.DOMAIN;
        case "IP" -> PatternType.IP;
        default -> throw new IllegalArgumentException("pattern_type must be EMAIL, DOMAIN or IP");
      };
    }

    private String text() {
      expect(JsonToken.VALUE_STRING, "text");
      return json.getString();
    }

    private boolean flag() {
      if (!json.hasToken(JsonToken.VALUE_TRUE)) {
        expect(JsonToken.VALUE_FALSE, "true or false");
      }
      return json.getBooleanValue();
    }

    private boolean isNull() {
      return json.hasToken(JsonToken.VALUE_NULL);
    }

    private void expect(JsonToken token, String what) {
      if (!json.hasToken(token)) {
        throw new IllegalArgumentException("the value must be " + what);
      }
    }

    private static IllegalArgumentException unknown(String name, List<String> known) {
      return new IllegalArgumentException(FieldNames.unknown(name, known));
    }
  }
}
