package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules on what a policy opens. */
final class Risks {
  private static final List<String> PUBLIC_PROVIDERS =
      List.of(
          "gmail.com",
          "googlemail.com",
          "outlook.com",
          "hotmail.com",
          "live.com",
          "msn.com",
          "yahoo.com",
          "icloud.com",
          "aol.com",
          "gmx.net",
          "gmx.de",
          "web.de",
          "proton.me",
          "mail.ru",
          "yandex.ru",
          "qq.com",
          "163.com");

  private static final int WIDEST_V4 = 16;
  private static final int WIDEST_V6 = 32;

  private Risks() {}

  /** What a policy lets through; a flag that is not said is off. */
  record Opening(boolean trusted, boolean acceptable, boolean exempt, boolean verified) {
    static final Opening NONE = new Opening(false, false, false, true);

    static Opening of(
        @Nullable Boolean trusted,
        @Nullable Boolean acceptable,
        @Nullable Boolean exempt,
        @Nullable Boolean verified) {
      return new Opening(
          Boolean.TRUE.equals(trusted),
          Boolean.TRUE.equals(acceptable),
          Boolean.TRUE.equals(exempt),
          Boolean.TRUE.equals(verified));
    }

    static Opening of(AllowPolicy policy) {
      return of(
          policy.isTrustedSender(),
          policy.isAcceptableSender(),
          policy.isExemptRecipient(),
          policy.verifySender());
    }

    private boolean any() {
      return trusted || acceptable || exempt;
    }

    /** Tells whether mail gets past detection that did not before. */
    private boolean isWiderThan(Opening before) {
      return (trusted && !before.trusted)
          || (acceptable && !before.acceptable)
          || (exempt && !before.exempt)
          || (any() && !verified && before.verified);
    }
  }

  /** Returns the rules that a change breaks which opens {@code after} where {@code before} was. */
  static Set<SafetyRule> of(PolicyKey key, Opening before, Opening after) {
    Set<SafetyRule> risks = EnumSet.noneOf(SafetyRule.class);
    if (!after.isWiderThan(before)) {
      return risks;
    }
    if (!after.verified && after.exempt && (before.verified || !before.exempt)) {
      risks.add(SafetyRule.EXEMPT_WITHOUT_VERIFICATION);
    }
    if (!after.verified && after.trusted && (before.verified || !before.trusted)) {
      risks.add(SafetyRule.TRUSTED_WITHOUT_VERIFICATION);
    }
    if (key.isRegex()) {
      addRegexRisks(risks, key.pattern());
    } else if (key.patternType() == PatternType.DOMAIN) {
      addDomainRisks(risks, key.pattern());
    } else if (key.patternType() == PatternType.IP && isWide(IpNetwork.parse(key.pattern()))) {
      risks.add(SafetyRule.WIDE_NETWORK);
    }
    return risks;
  }

  private static void addRegexRisks(Set<SafetyRule> risks, String regex) {
    if (RegexProbe.isBroad(regex)) {
      risks.add(SafetyRule.BROAD_REGEX);
    } else if (RegexProbe.matchesAnyoneAt(regex, PUBLIC_PROVIDERS)) {
      risks.add(SafetyRule.PUBLIC_MAIL_PROVIDER);
    }
  }

  private static void addDomainRisks(Set<SafetyRule> risks, String domain) {
    String name = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
    if (name.indexOf('.') < 0) {
      risks.add(SafetyRule.DOMAIN_WITHOUT_DOT);
    }
    if (PUBLIC_PROVIDERS.contains(name)) {
      risks.add(SafetyRule.PUBLIC_MAIL_PROVIDER);
    }
  }

  private static boolean isWide(@Nullable IpNetwork network) {
    if (network == null) {
      return false;
    }
    int mapped = network.mappedPrefix();
    if (mapped >= 0) {
      return mapped < WIDEST_V4;
    }
    return network.prefix() < (network.isV4() ? WIDEST_V4 : WIDEST_V6);
  }
}
