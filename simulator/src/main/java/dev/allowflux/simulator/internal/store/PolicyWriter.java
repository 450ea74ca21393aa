package dev.allowflux.simulator.internal.store;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Writes policies as JSON by copying their pieces; one writer for each choice of fields.
 *
 * <p>A page of 1000 policies is written in a fraction of the time that a JSON library needs to
 * encode it; the library would make the simulator, not the client, the limit of a benchmark.
 */
public final class PolicyWriter {
  private static final byte[] ID = "{\"id\":\"".getBytes(ISO_8859_1);
  private static final byte[] CREATED = "\",\"created_at\":\"".getBytes(ISO_8859_1);
  private static final byte[] MODIFIED = "\",\"modified_at\":\"".getBytes(ISO_8859_1);
  private static final byte[] LAST_MODIFIED = "\",\"last_modified\":\"".getBytes(ISO_8859_1);
  private static final byte[] PATTERN = "\",\"pattern\":".getBytes(ISO_8859_1);
  private static final byte[] COMMENTS = ",\"comments\":".getBytes(ISO_8859_1);

  private final boolean deprecatedFields;

  /** From pattern_type to the last boolean, for each of the 128 sets of traits. */
  private final byte[][] traitJson = new byte[StoredPolicy.TRAIT_SETS][];

  public PolicyWriter(boolean deprecatedFields) {
    this.deprecatedFields = deprecatedFields;
    for (int traits = 0; traits < StoredPolicy.TRAIT_SETS; traits++) {
      boolean trusted = (traits & StoredPolicy.TRUSTED_SENDER) != 0;
      boolean acceptable = (traits & StoredPolicy.ACCEPTABLE_SENDER) != 0;
      boolean exempt = (traits & StoredPolicy.EXEMPT_RECIPIENT) != 0;
      StringBuilder json = new StringBuilder();
      json.append(",\"pattern_type\":\"")
          .append(StoredPolicy.types().get(traits & StoredPolicy.TYPE_MASK))
          .append('"');
      flag(json, "is_regex", (traits & StoredPolicy.REGEX) != 0);
      flag(json, "is_trusted_sender", trusted);
      flag(json, "is_acceptable_sender", acceptable);
      flag(json, "is_exempt_recipient", exempt);
      flag(json, "verify_sender", (traits & StoredPolicy.VERIFY_SENDER) != 0);
      if (deprecatedFields) {
        flag(json, "is_sender", trusted);
        flag(json, "is_spoof", acceptable);
        flag(json, "is_recipient", exempt);
      }
      traitJson[traits] = json.toString().getBytes(ISO_8859_1);
    }
  }

  private static void flag(StringBuilder json, String name, boolean value) {
    json.append(",\"").append(name).append("\":").append(value);
  }

  /** How many bytes {@link #write} will write. */
  public int length(StoredPolicy policy) {
    int length =
        ID.length + CREATED.length + MODIFIED.length + PATTERN.length + policy.text().length + 1;
    if (deprecatedFields) {
      length += LAST_MODIFIED.length + policy.modifiedEnd() - policy.createdEnd();
    }
    if (policy.patternEnd() < policy.text().length) {
      length += COMMENTS.length;
    }
    return length + traitJson[policy.traits()].length;
  }

  /** Writes the policy into the target from an index on, and returns the index after it. */
  public int write(StoredPolicy policy, byte[] target, int start) {
    byte[] text = policy.text();
    int at = put(ID, target, start);
    at = put(text, 0, StoredPolicy.ID_LENGTH, target, at);
    at = put(CREATED, target, at);
    at = put(text, StoredPolicy.ID_LENGTH, policy.createdEnd(), target, at);
    at = put(MODIFIED, target, at);
    at = put(text, policy.createdEnd(), policy.modifiedEnd(), target, at);
    if (deprecatedFields) {
      at = put(LAST_MODIFIED, target, at);
      at = put(text, policy.createdEnd(), policy.modifiedEnd(), target, at);
    }
    at = put(PATTERN, target, at);
    at = put(text, policy.modifiedEnd(), policy.patternEnd(), target, at);
    at = put(traitJson[policy.traits()], target, at);
    if (policy.patternEnd() < text.length) {
      at = put(COMMENTS, target, at);
      at = put(text, policy.patternEnd(), text.length, target, at);
    }
    target[at] = '}';
    return at + 1;
  }

  public byte[] bytes(StoredPolicy policy) {
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
