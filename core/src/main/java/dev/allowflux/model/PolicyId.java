package dev.allowflux.model;

/**
 * The id of an allow policy: opaque text, sent as one path segment.
 *
 * <p>The API hands out UUIDs today and handed out numbers before (docs/api-facts.md#policy), so the
 * text is neither parsed nor normalised; two ids are equal when their texts are.
 *
 * @param value not empty, none of {@code "."}, {@code ".."} and {@code "batch"}, which is the
 *     address of another operation
 * @since 0.1
 */
public record PolicyId(String value) {

  /**
   * Checks the text.
   *
   * @param value the id
   * @throws IllegalArgumentException if {@code value} is empty, {@code "."}, {@code ".."}, {@code
   *     "batch"} or has an unpaired surrogate
   */
  public PolicyId {
    FieldRules.checkPathSegment("policy id", value);
    if (value.equals("batch")) {
      throw new IllegalArgumentException(
          "policy id must not be \"batch\", which is the address of another operation");
    }
  }

  /** Returns the id itself. */
  @Override
  public String toString() {
    return value;
  }
}
