package dev.allowflux.simulator;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One stored policy, immutable, packed as the pieces of its JSON text that differ from policy to
 * policy: some 200 bytes, so that millions fit, and a page is copied together rather than encoded.
 *
 * <p>{@code text} holds, one after the other, the id, created_at, modified_at, the pattern as a
 * JSON string and the comments as a JSON string or null; the last is empty if comments are absent.
 */
final class Policy {
  static final String[] TYPES = {"EMAIL", "DOMAIN", "IP", "UNKNOWN"};
  static final int TYPE_MASK = 0b11;
  static final int REGEX = 1 << 2;
  static final int TRUSTED_SENDER = 1 << 3;
  static final int ACCEPTABLE_SENDER = 1 << 4;
  static final int EXEMPT_RECIPIENT = 1 << 5;
  static final int VERIFY_SENDER = 1 << 6;
  static final int KINDS = 1 << 7;

  static final int ID_LENGTH = 36;

  private final byte[] text;
  private final int number;
  private final short createdEnd;
  private final short modifiedEnd;
  private final short patternEnd;
  private final byte kind;

  private Policy(
      int number, int kind, byte[] text, int createdEnd, int modifiedEnd, int patternEnd) {
    this.number = number;
    this.kind = (byte) kind;
    this.text = text;
    this.createdEnd = (short) createdEnd;
    this.modifiedEnd = (short) modifiedEnd;
    this.patternEnd = (short) patternEnd;
  }

  /**
   * Packs a policy.
   *
   * @param number its place in the order of addition
   * @param kind the type's index in {@link #TYPES} and the flags
   * @param commentsAbsent whether null comments are left out rather than written as null
   */
  static Policy of(
      int number,
      String id,
      String createdAt,
      String modifiedAt,
      String pattern,
      int kind,
      @Nullable String comments,
      boolean commentsAbsent) {
    StringBuilder text = new StringBuilder(160).append(id);
    int createdEnd = text.append(createdAt).length();
    int modifiedEnd = text.append(modifiedAt).length();
    byte[] patternJson = JsonText.quote(pattern);
    byte[] commentsJson =
        comments != null
            ? JsonText.quote(comments)
            : (commentsAbsent ? "" : "null").getBytes(ISO_8859_1);
    int patternEnd = modifiedEnd + patternJson.length;
    byte[] bytes =
        Arrays.copyOf(text.toString().getBytes(ISO_8859_1), patternEnd + commentsJson.length);
    System.arraycopy(patternJson, 0, bytes, modifiedEnd, patternJson.length);
    System.arraycopy(commentsJson, 0, bytes, patternEnd, commentsJson.length);
    return new Policy(number, kind, bytes, createdEnd, modifiedEnd, patternEnd);
  }

  int number() {
    return number;
  }

  int kind() {
    return kind;
  }

  String id() {
    return new String(text, 0, ID_LENGTH, ISO_8859_1);
  }

  String createdAt() {
    return new String(text, ID_LENGTH, createdEnd - ID_LENGTH, ISO_8859_1);
  }

  String pattern() {
    return JsonText.unquote(text, modifiedEnd, patternEnd);
  }

  @Nullable String comments() {
    return patternEnd == text.length || text[patternEnd] != '"'
        ? null
        : JsonText.unquote(text, patternEnd, text.length);
  }

  boolean has(int flag) {
    return (kind & flag) != 0;
  }

  /** Compares ids. */
  static int byId(Policy a, Policy b) {
    return Arrays.compareUnsigned(a.text, 0, ID_LENGTH, b.text, 0, ID_LENGTH);
  }

  boolean createdTogetherWith(Policy other) {
    return Arrays.equals(text, ID_LENGTH, createdEnd, other.text, ID_LENGTH, other.createdEnd);
  }

  /** Compares patterns by code points. */
  static int byPattern(Policy a, Policy b) {
    if (a.patternIsEscaped() || b.patternIsEscaped()) {
      return Arrays.compareUnsigned(a.pattern().getBytes(UTF_8), b.pattern().getBytes(UTF_8));
    }
    return Arrays.compareUnsigned(
        a.text, a.modifiedEnd + 1, a.patternEnd - 1, b.text, b.modifiedEnd + 1, b.patternEnd - 1);
  }

  private boolean patternIsEscaped() {
    for (int i = modifiedEnd; i < patternEnd; i++) {
      if (text[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** Writes policies as JSON; one for each choice of fields. */
  static final class Writer {
    private static final byte[] ID = "{\"id\":\"".getBytes(ISO_8859_1);
    private static final byte[] CREATED = "\",\"created_at\":\"".getBytes(ISO_8859_1);
    private static final byte[] MODIFIED = "\",\"modified_at\":\"".getBytes(ISO_8859_1);
    private static final byte[] LAST_MODIFIED = "\",\"last_modified\":\"".getBytes(ISO_8859_1);
    private static final byte[] PATTERN = "\",\"pattern\":".getBytes(ISO_8859_1);
    private static final byte[] COMMENTS = ",\"comments\":".getBytes(ISO_8859_1);

    private final boolean deprecatedFields;

    /** From pattern_type to the last boolean, for each of the 128 kinds. */
    private final byte[][] kinds = new byte[KINDS][];

    Writer(boolean deprecatedFields) {
      this.deprecatedFields = deprecatedFields;
      for (int kind = 0; kind < KINDS; kind++) {
        String live =
            ",\"pattern_type\":\"%s\",\"is_regex\":%b,\"is_trusted_sender\":%b,\"is_acceptable_sender\":%b,\"is_exempt_recipient\":%b,\"verify_sender\":%b"
                .formatted(
                    TYPES[kind & TYPE_MASK],
                    (kind & REGEX) != 0,
                    (kind & TRUSTED_SENDER) != 0,
                    (kind & ACCEPTABLE_SENDER) != 0,
                    (kind & EXEMPT_RECIPIENT) != 0,
                    (kind & VERIFY_SENDER) != 0);
        String dead =
            ",\"is_sender\":%b,\"is_spoof\":%b,\"is_recipient\":%b"
                .formatted(
                    (kind & TRUSTED_SENDER) != 0,
                    (kind & ACCEPTABLE_SENDER) != 0,
                    (kind & EXEMPT_RECIPIENT) != 0);
        kinds[kind] = (deprecatedFields ? live + dead : live).getBytes(ISO_8859_1);
      }
    }

    /** How many bytes {@link #write} will write. */
    int length(Policy policy) {
      int length =
          ID.length + CREATED.length + MODIFIED.length + PATTERN.length + policy.text.length + 1;
      if (deprecatedFields) {
        length += LAST_MODIFIED.length + policy.modifiedEnd - policy.createdEnd;
      }
      if (policy.patternEnd < policy.text.length) {
        length += COMMENTS.length;
      }
      return length + kinds[policy.kind].length;
    }

    /** Writes the policy into the target from an index on, and returns the index after it. */
    int write(Policy policy, byte[] target, int start) {
      byte[] text = policy.text;
      int at = put(ID, target, start);
      at = put(text, 0, ID_LENGTH, target, at);
      at = put(CREATED, target, at);
      at = put(text, ID_LENGTH, policy.createdEnd, target, at);
      at = put(MODIFIED, target, at);
      at = put(text, policy.createdEnd, policy.modifiedEnd, target, at);
      if (deprecatedFields) {
        at = put(LAST_MODIFIED, target, at);
        at = put(text, policy.createdEnd, policy.modifiedEnd, target, at);
      }
      at = put(PATTERN, target, at);
      at = put(text, policy.modifiedEnd, policy.patternEnd, target, at);
      at = put(kinds[policy.kind], target, at);
      if (policy.patternEnd < text.length) {
        at = put(COMMENTS, target, at);
        at = put(text, policy.patternEnd, text.length, target, at);
      }
      target[at] = '}';
      return at + 1;
    }

    byte[] bytes(Policy policy) {
      byte[] json = new byte[length(policy)];
      write(policy, json, 0);
      return json;
    }

    private static int put(byte[] piece, byte[] target, int at) {
      return put(piece, 0, piece.length, target, at);
    }

    private static int put(byte[] source, int start, int end, byte[] target, int at) {
      System.arraycopy(source, start, target, at, end - start);
      return at + end - start;
    }
  }
}
