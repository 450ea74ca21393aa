package dev.allowflux.sync.audit;

import dev.allowflux.plan.SafetyRule;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an audit looks for. The rules on what a pattern exposes are those of planning ({@link
 * SafetyRule}).
 *
 * @since 0.1
 */
public enum AuditRule {
  /** Anybody can register a name under the domain. */
  PUBLIC_SUFFIX(
      AuditSeverity.HIGH,
      "domain under which anybody can register a name",
      "name the registered domain of the sender",
      SafetyRule.PUBLIC_SUFFIX),

  /** A regular expression matches senders at more domains than an owner can mean. */
  BROAD_REGEX(
      AuditSeverity.HIGH,
      "regular expression that matches strangers",
      "list the domains, or end the expression with the sender's own domain",
      SafetyRule.BROAD_REGEX),

  /** What a regular expression matches cannot be decided. */
  UNDECIDABLE_REGEX(
      AuditSeverity.HIGH,
      "regular expression of which nobody can tell what it matches",
      "write it without look-around and back references, or list the senders",
      SafetyRule.UNDECIDABLE_REGEX),

  /** Anybody can open an address at the domain. */
  FREE_MAIL_PROVIDER(
      AuditSeverity.HIGH,
      "everybody at a free mail provider",
      "name the address of the sender",
      SafetyRule.FREE_MAIL_PROVIDER),

  /** Many customers of a service send from the domain or its servers. */
  SHARED_SENDER(
      AuditSeverity.HIGH,
      "servers that many customers send from",
      "name the sender's own domain, with verification",
      SafetyRule.SHARED_SENDER),

  /** The name is forged often. */
  BRAND_WITHOUT_VERIFICATION(
      AuditSeverity.HIGH,
      "name that is forged often, without verification",
      "turn verify_sender on, or delete the policy",
      SafetyRule.BRAND_WITHOUT_VERIFICATION),

  /** A network wider than a sender can have for its own. */
  WIDE_NETWORK(
      AuditSeverity.HIGH,
      "network wider than /16, in IPv6 than /32",
      "name the sender's own addresses",
      SafetyRule.WIDE_NETWORK),

  /** All mail to a recipient bypasses detection. */
  EXEMPT_WITHOUT_VERIFICATION(
      AuditSeverity.HIGH,
      "recipient whose mail is never checked, without verification",
      "turn verify_sender on",
      SafetyRule.EXEMPT_WITHOUT_VERIFICATION),

  /** Mail that claims to be from the sender bypasses all detection. */
  TRUSTED_WITHOUT_VERIFICATION(
      AuditSeverity.HIGH,
      "trusted sender without verification",
      "turn verify_sender on",
      SafetyRule.TRUSTED_WITHOUT_VERIFICATION),

  /** Letters of several scripts make one name look like another. */
  MIXED_SCRIPTS(
      AuditSeverity.HIGH,
      "pattern that mixes scripts in one word",
      "write the name in its own letters, or delete the policy",
      SafetyRule.MIXED_SCRIPTS),

  /** The pattern is none of its kind. */
  NOT_AN_ADDRESS(
      AuditSeverity.MEDIUM,
      "pattern that cannot match what its type says",
      "correct pattern or pattern_type",
      SafetyRule.NOT_AN_ADDRESS),

  /** Mail that claims to be from the sender is not taken for spam, spoof or bulk. */
  ACCEPTABLE_WITHOUT_VERIFICATION(
      AuditSeverity.MEDIUM, "acceptable sender without verification", "turn verify_sender on"),

  /** All detection is bypassed where less would do. */
  TRUSTED_SENDER(
      AuditSeverity.MEDIUM,
      "trusted sender, where an acceptable sender would do",
      "make it an acceptable sender, unless malicious mail of this sender is meant to pass"),

  /** Matching can take time that grows exponentially. */
  SLOW_REGEX(
      AuditSeverity.MEDIUM,
      "regular expression that can take for ever",
      "repeat nothing that repeats the same characters already"),

  /** Characters that nobody sees. */
  INVISIBLE_CHARACTERS(
      AuditSeverity.MEDIUM, "invisible characters in pattern or comments", "type the text anew"),

  /** The same pattern is there in two ways. */
  CONTRADICTING(
      AuditSeverity.MEDIUM,
      "same pattern as another policy, with other flags",
      "delete one of them"),

  /** The last day of the policy is over. */
  EXPIRED(
      AuditSeverity.MEDIUM,
      "policy whose last day is over",
      "delete it, or give it a new last day"),

  /** A day or an owner in the comments cannot be read. */
  UNREADABLE_TAG(
      AuditSeverity.MEDIUM, "tag in the comments that cannot be read", "correct the comments"),

  /** The day of review is over. */
  REVIEW_DUE(
      AuditSeverity.LOW, "policy whose day of review is over", "look at it, and set the next day"),

  /** The last day of the policy comes soon. */
  EXPIRES_SOON(
      AuditSeverity.LOW, "policy that expires soon", "prepare for it, or give it a new last day"),

  /** A wider policy lets in the same mail. */
  SHADOWED(AuditSeverity.LOW, "policy that a wider one makes superfluous", "delete one of them"),

  /** Another policy says the same. */
  DUPLICATE(AuditSeverity.LOW, "policy that is there again", "delete one of them"),

  /** A regular expression is not anchored, or has another oddity. */
  REGEX_ADVICE(
      AuditSeverity.LOW, "regular expression to look at", "anchor it with ^ and $, or correct it"),

  /** The policy lets nothing past. */
  NO_EFFECT(
      AuditSeverity.LOW,
      "policy without a flag, which lets nothing past",
      "set a flag, or delete it"),

  /** Nobody has touched the policy for long. */
  OLD(AuditSeverity.LOW, "old policy that was never changed", "ask its owner whether it is needed"),

  /** Nobody answers for the policy. */
  NO_OWNER(
      AuditSeverity.LOW,
      "policy without an owner",
      "name the owner in the comments: [allowflux:NAME]");

  private final AuditSeverity severity;
  private final String title;
  private final String remedy;
  private final @Nullable SafetyRule safetyRule;

  AuditRule(AuditSeverity severity, String title, String remedy) {
    this(severity, title, remedy, null);
  }

  AuditRule(AuditSeverity severity, String title, String remedy, @Nullable SafetyRule safetyRule) {
    this.severity = severity;
    this.title = title;
    this.remedy = remedy;
    this.safetyRule = safetyRule;
  }

  /**
   * Returns the id of the rule.
   *
   * @return for instance {@code public-suffix}; stays the same from version to version
   */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the rule with an id.
   *
   * @param id for instance {@code public-suffix}
   * @return the rule, if there is one
   */
  public static Optional<AuditRule> ofId(String id) {
    return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
  }

  static Optional<AuditRule> of(SafetyRule safetyRule) {
    return Arrays.stream(values()).filter(rule -> rule.safetyRule == safetyRule).findFirst();
  }

  /**
   * Returns how much its findings matter.
   *
   * @return the severity of all of its findings
   */
  public AuditSeverity severity() {
    return severity;
  }

  /**
   * Returns what it finds, in a few words.
   *
   * @return text without a full stop
   */
  public String title() {
    return title;
  }

  /**
   * Returns what to do about a finding.
   *
   * @return text without a full stop
   */
  public String remedy() {
    return remedy;
  }
}
