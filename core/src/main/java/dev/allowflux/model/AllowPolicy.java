package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.FieldText;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An allow policy as the API returned it (docs/api-facts.md#policy).
 *
 * <p>Only {@link #id()} and {@link #createdAt()} are certain. Everything else is {@code null} when
 * it is absent from the response, and an absent flag is not {@code false}. Two policies are equal
 * when all that the API returned of them is equal.
 *
 * <p>Longer than most classes here: each of the fifteen fields has its accessor and its builder
 * method, with its contract.
 *
 * @since 0.1
 */
public final class AllowPolicy {
  private final PolicyId id;
  private final Instant createdAt;
  private final @Nullable Instant modifiedAt;
  private final @Nullable Instant lastModified;
  private final @Nullable String pattern;
  private final @Nullable PatternType patternType;
  private final @Nullable String patternTypeName;
  private final @Nullable String comments;
  private final int flags;
  private final Map<String, String> unknownFields;

  private AllowPolicy(Builder builder, PolicyId id, Instant createdAt) {
    this.id = id;
    this.createdAt = createdAt;
    this.modifiedAt = builder.modifiedAt;
    this.lastModified = builder.lastModified;
    this.pattern = builder.pattern;
    this.patternType = builder.patternType;
    this.patternTypeName = builder.patternTypeName;
    this.comments = builder.comments;
    this.flags = builder.flags;
    this.unknownFields =
        builder.unknownFields.isEmpty()
            ? Map.of()
            : Collections.unmodifiableMap(new LinkedHashMap<>(builder.unknownFields));
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs an id and a time of creation
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the id.
   *
   * @return the id that the API gave the policy
   */
  public PolicyId id() {
    return id;
  }

  /**
   * Returns when the policy was created.
   *
   * @return the instant, to the nanosecond if the API said so much
   */
  public Instant createdAt() {
    return createdAt;
  }

  /**
   * Returns when the policy was last changed: {@link #modifiedAt()}, else the field that came
   * before it.
   *
   * @return the instant, or {@code null} if the answer had neither field
   */
  public @Nullable Instant modified() {
    return modifiedAt != null ? modifiedAt : lastModified;
  }

  /**
   * Returns the field {@code modified_at}.
   *
   * @return the instant, or {@code null} if absent
   */
  public @Nullable Instant modifiedAt() {
    return modifiedAt;
  }

  /**
   * Returns the field {@code last_modified}.
   *
   * @return the instant, or {@code null} if absent
   * @deprecated the API has announced its end for 2026-11-01; use {@link #modified()}
   */
  @Deprecated
  public @Nullable Instant lastModified() {
    return lastModified;
  }

  /**
   * Returns what messages are compared with.
   *
   * @return the pattern, or {@code null} if absent
   */
  public @Nullable String pattern() {
    return pattern;
  }

  /**
   * Returns the kind of the pattern.
   *
   * @return the kind, {@link PatternType#UNRECOGNIZED} for a word that this version does not know,
   *     or {@code null} if absent
   */
  public @Nullable PatternType patternType() {
    return patternType;
  }

  /**
   * Returns the API's own word for the kind of the pattern, known to this version or not.
   *
   * @return the word, or {@code null} if absent
   */
  public @Nullable String patternTypeName() {
    return patternTypeName;
  }

  /**
   * Tells whether the pattern is a Java regular expression.
   *
   * @return the flag, or {@code null} if absent
   */
  public @Nullable Boolean isRegex() {
    return Flag.IS_REGEX.in(flags);
  }

  /**
   * Tells whether messages from a matching sender bypass all detections and link following.
   *
   * @return the flag, or {@code null} if absent
   */
  public @Nullable Boolean isTrustedSender() {
    return Flag.IS_TRUSTED_SENDER.in(flags);
  }

  /**
   * Tells whether messages from a matching sender are exempt from the dispositions Spam, Spoof and
   * Bulk; Malicious and Suspicious still apply.
   *
   * @return the flag, or {@code null} if absent
   */
  public @Nullable Boolean isAcceptableSender() {
    return Flag.IS_ACCEPTABLE_SENDER.in(flags);
  }

  /**
   * Tells whether messages to a matching recipient bypass all detections.
   *
   * @return the flag, or {@code null} if absent
   */
  public @Nullable Boolean isExemptRecipient() {
    return Flag.IS_EXEMPT_RECIPIENT.in(flags);
  }

  /**
   * Tells whether the policy is honoured only for messages that pass DMARC, SPF or DKIM.
   *
   * @return the flag, or {@code null} if absent
   */
  public @Nullable Boolean verifySender() {
    return Flag.VERIFY_SENDER.in(flags);
  }

  /**
   * Returns the field {@code is_recipient}.
   *
   * @return the flag, or {@code null} if absent
   * @deprecated the API has announced its end for 2026-07-01; use {@link #isExemptRecipient()}
   */
  @Deprecated
  public @Nullable Boolean isRecipient() {
    return Flag.IS_RECIPIENT.in(flags);
  }

  /**
   * Returns the field {@code is_sender}.
   *
   * @return the flag, or {@code null} if absent
   * @deprecated the API has announced its end for 2026-07-01; use {@link #isTrustedSender()}
   */
  @Deprecated
  public @Nullable Boolean isSender() {
    return Flag.IS_SENDER.in(flags);
  }

  /**
   * Returns the field {@code is_spoof}.
   *
   * @return the flag, or {@code null} if absent
   * @deprecated the API has announced its end for 2026-07-01; use {@link #isAcceptableSender()}
   */
  @Deprecated
  public @Nullable Boolean isSpoof() {
    return Flag.IS_SPOOF.in(flags);
  }

  /**
   * Returns the comments.
   *
   * @return the text, or {@code null} if there is none; the API may leave the field out or send
   *     null
   */
  public @Nullable String comments() {
    return comments;
  }

  /**
   * Returns the fields of the answer that this version does not know.
   *
   * @return names and their values as JSON text, in order of arrival; immutable and usually empty
   */
  public Map<String, String> unknownFields() {
    return unknownFields;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AllowPolicy that
        && id.equals(that.id)
        && createdAt.equals(that.createdAt)
        && Objects.equals(modifiedAt, that.modifiedAt)
        && Objects.equals(lastModified, that.lastModified)
        && Objects.equals(pattern, that.pattern)
        && Objects.equals(patternTypeName, that.patternTypeName)
        && Objects.equals(comments, that.comments)
        && flags == that.flags
        && unknownFields.equals(that.unknownFields);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        id,
        createdAt,
        modifiedAt,
        lastModified,
        pattern,
        patternTypeName,
        comments,
        flags,
        unknownFields);
  }

  /** Returns the fields that the API said, by its own names. */
  @Override
  public String toString() {
    FieldText text = new FieldText("AllowPolicy");
    for (PolicyField field : PolicyField.ofApi()) {
      text.add(field.apiName(), field.of(this));
    }
    unknownFields.forEach(text::add);
    return text.toString();
  }

  /** Eight flags of three states take 16 bits instead of eight references. */
  private enum Flag {
    IS_REGEX(0),
    IS_TRUSTED_SENDER(2),
    IS_ACCEPTABLE_SENDER(4),
    IS_EXEMPT_RECIPIENT(6),
    VERIFY_SENDER(8),
    IS_RECIPIENT(10),
    IS_SENDER(12),
    IS_SPOOF(14);

    private static final int SAID = 2;
    private static final int TRUE = 1;

    private final int shift;

    Flag(int shift) {
      this.shift = shift;
    }

    @Nullable Boolean in(int flags) {
      int bits = flags >>> shift;
      return (bits & SAID) == 0 ? null : (bits & TRUE) != 0;
    }

    int set(int flags, @Nullable Boolean value) {
      int bits = value == null ? 0 : value ? SAID | TRUE : SAID;
      return (flags & ~((SAID | TRUE) << shift)) | (bits << shift);
    }
  }

  /**
   * Collects what an answer says about one policy. Nothing is checked but that the two certain
   * fields are there: this is what a server said, not what may be sent. A later call replaces an
   * earlier one; {@code null} takes a value back. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private @Nullable PolicyId id;
    private @Nullable Instant createdAt;
    private @Nullable Instant modifiedAt;
    private @Nullable Instant lastModified;
    private @Nullable String pattern;
    private @Nullable PatternType patternType;
    private @Nullable String patternTypeName;
    private @Nullable String comments;
    private int flags;
    private Map<String, String> unknownFields = Map.of();

    private Builder() {}

    /**
     * Sets the id.
     *
     * @param id the id
     * @return this builder
     */
    public Builder id(PolicyId id) {
      this.id = requireNonNull(id, "id");
      return this;
    }

    /**
     * Sets the time of creation.
     *
     * @param createdAt the instant
     * @return this builder
     */
    public Builder createdAt(Instant createdAt) {
      this.createdAt = requireNonNull(createdAt, "createdAt");
      return this;
    }

    /**
     * Sets {@code modified_at}.
     *
     * @param modifiedAt the instant
     * @return this builder
     */
    public Builder modifiedAt(@Nullable Instant modifiedAt) {
      this.modifiedAt = modifiedAt;
      return this;
    }

    /**
     * Sets {@code last_modified}.
     *
     * @param lastModified the instant
     * @return this builder
     * @deprecated the API has announced its end for 2026-11-01; use {@link #modifiedAt}
     */
    @Deprecated
    public Builder lastModified(@Nullable Instant lastModified) {
      this.lastModified = lastModified;
      return this;
    }

    /**
     * Sets the pattern.
     *
     * @param pattern the pattern
     * @return this builder
     */
    public Builder pattern(@Nullable String pattern) {
      this.pattern = pattern;
      return this;
    }

    /**
     * Sets the kind of the pattern by the API's own word; a word that is none of the known ones
     * becomes {@link PatternType#UNRECOGNIZED}.
     *
     * @param name the word
     * @return this builder
     */
    public Builder patternTypeName(@Nullable String name) {
      patternTypeName = name;
      patternType =
          name == null
              ? null
              : switch (name) {
                case "EMAIL" -> PatternType.EMAIL;
                case "DOMAIN" -> PatternType.DOMAIN;
                case "IP" -> PatternType.IP;
                case "UNKNOWN" -> PatternType.UNKNOWN;
                default -> PatternType.UNRECOGNIZED;
              };
      return this;
    }

    /**
     * Sets {@code is_regex}.
     *
     * @param value the flag
     * @return this builder
     */
    public Builder isRegex(@Nullable Boolean value) {
      return set(Flag.IS_REGEX, value);
    }

    /**
     * Sets {@code is_trusted_sender}.
     *
     * @param value the flag
     * @return this builder
     */
    public Builder isTrustedSender(@Nullable Boolean value) {
      return set(Flag.IS_TRUSTED_SENDER, value);
    }

    /**
     * Sets {@code is_acceptable_sender}.
     *
     * @param value the flag
     * @return this builder
     */
    public Builder isAcceptableSender(@Nullable Boolean value) {
      return set(Flag.IS_ACCEPTABLE_SENDER, value);
    }

    /**
     * Sets {@code is_exempt_recipient}.
     *
     * @param value the flag
     * @return this builder
     */
    public Builder isExemptRecipient(@Nullable Boolean value) {
      return set(Flag.IS_EXEMPT_RECIPIENT, value);
    }

    /**
     * Sets {@code verify_sender}.
     *
     * @param value the flag
     * @return this builder
     */
    public Builder verifySender(@Nullable Boolean value) {
      return set(Flag.VERIFY_SENDER, value);
    }

    /**
     * Sets {@code is_recipient}.
     *
     * @param value the flag
     * @return this builder
     * @deprecated the API has announced its end for 2026-07-01; use {@link #isExemptRecipient}
     */
    @Deprecated
    public Builder isRecipient(@Nullable Boolean value) {
      return set(Flag.IS_RECIPIENT, value);
    }

    /**
     * Sets {@code is_sender}.
     *
     * @param value the flag
     * @return this builder
     * @deprecated the API has announced its end for 2026-07-01; use {@link #isTrustedSender}
     */
    @Deprecated
    public Builder isSender(@Nullable Boolean value) {
      return set(Flag.IS_SENDER, value);
    }

    /**
     * Sets {@code is_spoof}.
     *
     * @param value the flag
     * @return this builder
     * @deprecated the API has announced its end for 2026-07-01; use {@link #isAcceptableSender}
     */
    @Deprecated
    public Builder isSpoof(@Nullable Boolean value) {
      return set(Flag.IS_SPOOF, value);
    }

    /**
     * Sets the comments.
     *
     * @param comments the text
     * @return this builder
     */
    public Builder comments(@Nullable String comments) {
      this.comments = comments;
      return this;
    }

    /**
     * Adds a field that this version does not know; the last value given for a name stays.
     *
     * @param name the field's name
     * @param json its value as JSON text, which is not checked
     * @return this builder
     */
    public Builder unknownField(String name, String json) {
      if (unknownFields.isEmpty()) {
        unknownFields = new LinkedHashMap<>();
      }
      unknownFields.put(requireNonNull(name, "name"), requireNonNull(json, "json"));
      return this;
    }

    /**
     * Forgets everything, so that one builder can make a page of policies.
     *
     * @return this builder
     */
    public Builder clear() {
      id = null;
      createdAt = null;
      modifiedAt = null;
      lastModified = null;
      pattern = null;
      patternType = null;
      patternTypeName = null;
      comments = null;
      flags = 0;
      unknownFields = Map.of();
      return this;
    }

    /**
     * Returns the policy; the builder keeps its values.
     *
     * @return a policy of what was set
     * @throws IllegalArgumentException if id or time of creation is missing
     */
    public AllowPolicy build() {
      PolicyId id = this.id;
      Instant createdAt = this.createdAt;
      if (id == null || createdAt == null) {
        String missing =
            id != null
                ? PolicyField.CREATED_AT.apiName()
                : createdAt != null
                    ? PolicyField.ID.apiName()
                    : PolicyField.ID.apiName() + " and " + PolicyField.CREATED_AT.apiName();
        throw new IllegalArgumentException("policy without " + missing);
      }
      return new AllowPolicy(this, id, createdAt);
    }

    private Builder set(Flag flag, @Nullable Boolean value) {
      flags = flag.set(flags, value);
      return this;
    }
  }
}
