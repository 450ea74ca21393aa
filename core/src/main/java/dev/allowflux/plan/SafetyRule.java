package dev.allowflux.plan;

/**
 * Why a plan can be refused. Each rule has its own way round, in {@link SyncLimits}; there is none
 * round all of them.
 *
 * <p>The rules on what a policy opens look at creates, and at edits as far as they open more than
 * was open before. A pattern alone is harmless: the rules on patterns apply when the policy is of a
 * trusted sender, an acceptable sender or an exempt recipient.
 */
public enum SafetyRule {
  /** More than {@link SyncLimits#maxDeletePercent()} of what may be deleted would be. */
  DELETE_PERCENT,

  /** More than {@link SyncLimits#maxDeletes()} policies would be deleted. */
  DELETES,

  /** More than {@link SyncLimits#maxEditPercent()} of what may be edited would be. */
  EDIT_PERCENT,

  /** Nothing is wanted, as if a file was empty that should not be. */
  EMPTY_DESIRED,

  /** One policy is wanted in two ways. There is no way round but to say which one. */
  CONFLICTING_DESIRED,

  /**
   * The marker of the owner does not fit into the comments, or these name another owner. There is
   * no way round but to change the comments.
   */
  UNMARKABLE,

  /** All mail to a recipient would bypass detection, without the sender being verified. */
  EXEMPT_WITHOUT_VERIFICATION,

  /** Mail that claims to be from a sender would bypass detection, verified or not. */
  TRUSTED_WITHOUT_VERIFICATION,

  /**
   * A regular expression matches, as a whole or in part, addresses, names or networks that have
   * nothing to do with any certain sender, or it needs so many steps that it cannot be told.
   */
  BROAD_REGEX,

  /**
   * Everybody at a public mail provider is meant: gmail.com, googlemail.com, outlook.com,
   * hotmail.com, live.com, msn.com, yahoo.com, icloud.com, aol.com, gmx.net, gmx.de, web.de,
   * proton.me, mail.ru, yandex.ru, qq.com or 163.com.
   */
  PUBLIC_MAIL_PROVIDER,

  /** A domain without a dot, such as a whole top-level domain. */
  DOMAIN_WITHOUT_DOT,

  /** A network wider than /16, in IPv6 than /32. */
  WIDE_NETWORK;

  /**
   * Tells whether {@link SyncLimits.Builder#allow} takes this rule.
   *
   * @return false for rules that have a limit of their own, and for those without a way round
   */
  public boolean canBeAllowed() {
    return switch (this) {
      case DELETE_PERCENT, DELETES, EDIT_PERCENT, CONFLICTING_DESIRED, UNMARKABLE -> false;
      default -> true;
    };
  }

  /** What was found {@code count} times, in one line. */
  String finding(long count) {
    String policies = count == 1 ? "1 policy" : count + " policies";
    return switch (this) {
      case EMPTY_DESIRED -> "nothing is wanted";
      case CONFLICTING_DESIRED -> policies + " wanted in more than one way";
      case UNMARKABLE -> policies + " whose comments cannot bear the marker";
      case EXEMPT_WITHOUT_VERIFICATION ->
          policies + " with an exempt recipient and no verification";
      case TRUSTED_WITHOUT_VERIFICATION -> policies + " with a trusted sender and no verification";
      case BROAD_REGEX -> policies + " with a regular expression that matches strangers, or may";
      case PUBLIC_MAIL_PROVIDER -> policies + " for everybody at a public mail provider";
      case DOMAIN_WITHOUT_DOT -> policies + " for a domain without a dot";
      case WIDE_NETWORK -> policies + " for a network wider than /16, in IPv6 than /32";
      case DELETE_PERCENT, DELETES, EDIT_PERCENT -> policies + " too many";
    };
  }

  /** How to get a plan that breaks this rule, in the words of {@link SyncLimits.Builder}. */
  String wayRound() {
    return switch (this) {
      case DELETE_PERCENT -> "maxDeletePercent";
      case DELETES -> "maxDeletes";
      case EDIT_PERCENT -> "maxEditPercent";
      case CONFLICTING_DESIRED -> "say which one is wanted";
      case UNMARKABLE -> "change the comments";
      default -> "allow(" + name() + ")";
    };
  }
}
