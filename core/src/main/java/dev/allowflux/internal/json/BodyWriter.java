package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyId;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the bodies of requests. By hand, as Jackson's generator takes longer for a batch of a
 * thousand and leaves almost twice the garbage.
 */
final class BodyWriter {
  /** A buffer that has grown beyond this is not kept. */
  private static final int MAX_KEPT = 1 << 20;

  /** The buffer of the last body, for the next one; whoever takes it leaves none. */
  private static final AtomicReference<@Nullable Utf8Buffer> SPARE = new AtomicReference<>();

  private static final Map<PolicyField, byte[]> NAMES = members("");
  private static final Map<PolicyField, byte[]> TRUES = members("true");
  private static final Map<PolicyField, byte[]> FALSES = members("false");
  private static final byte[] NO_COMMENTS = member(PolicyField.COMMENTS, "null");

  private final Utf8Buffer out;

  private BodyWriter(Utf8Buffer out) {
    this.out = out;
  }

  static byte[] write(NewAllowPolicy policy) {
    return body(writer -> writer.object(null, policy));
  }

  static byte[] write(AllowPolicyEdit edit) {
    return body(writer -> writer.object(null, edit));
  }

  /** Writes all four arrays, as the API requires the empty ones too. */
  static byte[] write(AllowPolicyBatch batch) {
    return body(
        writer -> {
          writer.array("{\"deletes\":[", batch.deletes(), BodyWriter::id);
          writer.array(
              "],\"patches\":[", batch.edits(), (w, edit) -> w.object(edit.id(), edit.edit()));
          writer.array(
              "],\"puts\":[", batch.replacements(), (w, put) -> w.object(put.id(), put.policy()));
          writer.array("],\"posts\":[", batch.creates(), (w, policy) -> w.object(null, policy));
          writer.out.ascii(']').ascii('}');
        });
  }

  private interface Content {
    void write(BodyWriter writer);
  }

  private static byte[] body(Content content) {
    Utf8Buffer spare = SPARE.getAndSet(null);
    Utf8Buffer buffer = spare == null ? new Utf8Buffer() : spare;
    buffer.clear();
    content.write(new BodyWriter(buffer));
    byte[] body = Arrays.copyOf(buffer.array(), buffer.length());
    if (buffer.array().length <= MAX_KEPT) {
      SPARE.set(buffer);
    }
    return body;
  }

  private static Map<PolicyField, byte[]> members(String value) {
    Map<PolicyField, byte[]> members = new EnumMap<>(PolicyField.class);
    for (PolicyField field : PolicyField.ofApi()) {
      members.put(field, member(field, value));
    }
    return members;
  }

  private static byte[] member(PolicyField field, String value) {
    return (",\"" + field.apiName() + "\":" + value).getBytes(US_ASCII);
  }

  private <T> void array(String start, List<T> items, BiConsumer<BodyWriter, T> item) {
    out.text(start);
    int first = out.length();
    for (T value : items) {
      if (out.length() > first) {
        out.ascii(',');
      }
      item.accept(this, value);
    }
  }

  private void id(PolicyId id) {
    int start = out.length();
    text(PolicyField.ID, id.value());
    end(start);
  }

  private void object(@Nullable PolicyId id, NewAllowPolicy policy) {
    int start = out.length();
    text(PolicyField.ID, id);
    text(PolicyField.PATTERN, policy.pattern());
    text(PolicyField.PATTERN_TYPE, policy.patternType());
    flag(PolicyField.IS_REGEX, policy.isRegex());
    flag(PolicyField.IS_TRUSTED_SENDER, policy.isTrustedSender());
    flag(PolicyField.IS_ACCEPTABLE_SENDER, policy.isAcceptableSender());
    flag(PolicyField.IS_EXEMPT_RECIPIENT, policy.isExemptRecipient());
    flag(PolicyField.VERIFY_SENDER, policy.verifySender());
    text(PolicyField.COMMENTS, policy.comments());
    end(start);
  }

  private void object(@Nullable PolicyId id, AllowPolicyEdit edit) {
    int start = out.length();
    text(PolicyField.ID, id);
    text(PolicyField.PATTERN, edit.pattern());
    text(PolicyField.PATTERN_TYPE, edit.patternType());
    flag(PolicyField.IS_REGEX, edit.isRegex());
    flag(PolicyField.IS_TRUSTED_SENDER, edit.isTrustedSender());
    flag(PolicyField.IS_ACCEPTABLE_SENDER, edit.isAcceptableSender());
    flag(PolicyField.IS_EXEMPT_RECIPIENT, edit.isExemptRecipient());
    flag(PolicyField.VERIFY_SENDER, edit.verifySender());
    if (edit.clearsComments()) {
      out.bytes(NO_COMMENTS);
    }
    text(PolicyField.COMMENTS, edit.comments());
    end(start);
  }

  private void text(PolicyField field, @Nullable Object value) {
    if (value != null) {
      out.bytes(requireNonNull(NAMES.get(field))).json(value.toString());
    }
  }

  private void flag(PolicyField field, @Nullable Boolean value) {
    if (value != null) {
      out.bytes(requireNonNull((value ? TRUES : FALSES).get(field)));
    }
  }

  /** Each member begins with a comma; that of the first one becomes the brace. */
  private void end(int start) {
    if (out.length() == start) {
      out.ascii('{');
    } else {
      out.set(start, '{');
    }
    out.ascii('}');
  }
}
