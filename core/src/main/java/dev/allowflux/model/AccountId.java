package dev.allowflux.model;

/**
 * The id of a Cloudflare account: opaque text, sent as one path segment.
 *
 * @param value 1 to 32 code points (docs/api-facts.md#operations), neither {@code "."} nor {@code
 *     ".."}
 * @since 0.1
 */
public record AccountId(String value) {
  private static final int MAX_LENGTH = 32;

  /**
   * Checks the text.
   *
   * @param value the id
   * @throws IllegalArgumentException if {@code value} is empty, too long, {@code "."}, {@code ".."}
   *     or has an unpaired surrogate
   */
  public AccountId {
    FieldRules.checkPathSegment("account id", value);
    FieldRules.checkLength("account id", value, 1, MAX_LENGTH);
  }

  /** Returns the id itself. */
  @Override
  public String toString() {
    return value;
  }
}
