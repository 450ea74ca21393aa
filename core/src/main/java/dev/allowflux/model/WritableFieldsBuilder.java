package dev.allowflux.model;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that a new policy and an edit are built from alike. Comments are not among them: only
 * an edit can leave them as they are. Package-private, so that its methods show as those of the
 * public builders.
 *
 * @param <B> the builder itself
 */
abstract class WritableFieldsBuilder<B extends WritableFieldsBuilder<B>> {
  @Nullable String pattern;
  @Nullable PatternType patternType;
  @Nullable Boolean isRegex;
  @Nullable Boolean isTrustedSender;
  @Nullable Boolean isAcceptableSender;
  @Nullable Boolean isExemptRecipient;
  @Nullable Boolean verifySender;

  Set<PatternCheck.Option> patternOptions = Set.of();

  /** Returns this builder by its own type. */
  abstract B self();

  /**
   * Sets what messages are compared with. Whether the text fits its kind is checked when the
   * builder builds.
   *
   * @param pattern 1 to 1024 code points
   * @return this builder
   * @throws IllegalArgumentException if the length is outside that range or the text has an
   *     unpaired surrogate
   */
  public B pattern(String pattern) {
    this.pattern = FieldRules.checkPattern(pattern);
    return self();
  }

  /**
   * Sets what the check of the pattern accepts beyond the grammar ({@link PatternCheck}). A later
   * call replaces an earlier one.
   *
   * @param options what to accept; nothing by default
   * @return this builder
   */
  public B patternOptions(PatternCheck.Option... options) {
    patternOptions = Set.of(options);
    return self();
  }

  /**
   * Sets the kind of the pattern.
   *
   * @param patternType EMAIL, DOMAIN or IP
   * @return this builder
   * @throws IllegalArgumentException for UNKNOWN and UNRECOGNIZED
   */
  public B patternType(PatternType patternType) {
    this.patternType = FieldRules.checkWritable(patternType);
    return self();
  }

  /**
   * Sets whether the pattern is a Java regular expression.
   *
   * @param value the flag
   * @return this builder
   */
  public B isRegex(boolean value) {
    isRegex = value;
    return self();
  }

  /**
   * Sets whether messages from a matching sender bypass all detections and link following.
   *
   * @param value the flag
   * @return this builder
   */
  public B isTrustedSender(boolean value) {
    isTrustedSender = value;
    return self();
  }

  /**
   * Sets whether messages from a matching sender are exempt from the dispositions Spam, Spoof and
   * Bulk.
   *
   * @param value the flag
   * @return this builder
   */
  public B isAcceptableSender(boolean value) {
    isAcceptableSender = value;
    return self();
  }

  /**
   * Sets whether messages to a matching recipient bypass all detections.
   *
   * @param value the flag
   * @return this builder
   */
  public B isExemptRecipient(boolean value) {
    isExemptRecipient = value;
    return self();
  }

  /**
   * Sets whether the policy is honoured only for messages that pass DMARC, SPF or DKIM.
   *
   * @param value the flag
   * @return this builder
   */
  public B verifySender(boolean value) {
    verifySender = value;
    return self();
  }
}
