package dev.allowflux.internal.json;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/**
 * Policies as text that people keep: writes one JSON object a line with the API's field names, and
 * reads what people wrote.
 *
 * <p>Reading is strict, as nobody else will notice a slip of the pen: an unknown or repeated
 * member, a wrong type or text behind the end is refused, with its place.
 */
public final class PolicyText {
  private static final JsonFactory STRICT =
      PolicyJson.JSON.rebuild().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final JsonFactory LINES =
      PolicyJson.JSON
          .rebuild()
          .rootValueSeparator("")
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private static final String FIELDS =
      "pattern, pattern_type, is_regex, is_trusted_sender, is_acceptable_sender,"
          + " is_exempt_recipient, verify_sender and comments";

  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  private PolicyText() {}

  /**
   * Writes policies as NDJSON: UTF-8 text in which every line ends with a line feed. A line has the
   * fields that the policy has, times in UTC, and the unknown fields as they came.
   *
   * @param policies the policies, in order
   * @param out where to, neither flushed nor closed
   * @throws IOException if {@code out} throws it
   */
  public static void writeLines(List<AllowPolicy> policies, OutputStream out) throws IOException {
    try (JsonGenerator json =
        LINES.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
      char[] buffer = new char[Rfc3339.MAX_FORMATTED];
      for (AllowPolicy policy : policies) {
        write(json, policy, buffer);
        json.writeRaw('\n');
      }
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  @SuppressWarnings("deprecation")
  private static void write(JsonGenerator json, AllowPolicy policy, char[] buffer) {
    json.writeStartObject();
    PolicyJson.writeText(json, PolicyJson.ID, policy.id());
    writeTime(json, PolicyJson.CREATED_AT, policy.createdAt(), buffer);
    writeTime(json, PolicyJson.MODIFIED_AT, policy.modifiedAt(), buffer);
    writeTime(json, PolicyJson.LAST_MODIFIED, policy.lastModified(), buffer);
    PolicyJson.writeText(json, PolicyJson.PATTERN, policy.pattern());
    PolicyJson.writeText(json, PolicyJson.PATTERN_TYPE, policy.patternTypeName());
    PolicyJson.writeFlag(json, PolicyJson.IS_REGEX, policy.isRegex());
    PolicyJson.writeFlag(json, PolicyJson.IS_TRUSTED_SENDER, policy.isTrustedSender());
    PolicyJson.writeFlag(json, PolicyJson.IS_ACCEPTABLE_SENDER, policy.isAcceptableSender());
    PolicyJson.writeFlag(json, PolicyJson.IS_EXEMPT_RECIPIENT, policy.isExemptRecipient());
    PolicyJson.writeFlag(json, PolicyJson.VERIFY_SENDER, policy.verifySender());
    PolicyJson.writeFlag(json, PolicyJson.IS_RECIPIENT, policy.isRecipient());
    PolicyJson.writeFlag(json, PolicyJson.IS_SENDER, policy.isSender());
    PolicyJson.writeFlag(json, PolicyJson.IS_SPOOF, policy.isSpoof());
    PolicyJson.writeText(json, PolicyJson.COMMENTS, policy.comments());
    policy
        .unknownFields()
        .forEach((name, value) -> json.writeName(name).writeRawValue(onOneLine(value)));
    json.writeEndObject();
  }

  private static void writeTime(
      JsonGenerator json, String name, @Nullable Instant time, char[] buffer) {
    if (time == null) {
      return;
    }
    json.writeName(name);
    int length = Rfc3339.format(time, buffer);
    if (length == 0) {
      json.writeString(time.toString());
    } else {
      json.writeString(buffer, 0, length);
    }
  }

  /** Within JSON a line break can only stand between tokens, where a space does as well. */
  private static String onOneLine(String value) {
    return value.replace('\n', ' ').replace('\r', ' ');
  }

  /**
   * Reads a policy to create. What only the service can set ({@code id}, {@code created_at}, {@code
   * modified_at}, {@code last_modified}) and the fields that are past their end ({@code
   * is_recipient}, {@code is_sender}, {@code is_spoof}) are read over, so that an exported line can
   * be created again; null comments are none.
   *
   * @param json one JSON object in UTF-8
   * @return the policy
   * @throws IllegalArgumentException if the text is not that, in one line with the place
   */
  public static NewAllowPolicy parseNew(byte[] json) {
    NewAllowPolicy.Builder builder = NewAllowPolicy.builder();
    return parse(
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
   * @throws IllegalArgumentException if the text is not that, in one line with the place
   */
  public static AllowPolicyEdit parseEdit(byte[] json) {
    AllowPolicyEdit.Builder builder = AllowPolicyEdit.builder();
    return parse(
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
   * @throws IllegalArgumentException if the text is not that, in one line with the place
   */
  public static AllowPolicyBatch parseBatch(byte[] json) {
    return parse(json, Reader::batch);
  }

  private static <T> T parse(byte[] bytes, Function<Reader, T> content) {
    try (JsonParser json = STRICT.createParser(ObjectReadContext.empty(), bytes)) {
      try {
        json.nextToken();
        T value = content.apply(new Reader(json));
        if (json.nextToken() != null) {
          throw new IllegalArgumentException("text behind the end");
        }
        return value;
      } catch (JacksonException e) {
        throw refusal("not valid JSON: " + PolicyJson.describe(e), e);
      } catch (IllegalArgumentException e) {
        throw refusal(e.getMessage() + place(json), e);
      }
    }
  }

  private static String place(JsonParser json) {
    String pointer = json.streamReadContext().pathAsPointer().toString();
    TokenStreamLocation place = json.currentTokenLocation();
    return (pointer.isEmpty() ? "" : " at " + pointer)
        + (" (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")");
  }

  private static IllegalArgumentException refusal(String message, Exception cause) {
    return new IllegalArgumentException(UNPRINTABLE.matcher(message).replaceAll(" "), cause);
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
          case PolicyJson.DELETES -> items(() -> batch.delete(delete()));
          case PolicyJson.PATCHES -> items(() -> edit(batch));
          case PolicyJson.PUTS -> items(() -> replacement(batch));
          case PolicyJson.POSTS -> items(() -> creation(batch));
          default -> throw unknown("deletes, patches, puts and posts");
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
        if (!name.equals(PolicyJson.ID)) {
          throw unknown("id");
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
        switch (name) {
          case PolicyJson.ID -> id = id();
          case PolicyJson.PATTERN -> policy.pattern(text());
          case PolicyJson.PATTERN_TYPE -> policy.patternType(patternType());
          case PolicyJson.IS_REGEX -> policy.isRegex(flag());
          case PolicyJson.IS_TRUSTED_SENDER -> policy.isTrustedSender(flag());
          case PolicyJson.IS_ACCEPTABLE_SENDER -> policy.isAcceptableSender(flag());
          case PolicyJson.IS_EXEMPT_RECIPIENT -> policy.isExemptRecipient(flag());
          case PolicyJson.VERIFY_SENDER -> policy.verifySender(flag());
          case PolicyJson.COMMENTS -> policy.comments(isNull() ? null : text());
          case PolicyJson.CREATED_AT,
              PolicyJson.MODIFIED_AT,
              PolicyJson.LAST_MODIFIED,
              PolicyJson.IS_RECIPIENT,
              PolicyJson.IS_SENDER,
              PolicyJson.IS_SPOOF ->
              json.skipChildren();
          default -> throw unknown(FIELDS);
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
        switch (name) {
          case PolicyJson.ID -> id = id();
          case PolicyJson.PATTERN -> edit.pattern(text());
          case PolicyJson.PATTERN_TYPE -> edit.patternType(patternType());
          case PolicyJson.IS_REGEX -> edit.isRegex(flag());
          case PolicyJson.IS_TRUSTED_SENDER -> edit.isTrustedSender(flag());
          case PolicyJson.IS_ACCEPTABLE_SENDER -> edit.isAcceptableSender(flag());
          case PolicyJson.IS_EXEMPT_RECIPIENT -> edit.isExemptRecipient(flag());
          case PolicyJson.VERIFY_SENDER -> edit.verifySender(flag());
          case PolicyJson.COMMENTS -> {
            if (isNull()) {
              edit.clearComments();
            } else {
              edit.comments(text());
            }
          }
          default -> throw unknown(FIELDS);
        }
      }
      return id;
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

    private static IllegalArgumentException unknown(String known) {
      return new IllegalArgumentException("unknown field; there can be " + known);
    }
  }
}
