package dev.allowflux.simulator.internal.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stored policy, immutable, packed as the pieces of its JSON text that differ from policy to
 * policy: some 200 bytes, so that millions fit, and a page is copied together rather than encoded.
 *
 * <p>{@code text} holds, one after the other, the id, created_at, modified_at, the pattern as a
 * JSON string and the comments as a JSON string or null; the last is empty if comments are absent.
 */
public final class StoredPolicy {
  private static final String[] TYPES = {"EMAIL", "DOMAIN", "IP", "UNKNOWN"};
  public static final int TYPE_MASK = 0b11;
  public static final int REGEX = 1 << 2;
  public static final int TRUSTED_SENDER = 1 << 3;
  public static final int ACCEPTABLE_SENDER = 1 << 4;
  public static final int EXEMPT_RECIPIENT = 1 << 5;
  public static final int VERIFY_SENDER = 1 << 6;
  static final int TRAIT_SETS = 1 << 7;

  static final int ID_LENGTH = 36;

  private final byte[] text;
  private final int number;
  private final short createdEnd;
  private final short modifiedEnd;
  private final short patternEnd;
  private final byte traits;

  private StoredPolicy(
      int number, int traits, byte[] text, int createdEnd, int modifiedEnd, int patternEnd) {
    this.number = number;
    this.traits = (byte) traits;
    this.text = text;
    this.createdEnd = (short) createdEnd;
    this.modifiedEnd = (short) modifiedEnd;
    this.patternEnd = (short) patternEnd;
  }

  /**
   * Packs a policy.
   *
   * @param number its position in the order of addition
   * @param traits the index of the type in {@link #types()}, and the flags
   * @param commentsAbsent whether null comments are left out rather than written as null
   */
  static StoredPolicy of(
      int number,
      String id,
      String createdAt,
      String modifiedAt,
      String pattern,
      int traits,
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
    return new StoredPolicy(number, traits, bytes, createdEnd, modifiedEnd, patternEnd);
  }

  /** The pattern types; the index of one is its value under {@link #TYPE_MASK}. */
  public static List<String> types() {
    return List.of(TYPES);
  }

  int number() {
    return number;
  }

  public int traits() {
    return traits;
  }

  public String id() {
    return new String(text, 0, ID_LENGTH, ISO_8859_1);
  }

  public String createdAt() {
    return new String(text, ID_LENGTH, createdEnd - ID_LENGTH, ISO_8859_1);
  }

  public String pattern() {
    return JsonText.unquote(text, modifiedEnd, patternEnd);
  }

  public @Nullable String comments() {
    return patternEnd == text.length || text[patternEnd] != '"'
        ? null
        : JsonText.unquote(text, patternEnd, text.length);
  }

  public boolean has(int flag) {
    return (traits & flag) != 0;
  }

  public String type() {
    return TYPES[traits & TYPE_MASK];
  }

  // Package-private below: the writer copies the pieces of the text.

  byte[] text() {
    return text;
  }

  int createdEnd() {
    return createdEnd;
  }

  int modifiedEnd() {
    return modifiedEnd;
  }

  int patternEnd() {
    return patternEnd;
  }

  /** Compares ids. */
  static int byId(StoredPolicy a, StoredPolicy b) {
    return Arrays.compareUnsigned(a.text, 0, ID_LENGTH, b.text, 0, ID_LENGTH);
  }

  boolean createdTogetherWith(StoredPolicy other) {
    return Arrays.equals(text, ID_LENGTH, createdEnd, other.text, ID_LENGTH, other.createdEnd);
  }

  /** Compares patterns by code points. */
  static int byPattern(StoredPolicy a, StoredPolicy b) {
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
}
