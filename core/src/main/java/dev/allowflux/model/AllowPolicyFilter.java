package dev.allowflux.model;

import dev.allowflux.internal.text.FieldText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which policies a listing returns and in which order (docs/api-facts.md#listing). What is not set
 * is not sent, and the service's default applies.
 *
 * <p>Longer than most classes here: each of the ten parameters has its accessor and its builder
 * method, with its contract.
 *
 * @since 0.1
 */
public final class AllowPolicyFilter {
  private static final AllowPolicyFilter ALL = builder().build();

  private final @Nullable String search;
  private final @Nullable String pattern;
  private final @Nullable PatternType patternType;
  private final @Nullable Boolean isTrustedSender;
  private final @Nullable Boolean isAcceptableSender;
  private final @Nullable Boolean isExemptRecipient;
  private final @Nullable Boolean verifySender;
  private final @Nullable Order order;
  private final @Nullable Direction direction;

  private AllowPolicyFilter(Builder builder) {
    search = builder.search;
    pattern = builder.pattern;
    patternType = builder.patternType;
    isTrustedSender = builder.isTrustedSender;
    isAcceptableSender = builder.isAcceptableSender;
    isExemptRecipient = builder.isExemptRecipient;
    verifySender = builder.verifySender;
    order = builder.order;
    direction = builder.direction;
  }

  /**
   * Returns the filter that lets every policy pass, in the service's own order.
   *
   * @return a filter with nothing set
   */
  public static AllowPolicyFilter all() {
    return ALL;
  }

  /**
   * Returns an empty builder.
   *
   * @return a builder that needs nothing
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a builder with the values of this filter.
   *
   * @return a builder of its own
   */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.search = search;
    builder.pattern = pattern;
    builder.patternType = patternType;
    builder.isTrustedSender = isTrustedSender;
    builder.isAcceptableSender = isAcceptableSender;
    builder.isExemptRecipient = isExemptRecipient;
    builder.verifySender = verifySender;
    builder.order = order;
    builder.direction = direction;
    return builder;
  }

  /**
   * Tells whether the listing is of all policies.
   *
   * @return true if nothing but order and direction is set
   */
  public boolean selectsAll() {
    return search == null
        && pattern == null
        && patternType == null
        && isTrustedSender == null
        && isAcceptableSender == null
        && isExemptRecipient == null
        && verifySender == null;
  }

  /**
   * Tells whether this filter can be applied by whoever has the policies: free text, order and
   * direction are the service's alone.
   *
   * @return true if none of the three is set
   */
  public boolean isLocal() {
    return search == null && order == null && direction == null;
  }

  /**
   * Tells whether a policy passes; order and direction have no say. A flag or a kind that the
   * policy does not have is neither what is asked for nor its opposite.
   *
   * @param policy the policy
   * @return true if all that is set fits
   * @throws IllegalStateException if a search term is set: what it finds is up to the service
   */
  public boolean matches(AllowPolicy policy) {
    if (search != null) {
      throw new IllegalStateException("only the service knows what a search finds");
    }
    return fits(pattern, policy.pattern())
        && fits(patternType, policy.patternType())
        && fits(isTrustedSender, policy.isTrustedSender())
        && fits(isAcceptableSender, policy.isAcceptableSender())
        && fits(isExemptRecipient, policy.isExemptRecipient())
        && fits(verifySender, policy.verifySender());
  }

  private static boolean fits(@Nullable Object required, @Nullable Object value) {
    return required == null || required.equals(value);
  }

  /**
   * Returns the search term.
   *
   * @return the term, or {@code null} if not set
   */
  public @Nullable String search() {
    return search;
  }

  /**
   * Returns the exact pattern to list.
   *
   * @return the pattern, or {@code null} if not set
   */
  public @Nullable String pattern() {
    return pattern;
  }

  /**
   * Returns the kind of pattern to list.
   *
   * @return the kind, or {@code null} if not set
   */
  public @Nullable PatternType patternType() {
    return patternType;
  }

  /**
   * Tells whether trusted senders are listed, or the others.
   *
   * @return the flag to list, or {@code null} if not set
   */
  public @Nullable Boolean isTrustedSender() {
    return isTrustedSender;
  }

  /**
   * Tells whether acceptable senders are listed, or the others.
   *
   * @return the flag to list, or {@code null} if not set
   */
  public @Nullable Boolean isAcceptableSender() {
    return isAcceptableSender;
  }

  /**
   * Tells whether exempt recipients are listed, or the others.
   *
   * @return the flag to list, or {@code null} if not set
   */
  public @Nullable Boolean isExemptRecipient() {
    return isExemptRecipient;
  }

  /**
   * Tells whether policies that verify the sender are listed, or the others.
   *
   * @return the flag to list, or {@code null} if not set
   */
  public @Nullable Boolean verifySender() {
    return verifySender;
  }

  /**
   * Returns the field to sort by.
   *
   * @return the field, or {@code null} for the service's own order
   */
  public @Nullable Order order() {
    return order;
  }

  /**
   * Returns the direction to sort in.
   *
   * @return the direction, or {@code null} for the service's own
   */
  public @Nullable Direction direction() {
    return direction;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AllowPolicyFilter that
        && Objects.equals(search, that.search)
        && Objects.equals(pattern, that.pattern)
        && patternType == that.patternType
        && Objects.equals(isTrustedSender, that.isTrustedSender)
        && Objects.equals(isAcceptableSender, that.isAcceptableSender)
        && Objects.equals(isExemptRecipient, that.isExemptRecipient)
        && Objects.equals(verifySender, that.verifySender)
        && order == that.order
        && direction == that.direction;
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        search,
        pattern,
        patternType,
        isTrustedSender,
        isAcceptableSender,
        isExemptRecipient,
        verifySender,
        order,
        direction);
  }

  /** Returns what is set, by the API's parameter names. */
  @Override
  public String toString() {
    return new FieldText("AllowPolicyFilter")
        .add("search", search)
        .add(PolicyField.PATTERN.apiName(), pattern)
        .add(PolicyField.PATTERN_TYPE.apiName(), patternType)
        .add(PolicyField.IS_TRUSTED_SENDER.apiName(), isTrustedSender)
        .add(PolicyField.IS_ACCEPTABLE_SENDER.apiName(), isAcceptableSender)
        .add(PolicyField.IS_EXEMPT_RECIPIENT.apiName(), isExemptRecipient)
        .add(PolicyField.VERIFY_SENDER.apiName(), verifySender)
        .add("order", order)
        .add("direction", direction)
        .toString();
  }

  /**
   * What a listing can be sorted by.
   *
   * @since 0.1
   */
  public enum Order {
    /** The text of the pattern. */
    PATTERN,

    /** The time of creation. */
    CREATED_AT
  }

  /**
   * Which end of the order comes first.
   *
   * @since 0.1
   */
  public enum Direction {
    /** Smallest or oldest first. */
    ASC,

    /** Largest or newest first. */
    DESC
  }

  /**
   * Collects the parts of a filter, each of them optional; a policy is listed when all of them fit.
   * A later call replaces an earlier one; {@code null} takes it back. Not safe for use by several
   * threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private @Nullable String search;
    private @Nullable String pattern;
    private @Nullable PatternType patternType;
    private @Nullable Boolean isTrustedSender;
    private @Nullable Boolean isAcceptableSender;
    private @Nullable Boolean isExemptRecipient;
    private @Nullable Boolean verifySender;
    private @Nullable Order order;
    private @Nullable Direction direction;

    private Builder() {}

    /**
     * Lists policies that match free text; what matches is up to the service and may change.
     *
     * @param search the term, not empty
     * @return this builder
     * @throws IllegalArgumentException if the term is empty or has an unpaired surrogate
     */
    public Builder search(@Nullable String search) {
      this.search = checkText("search", search);
      return this;
    }

    /**
     * Lists policies with exactly this pattern.
     *
     * @param pattern the pattern, not empty
     * @return this builder
     * @throws IllegalArgumentException if the pattern is empty or has an unpaired surrogate
     */
    public Builder pattern(@Nullable String pattern) {
      this.pattern = checkText(PolicyField.PATTERN.apiName(), pattern);
      return this;
    }

    /**
     * Lists policies of one kind.
     *
     * @param patternType the kind; UNKNOWN is the API's own
     * @return this builder
     * @throws IllegalArgumentException for UNRECOGNIZED, which is no word of the API
     */
    public Builder patternType(@Nullable PatternType patternType) {
      if (patternType == PatternType.UNRECOGNIZED) {
        throw new IllegalArgumentException(
            "pattern_type of a filter must be EMAIL, DOMAIN, IP or UNKNOWN, not UNRECOGNIZED");
      }
      this.patternType = patternType;
      return this;
    }

    /**
     * Lists trusted senders, or all others.
     *
     * @param value the flag to list
     * @return this builder
     */
    public Builder isTrustedSender(@Nullable Boolean value) {
      isTrustedSender = value;
      return this;
    }

    /**
     * Lists acceptable senders, or all others.
     *
     * @param value the flag to list
     * @return this builder
     */
    public Builder isAcceptableSender(@Nullable Boolean value) {
      isAcceptableSender = value;
      return this;
    }

    /**
     * Lists exempt recipients, or all others.
     *
     * @param value the flag to list
     * @return this builder
     */
    public Builder isExemptRecipient(@Nullable Boolean value) {
      isExemptRecipient = value;
      return this;
    }

    /**
     * Lists policies that verify the sender, or all others.
     *
     * @param value the flag to list
     * @return this builder
     */
    public Builder verifySender(@Nullable Boolean value) {
      verifySender = value;
      return this;
    }

    /**
     * Sorts by a field.
     *
     * @param order the field
     * @return this builder
     */
    public Builder order(@Nullable Order order) {
      this.order = order;
      return this;
    }

    /**
     * Sorts in a direction.
     *
     * @param direction the direction
     * @return this builder
     */
    public Builder direction(@Nullable Direction direction) {
      this.direction = direction;
      return this;
    }

    /**
     * Returns the filter; the builder keeps its values.
     *
     * @return a filter of what was set
     */
    public AllowPolicyFilter build() {
      return new AllowPolicyFilter(this);
    }

    private static @Nullable String checkText(String name, @Nullable String value) {
      if (value != null) {
        if (value.isEmpty()) {
          throw new IllegalArgumentException(name + " of a filter must not be empty");
        }
        FieldRules.checkWellFormed(name, value);
      }
      return value;
    }
  }
}
