package dev.allowflux.model;

import dev.allowflux.internal.text.FieldText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A policy to create, or to put in the place of another; complete and acceptable by everything that
 * can be checked before it is sent (docs/api-facts.md#create).
 *
 * @since 0.1
 */
public final class NewAllowPolicy {
  private final String pattern;
  private final PatternType patternType;
  private final boolean isRegex;
  private final boolean isTrustedSender;
  private final boolean isAcceptableSender;
  private final boolean isExemptRecipient;
  private final boolean verifySender;
  private final @Nullable String comments;

  private NewAllowPolicy(Builder builder) {
    List<String> missing = new ArrayList<>();
    pattern = require(PolicyField.PATTERN, builder.pattern, "", missing);
    patternType =
        require(PolicyField.PATTERN_TYPE, builder.patternType, PatternType.UNKNOWN, missing);
    isRegex = require(PolicyField.IS_REGEX, builder.isRegex, false, missing);
    isTrustedSender =
        require(PolicyField.IS_TRUSTED_SENDER, builder.isTrustedSender, false, missing);
    isAcceptableSender =
        require(PolicyField.IS_ACCEPTABLE_SENDER, builder.isAcceptableSender, false, missing);
    isExemptRecipient =
        require(PolicyField.IS_EXEMPT_RECIPIENT, builder.isExemptRecipient, false, missing);
    verifySender = require(PolicyField.VERIFY_SENDER, builder.verifySender, false, missing);
    comments = builder.comments;
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException("a new allow policy needs " + String.join(", ", missing));
    }
    FieldRules.checkGrammar(patternType, isRegex, pattern, builder.patternOptions);
  }

  private static <T> T require(
      PolicyField field, @Nullable T value, T stand, List<String> missing) {
    if (value == null) {
      missing.add(field.apiName());
      return stand;
    }
    return value;
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs everything but comments
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns what messages are to be compared with.
   *
   * @return the pattern, 1 to 1024 code points
   */
  public String pattern() {
    return pattern;
  }

  /**
   * Returns the kind of the pattern.
   *
   * @return EMAIL, DOMAIN or IP
   */
  public PatternType patternType() {
    return patternType;
  }

  /**
   * Tells whether the pattern is a Java regular expression.
   *
   * @return the flag
   */
  public boolean isRegex() {
    return isRegex;
  }

  /**
   * Tells whether messages from a matching sender bypass all detections and link following.
   *
   * @return the flag
   */
  public boolean isTrustedSender() {
    return isTrustedSender;
  }

  /**
   * Tells whether messages from a matching sender are exempt from the dispositions Spam, Spoof and
   * Bulk; Malicious and Suspicious still apply.
   *
   * @return the flag
   */
  public boolean isAcceptableSender() {
    return isAcceptableSender;
  }

  /**
   * Tells whether messages to a matching recipient bypass all detections.
   *
   * @return the flag
   */
  public boolean isExemptRecipient() {
    return isExemptRecipient;
  }

  /**
   * Tells whether the policy is honoured only for messages that pass DMARC, SPF or DKIM.
   *
   * @return the flag
   */
  public boolean verifySender() {
    return verifySender;
  }

  /**
   * Returns the comments.
   *
   * @return up to 1024 code points, or {@code null} for none: the field is then not sent
   */
  public @Nullable String comments() {
    return comments;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NewAllowPolicy that
        && pattern.equals(that.pattern)
        && patternType == that.patternType
        && isRegex == that.isRegex
        && isTrustedSender == that.isTrustedSender
        && isAcceptableSender == that.isAcceptableSender
        && isExemptRecipient == that.isExemptRecipient
        && verifySender == that.verifySender
        && Objects.equals(comments, that.comments);
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
        comments);
  }

  /** Returns the fields by the API's names. */
  @Override
  public String toString() {
    return new FieldText("NewAllowPolicy")
        .add(PolicyField.PATTERN.apiName(), pattern)
        .add(PolicyField.PATTERN_TYPE.apiName(), patternType)
        .add(PolicyField.IS_REGEX.apiName(), isRegex)
        .add(PolicyField.IS_TRUSTED_SENDER.apiName(), isTrustedSender)
        .add(PolicyField.IS_ACCEPTABLE_SENDER.apiName(), isAcceptableSender)
        .add(PolicyField.IS_EXEMPT_RECIPIENT.apiName(), isExemptRecipient)
        .add(PolicyField.VERIFY_SENDER.apiName(), verifySender)
        .add(PolicyField.COMMENTS.apiName(), comments)
        .toString();
  }

  /**
   * Collects the fields of a new policy. All but comments are required: a flag has no default,
   * because each of them opens or closes a way around detection. A later call replaces an earlier
   * one. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder extends WritableFieldsBuilder<Builder> {
    private @Nullable String comments;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * Sets the comments.
     *
     * @param comments up to 1024 code points; {@code null}, the default, for none
     * @return this builder
     * @throws IllegalArgumentException if the text is longer or has an unpaired surrogate
     */
    public Builder comments(@Nullable String comments) {
      this.comments = comments == null ? null : FieldRules.checkComments(comments);
      return this;
    }

    /**
     * Returns the policy; the builder keeps its values.
     *
     * @return a complete policy
     * @throws IllegalArgumentException if required fields are missing, naming all of them, or if
     *     the pattern is none of its kind or would have to be corrected ({@link PatternCheck}),
     *     saying what to write
     */
    public NewAllowPolicy build() {
      return new NewAllowPolicy(this);
    }
  }
}
