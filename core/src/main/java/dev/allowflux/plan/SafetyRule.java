package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.PatternCheck;
import java.util.Locale;

/**
 * Why a plan can be refused. Each rule has its own override, in {@link SyncLimits}; none overrides
 * all of them.
 *
 * <p>The rules on what a policy exposes judge creates, and edits as far as they widen what was
 * exposed before, on the normal form of the pattern. A pattern alone is harmless: they apply to
 * policies of a trusted sender, an acceptable sender or an exempt recipient, and are checked again
 * when a plan is applied.
 *
 * @since 0.1
 */
public enum SafetyRule {
  /** More than {@link SyncLimits#maxDeletePercent()} of what may be deleted would be. */
  DELETE_PERCENT,

  /** More than {@link SyncLimits#maxDeletes()} policies would be deleted. */
  DELETES,

  /**
   * More than {@link SyncLimits#maxExpired()} policies would be deleted whose last day is over.
   * They do not count as other deletes.
   */
  EXPIRED,

  /** More than {@link SyncLimits#maxEditPercent()} of what may be edited would be. */
  EDIT_PERCENT,

  /** No policy is desired, as if a file was empty that should not be. */
  EMPTY_DESIRED,

  /** One policy is desired in two ways. There is no override: say which one. */
  CONFLICTING_DESIRED,

  /**
   * The owner marker does not fit into the comments, or these name another owner. There is no
   * override: change the comments.
   */
  UNMARKABLE,

  /** All mail to a recipient would bypass detection, without the sender being verified. */
  EXEMPT_WITHOUT_VERIFICATION,

  /**
   * Mail that claims to be from a sender would bypass detection, verified or not. Single addresses
   * and networks of at most 256 addresses (IPv6: /48) of a sender's own need no verification.
   */
  TRUSTED_WITHOUT_VERIFICATION,

  /** A regular expression matches senders at more domains, or addresses, than an owner can mean. */
  BROAD_REGEX,

  /** What a regular expression matches cannot be decided, so it may be anything. */
  UNDECIDABLE_REGEX,

  /** Anybody can register a name under the domain, such as co.uk. */
  PUBLIC_SUFFIX,

  /** Anybody can open an address at the domain. Exempt recipients may have one. */
  FREE_MAIL_PROVIDER,

  /** Many customers of a service send from the domain or its servers. */
  SHARED_SENDER,

  /** The name is forged often, so it means nothing unless the sender is verified. */
  BRAND_WITHOUT_VERIFICATION,

  /** A network wider than /16, in IPv6 than /32. */
  WIDE_NETWORK,

  /** The pattern is none of its kind, so nobody knows what the service takes it for. */
  NOT_AN_ADDRESS,

  /**
   * Letters of several scripts in one word of a pattern, by which one name is made to look as
   * another ({@link PatternCheck.Option#MIXED_SCRIPTS}).
   */
  MIXED_SCRIPTS,

  /** More than {@link SyncLimits#maxExposedPolicies()} policies more would bypass all detection. */
  EXPOSED_POLICIES,

  /** More than {@link SyncLimits#maxExposedAddresses()} addresses more would be let in. */
  EXPOSED_ADDRESSES;

  /**
   * Tells whether {@link SyncLimits.Builder#allow} takes this rule.
   *
   * @return false for rules that have a limit of their own, and for those without an override
   */
  public boolean canBeAllowed() {
    return switch (this) {
      case DELETE_PERCENT,
          DELETES,
          EXPIRED,
          EDIT_PERCENT,
          CONFLICTING_DESIRED,
          UNMARKABLE,
          EXPOSED_POLICIES,
          EXPOSED_ADDRESSES ->
          false;
      default -> true;
    };
  }

  /** What was found {@code count} times, in one line. */
  String finding(long count) {
    String policies = count == 1 ? "1 policy" : count + " policies";
    return switch (this) {
      case EMPTY_DESIRED -> "no policy is desired";
      case CONFLICTING_DESIRED -> policies + " desired in more than one way";
      case UNMARKABLE -> policies + " whose comments cannot hold the owner marker";
      case EXEMPT_WITHOUT_VERIFICATION ->
          policies + " with an exempt recipient and no verification";
      case TRUSTED_WITHOUT_VERIFICATION -> policies + " with a trusted sender and no verification";
      case BROAD_REGEX -> policies + " with a regular expression that matches strangers";
      case UNDECIDABLE_REGEX ->
          policies + " with a regular expression of which nobody can tell what it matches";
      case PUBLIC_SUFFIX -> policies + " for a domain under which anybody can register a name";
      case FREE_MAIL_PROVIDER -> policies + " for everybody at a free mail provider";
      case SHARED_SENDER -> policies + " for servers that many customers send from";
      case BRAND_WITHOUT_VERIFICATION ->
          policies + " for a name that is forged often, without verification";
      case WIDE_NETWORK -> policies + " for a network wider than /16, in IPv6 than /32";
      case MIXED_SCRIPTS -> policies + " whose pattern mixes scripts in one word";
      case NOT_AN_ADDRESS -> policies + " whose pattern is none of its kind";
      case DELETE_PERCENT, DELETES, EXPIRED, EDIT_PERCENT, EXPOSED_POLICIES, EXPOSED_ADDRESSES ->
          policies + " too many";
    };
  }

  /** How to get a plan that breaks this rule, in the words of {@link SyncLimits.Builder}. */
  String override() {
    return switch (this) {
      case DELETE_PERCENT -> "maxDeletePercent";
      case DELETES -> "maxDeletes";
      case EXPIRED -> "maxExpired";
      case EDIT_PERCENT -> "maxEditPercent";
      case EXPOSED_POLICIES -> "maxExposedPolicies";
      case EXPOSED_ADDRESSES -> "maxExposedAddresses";
      case CONFLICTING_DESIRED -> "keep one of them";
      case UNMARKABLE -> "change the comments";
      default -> "allow(" + name() + ")";
    };
  }

  /**
   * Returns the rule with a name.
   *
   * @param name a name as {@link #name()} returns it, in any case and with hyphens or underscores
   * @return the rule
   * @throws IllegalArgumentException if there is none
   */
  public static SafetyRule of(String name) {
    String constant = name.toUpperCase(Locale.ROOT).replace('-', '_');
    for (SafetyRule rule : values()) {
      if (rule.name().equals(constant)) {
        return rule;
      }
    }
    throw new IllegalArgumentException("the rule " + name + " is not known");
  }

  /**
   * A rule that a plan breaks, as it was allowed to.
   *
   * @param rule the rule
   * @param what what was found, with its number, in one line
   * @since 0.1
   */
  public record Overridden(SafetyRule rule, String what) {
    /**
     * Refuses null.
     *
     * @param rule the rule
     * @param what what was found
     */
    public Overridden {
      requireNonNull(rule, "rule");
      requireNonNull(what, "what");
    }
  }
}
