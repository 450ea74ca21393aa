package dev.allowflux.plan;

import dev.allowflux.internal.pattern.NormalForm;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Says which policy is meant: two policies with one key are the same policy, however it is spelt.
 *
 * <p>The pattern is brought to a normal form. Every text has one, and the normal form of a normal
 * form is itself.
 *
 * <ul>
 *   <li>A regular expression stands for itself.
 *   <li>A domain is lower case, labels with other letters than ASCII as A-labels (by the rules of
 *       2008, in which ß and ς are letters of their own), the dot at its end left out.
 *   <li>The domain part of an e-mail address (behind its last {@code @}) likewise; the local part
 *       stands for itself.
 *   <li>An IPv4 or IPv6 address or CIDR block has its canonical text (RFC 5952 for IPv6), bits
 *       behind the prefix being zero and the prefix of a single address left out, so that {@code
 *       203.0.113.7/24} and {@code 203.0.113.0/24}, which cover the same addresses, are one. An
 *       IPv4 address within an IPv6 one stays IPv6.
 *   <li>What is none of these, though its kind says so, stands for itself; a domain still in lower
 *       case.
 * </ul>
 *
 * @param patternType EMAIL, DOMAIN or IP
 * @param isRegex whether the pattern is a regular expression
 * @param pattern the normal form
 * @since 0.1
 */
public record PolicyKey(PatternType patternType, boolean isRegex, String pattern)
    implements Comparable<PolicyKey> {
  private static final Comparator<PolicyKey> ORDER =
      Comparator.comparing(PolicyKey::patternType)
          .thenComparing(PolicyKey::isRegex)
          .thenComparing(PolicyKey::pattern);

  /**
   * Brings the pattern to its normal form.
   *
   * @param patternType EMAIL, DOMAIN or IP
   * @param isRegex whether the pattern is a regular expression
   * @param pattern any text
   * @throws IllegalArgumentException if {@code patternType} is UNKNOWN or UNRECOGNIZED
   */
  public PolicyKey {
    pattern =
        switch (patternType) {
          case EMAIL -> isRegex ? pattern : NormalForm.ofAddress(pattern);
          case DOMAIN -> isRegex ? pattern : NormalForm.ofDomain(pattern);
          case IP -> isRegex ? pattern : NormalForm.ofNetwork(pattern);
          case UNKNOWN, UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "a key needs pattern_type EMAIL, DOMAIN or IP, not " + patternType);
        };
  }

  /**
   * Returns the key of a policy that exists. A policy that does not say whether it is a regular
   * expression is taken for none.
   *
   * @param policy a policy as the API returned it
   * @return the key, or {@code null} if the policy has no pattern or its kind is not EMAIL, DOMAIN
   *     or IP: such a policy cannot be meant
   */
  public static @Nullable PolicyKey of(AllowPolicy policy) {
    PatternType type = policy.patternType();
    String pattern = policy.pattern();
    if (pattern == null
        || type == null
        || type == PatternType.UNKNOWN
        || type == PatternType.UNRECOGNIZED) {
      return null;
    }
    return new PolicyKey(type, Boolean.TRUE.equals(policy.isRegex()), pattern);
  }

  /**
   * Returns the key that stands for all that differ from this one in the case of the local part
   * alone. Such addresses are policies of their own, but a service may store one in another case
   * than it was sent in.
   *
   * @return this key with the local part of an e-mail address in lower case; this key itself for
   *     domains, networks and regular expressions
   */
  public PolicyKey inAnyCase() {
    if (patternType != PatternType.EMAIL || isRegex) {
      return this;
    }
    String lower = NormalForm.ofAddressInAnyCase(pattern);
    return lower.equals(pattern) ? this : new PolicyKey(patternType, false, lower);
  }

  /** Orders by kind, then plain before regular expression, then pattern by UTF-16 code unit. */
  @Override
  public int compareTo(PolicyKey other) {
    return ORDER.compare(this, other);
  }

  /** Returns for instance {@code DOMAIN example.com} or {@code EMAIL regex .*@example\.com}. */
  @Override
  public String toString() {
    return patternType + (isRegex ? " regex " : " ") + pattern;
  }
}
