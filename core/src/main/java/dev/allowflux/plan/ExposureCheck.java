package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternCheck.Option;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects what changes expose. Only what a change widens is judged, so that a broad policy can
 * always be narrowed, commented or deleted.
 */
final class ExposureCheck {
  /** Networks that a sender has for its own need no verification. */
  private static final int NARROW_V4 = 24;

  private static final int NARROW_V6 = 48;
  private static final int V4_BITS = 32;

  private final ExposureRules rules;
  private final Map<SafetyRule, BoundedSample> broken = new EnumMap<>(SafetyRule.class);
  private final BoundedSample warnings = new BoundedSample(BoundedSample.FEW);
  private long bypassing;
  private long addresses;

  ExposureCheck(ExposureRules rules) {
    this.rules = rules;
  }

  /** Judges what a change makes of a policy; {@code name} is how people find it. */
  void judge(PolicyKey key, String name, Exposure before, Exposure after) {
    if (!after.isWiderThan(before)) {
      return;
    }
    bypassing += after.bypasses(before) ? 1 : 0;
    boolean network = key.patternType() == PatternType.IP && !key.isRegex();
    if (network) {
      addresses = Math.min(addresses + addresses(key.pattern()), Integer.MAX_VALUE);
    }
    boolean own = network && isNarrow(key.pattern());
    if (after.exemptsUnverified(before)) {
      add(SafetyRule.EXEMPT_WITHOUT_VERIFICATION, name);
    }
    if (after.trustsUnverified(before) && !own) {
      add(SafetyRule.TRUSTED_WITHOUT_VERIFICATION, name);
    }
    if (mixesScripts(key)) {
      add(SafetyRule.MIXED_SCRIPTS, name);
    }
    ExposureRules.Judgement judgement = rules.judge(key);
    for (ExposureRules.Finding finding : judgement.findings()) {
      if (counts(finding.rule(), before, after)) {
        String examples =
            finding.examples().isEmpty()
                ? ""
                : ", such as " + String.join(", ", finding.examples());
        add(finding.rule(), name + ": " + finding.explanation() + examples);
      }
    }
    judgement.warnings().forEach(warning -> warnings.add(name + ": " + warning));
  }

  private static boolean mixesScripts(PolicyKey key) {
    PatternType type = key.patternType();
    String pattern = key.pattern();
    return !key.isRegex()
        && PatternCheck.of(type, false, pattern) instanceof Refused
        && !(PatternCheck.of(type, false, pattern, Option.MIXED_SCRIPTS) instanceof Refused);
  }

  /** Rules on senders do not apply where only recipients are exempt. */
  private static boolean counts(SafetyRule rule, Exposure before, Exposure after) {
    return switch (rule) {
      case FREE_MAIL_PROVIDER, SHARED_SENDER -> after.widensSenders(before);
      case BRAND_WITHOUT_VERIFICATION -> after.widensSenders(before) && !after.verified();
      default -> true;
    };
  }

  private void add(SafetyRule rule, String example) {
    broken.computeIfAbsent(rule, r -> new BoundedSample(BoundedSample.FEW)).add(example);
  }

  /** Returns the broken rules that these limits do not allow to be broken. */
  List<Refusal> refusals(SyncLimits limits) {
    List<Refusal> refusals = new ArrayList<>();
    broken.forEach(
        (rule, examples) -> {
          if (!limits.allowed().contains(rule)) {
            refusals.add(
                new Refusal(
                    rule, rule.finding(examples.count()), rule.override(), examples.first()));
          }
        });
    if (bypassing > limits.maxExposedPolicies()) {
      refusals.add(
          sum(
              SafetyRule.EXPOSED_POLICIES,
              bypassing + " policies more would bypass all detection",
              limits.maxExposedPolicies()));
    }
    if (addresses > limits.maxExposedAddresses()) {
      refusals.add(
          sum(
              SafetyRule.EXPOSED_ADDRESSES,
              "networks of "
                  + (addresses == Integer.MAX_VALUE ? "too many" : String.valueOf(addresses))
                  + " addresses more would get past detection",
              limits.maxExposedAddresses()));
    }
    return refusals;
  }

  private static Refusal sum(SafetyRule rule, String what, int limit) {
    return new Refusal(rule, what + ", more than " + limit, rule.override(), List.of());
  }

  /** Returns what owners should know about expressions. */
  BoundedSample warnings() {
    return warnings;
  }

  /** IPv4 addresses, or networks of /48 in IPv6; what is no network is judged by the rules. */
  private static long addresses(String network) {
    int prefix = prefix(network);
    boolean v6 = network.indexOf(':') >= 0;
    int bits = (v6 ? NARROW_V6 : V4_BITS) - prefix;
    return bits <= 0 ? 1 : 1L << Math.min(bits, 31);
  }

  private static boolean isNarrow(String network) {
    return prefix(network) >= (network.indexOf(':') >= 0 ? NARROW_V6 : NARROW_V4);
  }

  /** The prefix of a network in its normal form, in which a single address has none. */
  private static int prefix(String network) {
    int slash = network.lastIndexOf('/');
    if (slash < 0) {
      return 128;
    }
    try {
      return Integer.parseInt(network.substring(slash + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** What a policy lets past detection; an unset flag counts as off. */
  record Exposure(boolean trusted, boolean acceptable, boolean exempt, boolean verified) {
    static final Exposure NONE = new Exposure(false, false, false, true);

    static Exposure of(NewAllowPolicy policy) {
      return new Exposure(
          policy.isTrustedSender(),
          policy.isAcceptableSender(),
          policy.isExemptRecipient(),
          policy.verifySender());
    }

    static Exposure of(AllowPolicy policy) {
      return new Exposure(
          isOn(policy.isTrustedSender()),
          isOn(policy.isAcceptableSender()),
          isOn(policy.isExemptRecipient()),
          isOn(policy.verifySender()));
    }

    private static boolean isOn(@Nullable Boolean flag) {
      return Boolean.TRUE.equals(flag);
    }

    /** Tells whether mail of some senders gets past detection that did not before. */
    boolean widensSenders(Exposure before) {
      return (trusted && !before.trusted)
          || (acceptable && !before.acceptable)
          || ((trusted || acceptable) && losesVerification(before));
    }

    /** Tells whether mail gets past all detection that did not before. */
    boolean bypasses(Exposure before) {
      return (trusted && !before.trusted) || (exempt && !before.exempt);
    }

    /** Tells whether any mail gets past detection that did not before. */
    boolean isWiderThan(Exposure before) {
      return widensSenders(before)
          || (exempt && !before.exempt)
          || (exempt && losesVerification(before));
    }

    boolean exemptsUnverified(Exposure before) {
      return exempt && !verified && (!before.exempt || before.verified);
    }

    boolean trustsUnverified(Exposure before) {
      return trusted && !verified && (!before.trusted || before.verified);
    }

    private boolean losesVerification(Exposure before) {
      return !verified && before.verified;
    }
  }
}
