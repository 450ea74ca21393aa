package dev.allowflux.sync.audit;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Policies that nobody would object to, and among them some of which one rule finds each. */
final class PlantedPolicies {
  static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");

  private static final String OWNER = "[allowflux:team-a]";

  final List<AllowPolicy> policies = new ArrayList<>();
  final Map<AuditRule, Set<String>> planted = new EnumMap<>(AuditRule.class);

  private int made;

  private PlantedPolicies() {}

  static PlantedPolicies of(int harmless, int ofEach, Random random) {
    PlantedPolicies all = new PlantedPolicies();
    for (int i = 0; i < harmless; i++) {
      all.harmless(i);
    }
    for (AuditRule rule : AuditRule.values()) {
      for (int i = 0; i < ofEach; i++) {
        all.plant(rule, i);
      }
    }
    Collections.shuffle(all.policies, random);
    return all;
  }

  private void harmless(int i) {
    if (i % 100 == 0) {
      add(clean("EMAIL", "^sales" + i + "@harmless\\.example$").isRegex(true));
    } else if (i % 3 == 0) {
      add(clean("EMAIL", "user" + i + "@harmless" + i + ".example"));
    } else if (i % 3 == 1) {
      add(clean("DOMAIN", "mail.harmless" + i + ".example"));
    } else {
      add(clean("IP", "8." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)));
    }
  }

  private void plant(AuditRule rule, int i) {
    String name = rule.id() + i + ".example";
    AllowPolicy.Builder policy =
        switch (rule) {
          case PUBLIC_SUFFIX -> clean("DOMAIN", "suffix" + i + ".ck");
          case BROAD_REGEX -> clean("EMAIL", "^.*@.*" + i + "\\.com$").isRegex(true);
          case UNDECIDABLE_REGEX ->
              clean("EMAIL", "^(?=a)a" + i + "@undecidable\\.example$").isRegex(true);
          case FREE_MAIL_PROVIDER -> clean("DOMAIN", PROVIDERS.get(i % 5) + LANDS[i / 5]);
          case SHARED_SENDER -> clean("DOMAIN", "u" + i + ".amazonses.com");
          case BRAND_WITHOUT_VERIFICATION ->
              clean("EMAIL", "service" + i + "@paypal.com").verifySender(false);
          case WIDE_NETWORK -> clean("IP", (11 + i / 25) + "." + i % 25 * 8 + ".0.0/13");
          case EXEMPT_WITHOUT_VERIFICATION ->
              flags(clean("EMAIL", "desk@" + name), false, false, true).verifySender(false);
          case TRUSTED_WITHOUT_VERIFICATION ->
              flags(clean("DOMAIN", name), true, false, false).verifySender(false);
          case MIXED_SCRIPTS -> clean("DOMAIN", "p\u0430rtner" + i + ".example");
          case NOT_AN_ADDRESS -> clean("IP", name);
          case ACCEPTABLE_WITHOUT_VERIFICATION -> clean("DOMAIN", name).verifySender(false);
          case TRUSTED_SENDER -> flags(clean("DOMAIN", name), true, false, false);
          case SLOW_REGEX -> clean("EMAIL", "^([a-z]+)+" + i + "@slow\\.example$").isRegex(true);
          case INVISIBLE_CHARACTERS -> clean("DOMAIN", name).comments("a\u200bb " + OWNER);
          case CONTRADICTING, DUPLICATE -> {
            add(clean("DOMAIN", name));
            yield clean("DOMAIN", name.toUpperCase(Locale.ROOT))
                .isExemptRecipient(rule == AuditRule.CONTRADICTING);
          }
          case EXPIRED ->
              clean("DOMAIN", name).comments("[allowflux:owner=team-a expires=2026-11-25]");
          case UNREADABLE_TAG ->
              clean("DOMAIN", name).comments("[allowflux:owner=team-a expires=soon]");
          case REVIEW_DUE ->
              clean("DOMAIN", name).comments("[allowflux:owner=team-a review=2026-11-25]");
          case EXPIRES_SOON ->
              clean("DOMAIN", name).comments("[allowflux:owner=team-a expires=2026-12-01]");
          case SHADOWED -> {
            add(clean("DOMAIN", name));
            yield clean("EMAIL", "a@" + name);
          }
          case REGEX_ADVICE -> clean("EMAIL", "user" + i + "@advice\\.example").isRegex(true);
          case NO_EFFECT -> flags(clean("DOMAIN", name), false, false, false);
          case OLD -> clean("DOMAIN", name).createdAt(NOW.minus(Duration.ofDays(731)));
          case NO_OWNER -> clean("DOMAIN", name).comments("ticket " + i);
        };
    AllowPolicy added = add(policy);
    planted.computeIfAbsent(rule, r -> new TreeSet<>()).add(lower(added.pattern()));
    if (rule == AuditRule.BRAND_WITHOUT_VERIFICATION) {
      planted
          .computeIfAbsent(AuditRule.ACCEPTABLE_WITHOUT_VERIFICATION, r -> new TreeSet<>())
          .add(lower(added.pattern()));
    }
  }

  private static final List<String> PROVIDERS =
      List.of("outlook.", "hotmail.", "live.", "yahoo.", "aol.");

  private static final String[] LANDS =
      ("de fr it es nl be at ch se no dk fi pl cz pt ie gr hu ro bg hr si sk lt lv ee lu us ca mx"
              + " in jp cl ru by cn is me tv cc")
          .split(" ", -1);

  private static AllowPolicy.Builder clean(String type, String pattern) {
    return flags(AllowPolicy.builder(), false, true, false)
        .pattern(pattern)
        .patternTypeName(type)
        .isRegex(false)
        .verifySender(true)
        .comments(OWNER)
        .createdAt(NOW.minus(Duration.ofDays(10)));
  }

  private static AllowPolicy.Builder flags(
      AllowPolicy.Builder policy, boolean trusted, boolean acceptable, boolean exempt) {
    return policy.isTrustedSender(trusted).isAcceptableSender(acceptable).isExemptRecipient(exempt);
  }

  /** Of two spellings of one pattern, either may come second. */
  static String lower(String pattern) {
    return pattern.toLowerCase(Locale.ROOT);
  }

  private AllowPolicy add(AllowPolicy.Builder policy) {
    AllowPolicy added = policy.id(new PolicyId("p" + made++)).build();
    policies.add(added);
    return added;
  }
}
