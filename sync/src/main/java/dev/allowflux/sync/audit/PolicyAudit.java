package dev.allowflux.sync.audit;

import static dev.allowflux.sync.audit.PolicyFlags.ACCEPTABLE;
import static dev.allowflux.sync.audit.PolicyFlags.EXEMPT;
import static dev.allowflux.sync.audit.PolicyFlags.TRUSTED;
import static dev.allowflux.sync.audit.PolicyFlags.VERIFIED;
import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternCheck.Option;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.ExposureRules;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.sync.ExposureCheck;
import dev.allowflux.sync.internal.exposure.IpBlock;
import dev.allowflux.sync.internal.exposure.RegexAmbiguity;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Audits policies: what is dangerous, superfluous, over or without an owner.
 *
 * <p>Add all policies, then ask for the report, once. Nothing is looked up and no expression is
 * run. An audit keeps some 170 bytes of each policy and its findings, so that a million fit into a
 * heap of 256 MiB. The first policy makes it read lists from the class path, and a regular
 * expression can take some hundred milliseconds of a processor: not for an event loop. Not safe for
 * use by several threads.
 *
 * @since 0.1
 */
public final class PolicyAudit {
  /** Networks that a sender has for its own need no verification. */
  private static final int NARROW_V4 = 24;

  private static final int NARROW_V6 = 48;

  private static final int DAY_SECONDS = 86_400;

  private final AuditSettings settings;
  private final ExposureRules rules = ExposureCheck.rules();
  private final AuditedPolicies policies = new AuditedPolicies();
  private final FindingTable findings;

  /** The reasons that say on which day policies were created, which many share. */
  private final Map<Long, String> created = new HashMap<>();

  private final LocalDate soon;
  private final Instant old;
  private boolean reported;

  private PolicyAudit(AuditSettings settings) {
    this.settings = settings;
    findings = new FindingTable(policies, settings.waivers());
    soon = LocalDate.ofInstant(settings.now(), ZoneOffset.UTC).plusDays(settings.soonDays());
    old = settings.now().minus(Duration.ofDays(settings.oldDays()));
  }

  /**
   * Returns an audit of no policy yet.
   *
   * @param settings how policies are audited
   * @return a new audit
   */
  public static PolicyAudit of(AuditSettings settings) {
    return new PolicyAudit(requireNonNull(settings, "settings"));
  }

  /**
   * Audits a policy of an account or of an export.
   *
   * @param policy the policy as the API returned it
   * @throws IllegalStateException if the report was made already
   */
  public void add(AllowPolicy policy) {
    add(policy, policy.id().value());
  }

  /**
   * Audits a policy of a file.
   *
   * @param policy the policy
   * @param name how people find it, such as {@code policies.csv:12}
   * @throws IllegalStateException if the report was made already
   */
  public void add(AllowPolicy policy, String name) {
    if (reported) {
      throw new IllegalStateException("the report was made already");
    }
    PolicyKey key = PolicyKey.of(policy);
    PolicyTag tag = PolicyTag.of(policy.comments());
    PolicyFlags flags = PolicyFlags.of(policy, tag);
    int number = policies.add(policy, name, key, flags);
    judgeText(number, policy);
    judgeTag(number, tag);
    if (key == null) {
      findings.add(AuditRule.NOT_AN_ADDRESS, number, "the kind of the pattern is not known");
      return;
    }
    judgeFlags(number, key, flags);
    judgePattern(number, key, flags, requireNonNull(policy.pattern()));
    judgeAgain(number, flags);
    if (policy.createdAt().isBefore(old)
        && !policy.createdAt().equals(Instant.EPOCH)
        && !wasChanged(policy)) {
      long day = Math.floorDiv(policy.createdAt().getEpochSecond(), DAY_SECONDS);
      String reason = created.computeIfAbsent(day, d -> "created on " + LocalDate.ofEpochDay(d));
      findings.add(AuditRule.OLD, number, reason);
    }
  }

  private static boolean wasChanged(AllowPolicy policy) {
    Instant modified = policy.modified();
    return modified != null && modified.isAfter(policy.createdAt());
  }

  private void judgeText(int number, AllowPolicy policy) {
    String pattern = hidden(policy.pattern());
    String comments = hidden(policy.comments());
    if (pattern != null) {
      findings.add(AuditRule.INVISIBLE_CHARACTERS, number, pattern + " in the pattern");
    } else if (comments != null) {
      findings.add(AuditRule.INVISIBLE_CHARACTERS, number, comments + " in the comments");
    }
  }

  /** Returns the first character that nobody sees, or null if there is none. */
  private static @Nullable String hidden(@Nullable String text) {
    if (text == null) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit >= 0x7F || unit < ' ') {
        int c = text.codePointAt(i);
        int type = Character.getType(c);
        boolean lineOrTab = c == '\n' || c == '\r' || c == '\t';
        if (type == Character.FORMAT
            || (type == Character.CONTROL && !lineOrTab)
            || type == Character.LINE_SEPARATOR
            || type == Character.PARAGRAPH_SEPARATOR
            || c == 0x115F
            || c == 0x1160
            || c == 0x3164
            || c == 0xFFA0) {
          return String.format(Locale.ROOT, "U+%04X", c);
        }
        i += Character.charCount(c) - 1;
      }
    }
    return null;
  }

  private void judgeTag(int number, PolicyTag tag) {
    if (tag.owners().isEmpty()) {
      findings.add(AuditRule.NO_OWNER, number, "no owner is named");
    }
    if (!tag.unreadable().isEmpty()) {
      findings.add(AuditRule.UNREADABLE_TAG, number, String.join(" ", tag.unreadable()));
    }
    LocalDate expires = tag.expires().orElse(null);
    if (tag.isExpired(settings.now())) {
      findings.add(AuditRule.EXPIRED, number, "its last day was " + expires);
    } else if (expires != null && expires.isBefore(soon)) {
      findings.add(AuditRule.EXPIRES_SOON, number, "its last day is " + expires);
    }
    if (tag.isReviewDue(settings.now())) {
      findings.add(
          AuditRule.REVIEW_DUE, number, "it was to be reviewed on " + tag.review().orElseThrow());
    }
  }

  private void judgeFlags(int number, PolicyKey key, PolicyFlags flags) {
    if (!flags.expose()) {
      findings.add(AuditRule.NO_EFFECT, number, "no flag is set");
      return;
    }
    boolean own = isOwnNetwork(key);
    if (!flags.has(VERIFIED)) {
      if (flags.has(EXEMPT)) {
        findings.add(AuditRule.EXEMPT_WITHOUT_VERIFICATION, number, "verify_sender is off");
      }
      if (flags.has(TRUSTED) && !own) {
        findings.add(AuditRule.TRUSTED_WITHOUT_VERIFICATION, number, "verify_sender is off");
      } else if (flags.has(ACCEPTABLE) && !own && !flags.has(EXEMPT)) {
        findings.add(AuditRule.ACCEPTABLE_WITHOUT_VERIFICATION, number, "verify_sender is off");
      }
    } else if (flags.has(TRUSTED)) {
      findings.add(AuditRule.TRUSTED_SENDER, number, "all detection is bypassed");
    }
  }

  private static boolean isOwnNetwork(PolicyKey key) {
    if (key.patternType() != PatternType.IP || key.isRegex()) {
      return false;
    }
    IpBlock block = IpBlock.parse(key.pattern());
    boolean v6 = key.pattern().indexOf(':') >= 0;
    return block != null && block.prefix() >= (v6 ? NARROW_V6 : NARROW_V4);
  }

  private void judgePattern(int number, PolicyKey key, PolicyFlags flags, String pattern) {
    if (key.isRegex() && RegexAmbiguity.isExponential(key.pattern())) {
      findings.add(
          AuditRule.SLOW_REGEX, number, "a part repeats what repeats the same characters already");
    }
    if (!key.isRegex()) {
      PatternType type = key.patternType();
      if (PatternCheck.of(type, false, pattern, Option.MIXED_SCRIPTS) instanceof Refused refused) {
        if (hidden(pattern) == null) {
          findings.add(AuditRule.NOT_AN_ADDRESS, number, refused.reason());
          return;
        }
      } else if (!isAscii(pattern) && PatternCheck.of(type, false, pattern) instanceof Refused) {
        findings.add(AuditRule.MIXED_SCRIPTS, number, "letters of several scripts in one word");
      }
    }
    if (!flags.expose()) {
      return;
    }
    ExposureRules.Judgement judgement = rules.judge(key);
    for (ExposureRules.Finding finding : judgement.findings()) {
      AuditRule.of(finding.rule())
          .filter(rule -> counts(rule, flags))
          .ifPresent(rule -> findings.add(rule, number, reason(finding)));
    }
    for (String warning : judgement.warnings()) {
      findings.add(AuditRule.REGEX_ADVICE, number, warning);
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Rules on senders do not apply where only a recipient is exempt. */
  private static boolean counts(AuditRule rule, PolicyFlags flags) {
    boolean sender = flags.has(TRUSTED) || flags.has(ACCEPTABLE);
    return switch (rule) {
      case FREE_MAIL_PROVIDER, SHARED_SENDER -> sender;
      case BRAND_WITHOUT_VERIFICATION -> sender && !flags.has(VERIFIED);
      default -> true;
    };
  }

  private static String reason(ExposureRules.Finding finding) {
    return finding.examples().isEmpty()
        ? finding.explanation()
        : finding.explanation() + ", such as " + String.join(", ", finding.examples());
  }

  private void judgeAgain(int number, PolicyFlags flags) {
    int first = policies.firstAlike(number);
    if (first != KeyTable.NONE) {
      findings.add(
          flags.areSameAs(policies.flags(first)) ? AuditRule.DUPLICATE : AuditRule.CONTRADICTING,
          number,
          "the same pattern as " + policies.name(first));
    }
  }

  /**
   * Compares the policies with each other and makes the report.
   *
   * @return what was found, the worst first, then in the order in which the policies were added
   * @throws IllegalStateException if it was made already
   */
  public AuditReport report() {
    if (reported) {
      throw new IllegalStateException("the report was made already");
    }
    reported = true;
    new ShadowSearch(policies)
        .forEachShadowed(
            (number, wider) ->
                findings.add(
                    AuditRule.SHADOWED,
                    number,
                    "covered by " + policies.key(wider) + " of " + policies.name(wider)));
    return new AuditReport(policies.size(), findings);
  }
}
