package dev.allowflux.plan;

import dev.allowflux.internal.text.FieldText;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyTag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A policy that an account should have.
 *
 * <p>Pattern, kind of pattern and {@code is_regex} say which policy is meant ({@link #key()}). The
 * other fields are managed if they were set: a field that was not set is left as it is on a policy
 * that exists, and is false (or no comments) on one that has to be created.
 *
 * @since 0.1
 */
public final class DesiredPolicy {
  private static final int IS_REGEX = 0;
  private static final int TRUSTED_SENDER = 1;
  private static final int ACCEPTABLE_SENDER = 3;
  private static final int EXEMPT_RECIPIENT = 5;
  private static final int VERIFY_SENDER = 7;
  private static final int COMMENTS = 9;

  private final String pattern;
  private final PatternType patternType;

  /** The comments if they are managed, else the tag if there is one. */
  private final @Nullable String comments;

  private final @Nullable String origin;

  /** Flags in two bits each, "managed" above the value: a million of these are held at once. */
  private final short bits;

  private DesiredPolicy(
      Builder builder, String pattern, PatternType patternType, @Nullable String comments) {
    this.pattern = pattern;
    this.patternType = patternType;
    this.comments = comments;
    origin = builder.origin;
    bits = (short) builder.bits;
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs a pattern and its kind
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns what messages are to be compared with, as it was given and as it is sent.
   *
   * @return 1 to 1024 code points
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
   * @return false by default
   */
  public boolean isRegex() {
    return (bits & 1) != 0;
  }

  /**
   * Returns which policy is meant.
   *
   * @return the key, made anew by each call
   */
  public PolicyKey key() {
    return new PolicyKey(patternType, isRegex(), pattern);
  }

  /**
   * Tells whether messages from a matching sender are to bypass all detections and link following.
   *
   * @return the flag, or {@code null} if it is not managed
   */
  public @Nullable Boolean isTrustedSender() {
    return flag(TRUSTED_SENDER);
  }

  /**
   * Tells whether messages from a matching sender are to be exempt from the dispositions Spam,
   * Spoof and Bulk.
   *
   * @return the flag, or {@code null} if it is not managed
   */
  public @Nullable Boolean isAcceptableSender() {
    return flag(ACCEPTABLE_SENDER);
  }

  /**
   * Tells whether messages to a matching recipient are to bypass all detections.
   *
   * @return the flag, or {@code null} if it is not managed
   */
  public @Nullable Boolean isExemptRecipient() {
    return flag(EXEMPT_RECIPIENT);
  }

  /**
   * Tells whether the policy is to be honoured only for messages that pass DMARC, SPF or DKIM.
   *
   * @return the flag, or {@code null} if it is not managed
   */
  public @Nullable Boolean verifySender() {
    return flag(VERIFY_SENDER);
  }

  /**
   * Tells whether the comments are managed.
   *
   * @return true if they were set, be it to {@code null}
   */
  public boolean managesComments() {
    return (bits & 1 << COMMENTS) != 0;
  }

  /**
   * Returns the desired comments.
   *
   * @return 1 to 1024 code points, or {@code null} for none; meaningless unless {@link
   *     #managesComments()}
   */
  public @Nullable String comments() {
    return managesComments() ? comments : null;
  }

  /**
   * Returns what the comments are to say about owner and days.
   *
   * @return the tag of the desired comments, or the one that is desired while the rest of the
   *     comments is left as it is
   */
  public PolicyTag tag() {
    return PolicyTag.of(comments);
  }

  /** Returns the comments that a policy is to have which has these. */
  @Nullable String commentsOn(@Nullable String existing) {
    return managesComments()
        ? comments
        : comments == null ? existing : tag().over(PolicyTag.of(existing)).in(existing);
  }

  /**
   * Returns where the policy was read from, for messages to people.
   *
   * @return for instance {@code policies.csv:12}, or {@code null} if that is unknown
   */
  public @Nullable String origin() {
    return origin;
  }

  /** Returns the policy to create if there is none: what is not managed is false or absent. */
  NewAllowPolicy toNew(@Nullable String comments) {
    return NewAllowPolicy.builder()
        .pattern(pattern)
        .patternType(patternType)
        .patternOptions(PatternCheck.Option.MIXED_SCRIPTS)
        .isRegex(isRegex())
        .isTrustedSender(Boolean.TRUE.equals(isTrustedSender()))
        .isAcceptableSender(Boolean.TRUE.equals(isAcceptableSender()))
        .isExemptRecipient(Boolean.TRUE.equals(isExemptRecipient()))
        .verifySender(Boolean.TRUE.equals(verifySender()))
        .comments(comments)
        .build();
  }

  /** Tells whether both ask for the same of one policy, however they spell its pattern. */
  boolean agreesWith(DesiredPolicy other) {
    return bits == other.bits && Objects.equals(comments, other.comments);
  }

  /** How people find it: its origin if there is one, else its pattern. */
  String name() {
    return origin == null ? pattern : pattern + " (" + origin + ")";
  }

  private @Nullable Boolean flag(int shift) {
    return (bits >> shift & 2) == 0 ? null : (bits >> shift & 1) != 0;
  }

  /** Two are equal if they ask for the same, wherever they were read. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DesiredPolicy that
        && pattern.equals(that.pattern)
        && patternType == that.patternType
        && agreesWith(that);
  }

  @Override
  public int hashCode() {
    return Objects.hash(pattern, patternType, bits, comments);
  }

  /** Returns the managed fields by the API's names. */
  @Override
  public String toString() {
    return new FieldText("DesiredPolicy")
        .add(PolicyField.PATTERN_TYPE.apiName(), patternType)
        .add(PolicyField.PATTERN.apiName(), pattern)
        .add(PolicyField.IS_REGEX.apiName(), isRegex())
        .add(PolicyField.IS_TRUSTED_SENDER.apiName(), isTrustedSender())
        .add(PolicyField.IS_ACCEPTABLE_SENDER.apiName(), isAcceptableSender())
        .add(PolicyField.IS_EXEMPT_RECIPIENT.apiName(), isExemptRecipient())
        .add(PolicyField.VERIFY_SENDER.apiName(), verifySender())
        .add(PolicyField.COMMENTS.apiName(), managesComments() ? String.valueOf(comments) : null)
        .add("tag", managesComments() ? null : comments)
        .toString();
  }

  /**
   * Collects what one policy should be. A later call replaces an earlier one; a flag set to {@code
   * null} is not managed, as by default. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private @Nullable String pattern;
    private @Nullable PatternType patternType;
    private @Nullable String comments;
    private PolicyTag tag = PolicyTag.none();
    private @Nullable String origin;
    private int bits;

    private Builder() {}

    /**
     * Sets what messages are to be compared with. Whether the text fits its kind is checked by
     * {@link #build()}.
     *
     * @param pattern 1 to 1024 code points
     * @return this builder
     */
    public Builder pattern(String pattern) {
      this.pattern = Objects.requireNonNull(pattern, "pattern");
      return this;
    }

    /**
     * Sets the kind of the pattern.
     *
     * @param patternType EMAIL, DOMAIN or IP
     * @return this builder
     */
    public Builder patternType(PatternType patternType) {
      this.patternType = Objects.requireNonNull(patternType, "patternType");
      return this;
    }

    /**
     * Sets whether the pattern is a Java regular expression.
     *
     * @param value the flag; false by default
     * @return this builder
     */
    public Builder isRegex(boolean value) {
      bits = (bits & ~(1 << IS_REGEX)) | (value ? 1 << IS_REGEX : 0);
      return this;
    }

    /**
     * Sets whether messages from a matching sender bypass all detections and link following.
     *
     * @param value the flag, or {@code null} to leave it as it is
     * @return this builder
     */
    public Builder isTrustedSender(@Nullable Boolean value) {
      return set(TRUSTED_SENDER, value);
    }

    /**
     * Sets whether messages from a matching sender are exempt from the dispositions Spam, Spoof and
     * Bulk.
     *
     * @param value the flag, or {@code null} to leave it as it is
     * @return this builder
     */
    public Builder isAcceptableSender(@Nullable Boolean value) {
      return set(ACCEPTABLE_SENDER, value);
    }

    /**
     * Sets whether messages to a matching recipient bypass all detections.
     *
     * @param value the flag, or {@code null} to leave it as it is
     * @return this builder
     */
    public Builder isExemptRecipient(@Nullable Boolean value) {
      return set(EXEMPT_RECIPIENT, value);
    }

    /**
     * Sets whether the policy is honoured only for messages that pass DMARC, SPF or DKIM.
     *
     * @param value the flag, or {@code null} to leave it as it is
     * @return this builder
     */
    public Builder verifySender(@Nullable Boolean value) {
      return set(VERIFY_SENDER, value);
    }

    /**
     * Sets the comments, which are managed from then on. A policy whose comments are not managed is
     * made by a builder on which this was never called.
     *
     * @param comments up to 1024 code points; {@code null} or an empty text for none
     * @return this builder
     */
    public Builder comments(@Nullable String comments) {
      this.comments = comments == null || comments.isEmpty() ? null : comments;
      bits |= 1 << COMMENTS;
      return this;
    }

    /**
     * Sets what the comments are to say about owner and days, whether the rest of them is managed
     * or not. What this tag does not say is left as it is.
     *
     * @param tag owner and days; the empty tag by default
     * @return this builder
     */
    public Builder tag(PolicyTag tag) {
      this.tag = Objects.requireNonNull(tag, "tag");
      return this;
    }

    /**
     * Sets where the policy was read from, for messages to people.
     *
     * @param origin for instance {@code policies.csv:12}, or {@code null}, the default
     * @return this builder
     */
    public Builder origin(@Nullable String origin) {
      this.origin = origin;
      return this;
    }

    /**
     * Returns the policy; the builder keeps its values.
     *
     * @return a policy that could be created as it is
     * @throws IllegalArgumentException if the pattern or its kind is missing, if the kind is none
     *     that can be written, if the pattern is none of its kind or would have to be corrected
     *     ({@link PatternCheck}), or if the comments are too long or have an unpaired surrogate. A
     *     mixture of scripts is left to the plan ({@link SafetyRule#MIXED_SCRIPTS})
     */
    public DesiredPolicy build() {
      if (pattern == null || patternType == null) {
        String missing =
            patternType != null
                ? PolicyField.PATTERN.apiName()
                : pattern != null
                    ? PolicyField.PATTERN_TYPE.apiName()
                    : PolicyField.PATTERN.apiName() + " and " + PolicyField.PATTERN_TYPE.apiName();
        throw new IllegalArgumentException("a desired policy needs " + missing);
      }
      // Without comments of its own, the policy keeps the tag alone.
      String text =
          tag.equals(PolicyTag.none()) ? comments : tag.over(PolicyTag.of(comments)).in(comments);
      DesiredPolicy policy = new DesiredPolicy(this, pattern, patternType, text);
      // What can be said against a text is the model's to say.
      NewAllowPolicy unused = policy.toNew(text);
      return policy;
    }

    private Builder set(int shift, @Nullable Boolean value) {
      int flag = value == null ? 0 : value ? 3 : 2;
      bits = (bits & ~(3 << shift)) | (flag << shift);
      return this;
    }
  }
}
