package dev.allowflux.plan;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a plan may do before somebody has to agree by name. The limits hold for accounts of every
 * size: in an account of three policies one edit is over 30 %.
 *
 * @since 0.1
 */
public final class SyncLimits {
  private final int maxDeletePercent;
  private final int maxDeletes;
  private final int maxExpired;
  private final int maxEditPercent;
  private final int maxExposedPolicies;
  private final int maxExposedAddresses;
  private final boolean deletesDuplicates;
  private final boolean distinguishesCase;
  private final Set<SafetyRule> allowed;

  private SyncLimits(Builder builder) {
    maxDeletePercent = builder.maxDeletePercent;
    maxDeletes = builder.maxDeletes;
    maxExpired = builder.maxExpired;
    maxEditPercent = builder.maxEditPercent;
    maxExposedPolicies = builder.maxExposedPolicies;
    maxExposedAddresses = builder.maxExposedAddresses;
    deletesDuplicates = builder.deletesDuplicates;
    distinguishesCase = builder.distinguishesCase;
    allowed = Collections.unmodifiableSet(EnumSet.copyOf(builder.allowed));
  }

  /**
   * Returns the limits that hold unless others are given.
   *
   * @return 30 % and 100 deletes, 100 deletes of expired policies, 30 % edits, 1000 more policies
   *     that bypass all detection, 262,144 more addresses, no duplicate deleted, no case
   *     distinguished, nothing else allowed
   */
  public static SyncLimits standard() {
    return builder().build();
  }

  /**
   * Returns a builder with the limits of {@link #standard()}.
   *
   * @return a builder that needs nothing
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns how large a part may be deleted of the policies that the mode may delete: those of the
   * owner, else all.
   *
   * @return 0 to 100
   */
  public int maxDeletePercent() {
    return maxDeletePercent;
  }

  /**
   * Returns how many policies may be deleted.
   *
   * @return 0 or more
   */
  public int maxDeletes() {
    return maxDeletes;
  }

  /**
   * Returns how many policies may be deleted since their last day is over.
   *
   * @return 0 or more
   */
  public int maxExpired() {
    return maxExpired;
  }

  /**
   * Returns how large a part may be edited of the policies that the mode may edit: all but those of
   * other owners.
   *
   * @return 0 to 100
   */
  public int maxEditPercent() {
    return maxEditPercent;
  }

  /**
   * Returns how many policies more may bypass all detection: those of which a change makes a
   * trusted sender or an exempt recipient.
   *
   * @return 0 or more
   */
  public int maxExposedPolicies() {
    return maxExposedPolicies;
  }

  /**
   * Returns how many addresses more may be let in by networks, all changes together.
   *
   * @return 0 or more; IPv4 addresses, and networks of /48 in IPv6
   */
  public int maxExposedAddresses() {
    return maxExposedAddresses;
  }

  /**
   * Tells whether policies that say again what an older one says are deleted.
   *
   * @return false by default: they are reported only
   */
  public boolean deletesDuplicates() {
    return deletesDuplicates;
  }

  /**
   * Tells whether an e-mail address is created of which the account has one in another case of the
   * local part.
   *
   * @return false by default: such policies are taken for the desired ones and reported
   */
  public boolean distinguishesCase() {
    return distinguishesCase;
  }

  /**
   * Returns the rules that were allowed to be broken.
   *
   * @return an immutable set, empty by default
   */
  public Set<SafetyRule> allowed() {
    return allowed;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SyncLimits that
        && maxDeletePercent == that.maxDeletePercent
        && maxDeletes == that.maxDeletes
        && maxExpired == that.maxExpired
        && maxEditPercent == that.maxEditPercent
        && maxExposedPolicies == that.maxExposedPolicies
        && maxExposedAddresses == that.maxExposedAddresses
        && deletesDuplicates == that.deletesDuplicates
        && distinguishesCase == that.distinguishesCase
        && allowed.equals(that.allowed);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        maxDeletePercent,
        maxDeletes,
        maxExpired,
        maxEditPercent,
        maxExposedPolicies,
        maxExposedAddresses,
        deletesDuplicates,
        distinguishesCase,
        allowed);
  }

  /** Returns all limits. */
  @Override
  public String toString() {
    return "SyncLimits[maxDeletePercent="
        + maxDeletePercent
        + ", maxDeletes="
        + maxDeletes
        + ", maxExpired="
        + maxExpired
        + ", maxEditPercent="
        + maxEditPercent
        + ", maxExposedPolicies="
        + maxExposedPolicies
        + ", maxExposedAddresses="
        + maxExposedAddresses
        + ", deletesDuplicates="
        + deletesDuplicates
        + ", distinguishesCase="
        + distinguishesCase
        + ", allowed="
        + allowed
        + "]";
  }

  /**
   * Collects limits. A later call replaces an earlier one, but for {@link #allow}, whose calls add
   * up. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private int maxDeletePercent = 30;
    private int maxDeletes = 100;
    private int maxExpired = 100;
    private int maxEditPercent = 30;
    private int maxExposedPolicies = 1000;
    private int maxExposedAddresses = 1 << 18;
    private boolean deletesDuplicates;
    private boolean distinguishesCase;
    private final Set<SafetyRule> allowed = EnumSet.noneOf(SafetyRule.class);

    private Builder() {}

    /**
     * Sets how large a part may be deleted. Exactly so much is still allowed.
     *
     * @param percent 0 to 100; 30 by default
     * @return this builder
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder maxDeletePercent(int percent) {
      maxDeletePercent = check("maxDeletePercent", percent, 100);
      return this;
    }

    /**
     * Sets how many policies may be deleted.
     *
     * @param count 0 or more; 100 by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxDeletes(int count) {
      maxDeletes = check("maxDeletes", count, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Sets how many policies may be deleted since their last day is over. They do not count as
     * other deletes.
     *
     * @param count 0 or more; 100 by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxExpired(int count) {
      maxExpired = check("maxExpired", count, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Sets how large a part may be edited. Exactly so much is still allowed.
     *
     * @param percent 0 to 100; 30 by default
     * @return this builder
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder maxEditPercent(int percent) {
      maxEditPercent = check("maxEditPercent", percent, 100);
      return this;
    }

    /**
     * Sets how many policies more may bypass all detection.
     *
     * @param count 0 or more; 1000 by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxExposedPolicies(int count) {
      maxExposedPolicies = check("maxExposedPolicies", count, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Sets how many addresses more may be let in by networks, all changes together.
     *
     * @param count 0 or more; 262,144, which is four networks of /16, by default
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxExposedAddresses(int count) {
      maxExposedAddresses = check("maxExposedAddresses", count, Integer.MAX_VALUE);
      return this;
    }

    /**
     * Sets whether policies that say again what an older one says are deleted, if the mode lets
     * them: an owner deletes those that have its marker. They count as other deletes do.
     *
     * @param value false by default
     * @return this builder
     */
    public Builder deletesDuplicates(boolean value) {
      deletesDuplicates = value;
      return this;
    }

    /**
     * Sets whether e-mail addresses that differ in the case of the local part alone are policies of
     * their own. By the standards of mail they are, but a service may store what it is sent in
     * another case. So a desired address of which the account has one in another case is taken for
     * that policy: it is edited if need be, not created again, and the plan warns. With this, it is
     * created.
     *
     * @param value false by default
     * @return this builder
     */
    public Builder distinguishesCase(boolean value) {
      distinguishesCase = value;
      return this;
    }

    /**
     * Lets plans break one rule.
     *
     * @param rule a rule that {@linkplain SafetyRule#canBeAllowed() can be allowed}
     * @return this builder
     * @throws IllegalArgumentException if it cannot
     */
    public Builder allow(SafetyRule rule) {
      if (!rule.canBeAllowed()) {
        throw new IllegalArgumentException(rule + " cannot be allowed as such");
      }
      allowed.add(rule);
      return this;
    }

    /**
     * Returns the limits; the builder keeps its values.
     *
     * @return what was set
     */
    public SyncLimits build() {
      return new SyncLimits(this);
    }

    private static int check(String name, int value, int max) {
      if (value < 0 || value > max) {
        throw new IllegalArgumentException(name + " must be 0 to " + max + ", not " + value);
      }
      return value;
    }
  }
}
