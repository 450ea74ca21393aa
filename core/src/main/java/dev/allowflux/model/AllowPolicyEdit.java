package dev.allowflux.model;

import dev.allowflux.internal.text.FieldText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The changes of an edit: the fields that were set are sent, no others (docs/api-facts.md#edit).
 *
 * <p>Comments have three states: not set, a text (which may be empty), and cleared.
 *
 * @since 0.1
 */
public final class AllowPolicyEdit {
  private final @Nullable String pattern;
  private final @Nullable PatternType patternType;
  private final @Nullable Boolean isRegex;
  private final @Nullable Boolean isTrustedSender;
  private final @Nullable Boolean isAcceptableSender;
  private final @Nullable Boolean isExemptRecipient;
  private final @Nullable Boolean verifySender;
  private final @Nullable String comments;
  private final boolean clearsComments;

  private AllowPolicyEdit(Builder builder) {
    pattern = builder.pattern;
    patternType = builder.patternType;
    isRegex = builder.isRegex;
    isTrustedSender = builder.isTrustedSender;
    isAcceptableSender = builder.isAcceptableSender;
    isExemptRecipient = builder.isExemptRecipient;
    verifySender = builder.verifySender;
    comments = builder.comments;
    clearsComments = builder.clearsComments;
    if (isEmpty()) {
      throw new IllegalArgumentException("an edit needs at least one field to change");
    }
    if (pattern != null) {
      FieldRules.checkEdit(patternType, isRegex, pattern, builder.patternOptions);
    }
  }

  private boolean isEmpty() {
    return pattern == null
        && patternType == null
        && isRegex == null
        && isTrustedSender == null
        && isAcceptableSender == null
        && isExemptRecipient == null
        && verifySender == null
        && comments == null
        && !clearsComments;
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs at least one field
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the new pattern.
   *
   * @return 1 to 1024 code points, or {@code null} if it stays
   */
  public @Nullable String pattern() {
    return pattern;
  }

  /**
   * Returns the new kind of the pattern.
   *
   * @return EMAIL, DOMAIN or IP, or {@code null} if it stays
   */
  public @Nullable PatternType patternType() {
    return patternType;
  }

  /**
   * Tells whether the pattern is to be a Java regular expression.
   *
   * @return the flag, or {@code null} if it stays
   */
  public @Nullable Boolean isRegex() {
    return isRegex;
  }

  /**
   * Tells whether messages from a matching sender are to bypass all detections and link following.
   *
   * @return the flag, or {@code null} if it stays
   */
  public @Nullable Boolean isTrustedSender() {
    return isTrustedSender;
  }

  /**
   * Tells whether messages from a matching sender are to be exempt from the dispositions Spam,
   * Spoof and Bulk.
   *
   * @return the flag, or {@code null} if it stays
   */
  public @Nullable Boolean isAcceptableSender() {
    return isAcceptableSender;
  }

  /**
   * Tells whether messages to a matching recipient are to bypass all detections.
   *
   * @return the flag, or {@code null} if it stays
   */
  public @Nullable Boolean isExemptRecipient() {
    return isExemptRecipient;
  }

  /**
   * Tells whether the policy is to be honoured only for messages that pass DMARC, SPF or DKIM.
   *
   * @return the flag, or {@code null} if it stays
   */
  public @Nullable Boolean verifySender() {
    return verifySender;
  }

  /**
   * Returns the new comments.
   *
   * @return up to 1024 code points, or {@code null} if they stay or are cleared
   */
  public @Nullable String comments() {
    return comments;
  }

  /**
   * Tells whether the comments are taken away.
   *
   * @return true if the edit sends {@code "comments": null}
   */
  public boolean clearsComments() {
    return clearsComments;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AllowPolicyEdit that
        && Objects.equals(pattern, that.pattern)
        && patternType == that.patternType
        && Objects.equals(isRegex, that.isRegex)
        && Objects.equals(isTrustedSender, that.isTrustedSender)
        && Objects.equals(isAcceptableSender, that.isAcceptableSender)
        && Objects.equals(isExemptRecipient, that.isExemptRecipient)
        && Objects.equals(verifySender, that.verifySender)
        && Objects.equals(comments, that.comments)
        && clearsComments == that.clearsComments;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        pattern,
        patternType,
        isRegex,
        isTrustedSender,
        isAcceptableSender,
        isExemptRecipient,
        verifySender,
        comments,
        clearsComments);
  }

  /** Returns the fields to change by the API's names. */
  @Override
  public String toString() {
    return new FieldText("AllowPolicyEdit")
        .add(PolicyField.PATTERN.apiName(), pattern)
        .add(PolicyField.PATTERN_TYPE.apiName(), patternType)
        .add(PolicyField.IS_REGEX.apiName(), isRegex)
        .add(PolicyField.IS_TRUSTED_SENDER.apiName(), isTrustedSender)
        .add(PolicyField.IS_ACCEPTABLE_SENDER.apiName(), isAcceptableSender)
        .add(PolicyField.IS_EXEMPT_RECIPIENT.apiName(), isExemptRecipient)
        .add(PolicyField.VERIFY_SENDER.apiName(), verifySender)
        .add(PolicyField.COMMENTS.apiName(), clearsComments ? "null" : comments)
        .toString();
  }

  /**
   * Collects the fields to change, each of them optional. A later call replaces an earlier one,
   * also between {@link #comments} and {@link #clearComments}. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder extends WritableFieldsBuilder<Builder> {
    private @Nullable String comments;
    private boolean clearsComments;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Changes the comments; an empty text stays an empty text.
     *
     * @param comments up to 1024 code points
     * @return this builder
     * @throws IllegalArgumentException if the text is longer or has an unpaired surrogate
     */
    public Builder comments(String comments) {
      this.comments = FieldRules.checkComments(comments);
      clearsComments = false;
      return this;
    }

    /**
     * Takes the comments away by sending null. That null clears them is inferred from the field
     * being nullable, not documented (docs/api-facts.md#edit).
     *
     * @return this builder
     */
    public Builder clearComments() {
      comments = null;
      clearsComments = true;
      return this;
    }

    /**
     * Returns the edit; the builder keeps its values.
     *
     * @return an edit of at least one field
     * @throws IllegalArgumentException if nothing was set, or if the pattern is none of its kind or
     *     would have to be corrected ({@link PatternCheck}), saying what to write. Where the edit
     *     leaves the kind or {@code is_regex} as it is, which is not known here, it is enough that
     *     the pattern fits one kind, or compiles and has signs of a regular expression
     */
    public AllowPolicyEdit build() {
      return new AllowPolicyEdit(this);
    }
  }
}
