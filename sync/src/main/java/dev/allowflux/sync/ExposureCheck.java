package dev.allowflux.sync;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.ExposureRules;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.internal.exposure.Exposure;
import dev.allowflux.sync.internal.exposure.FindingKind;
import dev.allowflux.sync.internal.exposure.PatternExposure;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Refuses policies that let in more than somebody can mean: public suffixes, free mail providers,
 * servers that many send from, wide networks, regular expressions that match strangers. {@link
 * AllowPolicySync} checks every plan when it is made and again when it is applied; this is for
 * single writes.
 *
 * <p>Nothing is looked up, no expression is ever run, and the cost is bounded by counts. Stateless;
 * safe for use by many threads.
 *
 * @since 0.1
 */
public final class ExposureCheck {
  /** One pattern of each kind, whose judging reads all that there is to read. */
  private static final List<PolicyKey> FIRST =
      List.of(
          new PolicyKey(PatternType.DOMAIN, false, "a.gmail.example"),
          new PolicyKey(PatternType.EMAIL, false, "a@b\u00fccher.example"),
          new PolicyKey(PatternType.IP, false, "2001:db8::/32"),
          new PolicyKey(PatternType.EMAIL, true, "(?iu)[\\p{L}\\w]+@(b\u00fc|boats)\\.example"));

  private static final ExposureRules.Judgement NOTHING =
      new ExposureRules.Judgement(List.of(), List.of());

  private ExposureCheck() {}

  /**
   * Refuses changes that expose more than is allowed. Only what a change widens is judged.
   *
   * @param changes what is to be written
   * @param limits the rules that may be broken, and the limits on all changes together
   * @throws dev.allowflux.plan.UnsafePlanException if a rule is broken that is not allowed to be
   */
  public static void require(List<? extends PolicyChange> changes, SyncLimits limits) {
    AccountRead unread =
        new AccountRead(Instant.EPOCH, Instant.EPOCH, null, "none", false, 0, 0, 0);
    SyncPlan.builder(new AccountId("none"), new SyncMode.Upsert(), unread)
        .changes(changes)
        .build()
        .requireSafe(rules(), limits);
  }

  /**
   * Returns the rules for {@link dev.allowflux.plan.SyncPlanner}.
   *
   * @return the rules that this module has
   */
  public static ExposureRules rules() {
    return ExposureCheck::judge;
  }

  /**
   * Returns the rules once what they need was read from the class path. That blocks the first time,
   * which a planning thread must not.
   */
  static Mono<ExposureRules> loaded() {
    return Mono.fromCallable(
            () -> {
              for (PolicyKey key : FIRST) {
                ExposureRules.Judgement unused = judge(key);
              }
              return rules();
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static ExposureRules.Judgement judge(PolicyKey key) {
    Exposure exposure = PatternExposure.of(key.patternType(), key.isRegex(), key.pattern());
    if (exposure.findings().isEmpty() && exposure.warnings().isEmpty()) {
      return NOTHING;
    }
    return new ExposureRules.Judgement(
        exposure.findings().stream()
            .map(
                finding ->
                    new ExposureRules.Finding(
                        rule(finding.kind()), finding.explanation(), finding.examples()))
            .toList(),
        exposure.warnings().stream()
            .map(
                warning ->
                    warning.examples().isEmpty()
                        ? warning.explanation()
                        : warning.explanation()
                            + ", such as "
                            + String.join(", ", warning.examples()))
            .toList());
  }

  private static SafetyRule rule(FindingKind kind) {
    return switch (kind) {
      case BROAD_REGEX -> SafetyRule.BROAD_REGEX;
      case UNDECIDABLE_REGEX -> SafetyRule.UNDECIDABLE_REGEX;
      case PUBLIC_SUFFIX -> SafetyRule.PUBLIC_SUFFIX;
      case FREE_MAIL_PROVIDER -> SafetyRule.FREE_MAIL_PROVIDER;
      case SHARED_SENDER -> SafetyRule.SHARED_SENDER;
      case BRAND_WITHOUT_VERIFICATION -> SafetyRule.BRAND_WITHOUT_VERIFICATION;
      case WIDE_NETWORK -> SafetyRule.WIDE_NETWORK;
      case NOT_AN_ADDRESS -> SafetyRule.NOT_AN_ADDRESS;
    };
  }
}
