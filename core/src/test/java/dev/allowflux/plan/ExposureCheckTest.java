package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.ExposureCheck.Exposure;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a finding on a pattern counts, whatever the finding is. */
class ExposureCheckTest {
  private static final SyncMode UPSERT = new SyncMode.Upsert();

  /** Every pattern breaks every rule that there is on patterns. */
  private static final List<SafetyRule> ON_PATTERNS =
      List.of(
          SafetyRule.BROAD_REGEX,
          SafetyRule.FREE_MAIL_PROVIDER,
          SafetyRule.SHARED_SENDER,
          SafetyRule.BRAND_WITHOUT_VERIFICATION);

  private static final ExposureRules EVERYTHING =
      key ->
          new ExposureRules.Judgement(
              ON_PATTERNS.stream()
                  .map(rule -> new ExposureRules.Finding(rule, "it is wrong", List.of("a", "b")))
                  .toList(),
              List.of("it is odd"));

  /** Flags before and after: t(rusted), a(cceptable), e(xempt), v(erified). */
  @ParameterizedTest
  @CsvSource({
    "'', a, BROAD FREE SHARED BRAND",
    "'', av, BROAD FREE SHARED",
    "'', tv, BROAD FREE SHARED",
    "'', t, TRUSTED BROAD FREE SHARED BRAND",
    "'', ev, BROAD",
    "'', e, EXEMPT BROAD",
    "'', et, EXEMPT TRUSTED BROAD FREE SHARED BRAND",
    "'', v, ''",
    "a, av, ''",
    "av, a, BROAD FREE SHARED BRAND",
    "ta, a, ''",
    "t, t, ''",
    "tv, t, TRUSTED BROAD FREE SHARED BRAND",
    "ev, e, EXEMPT BROAD",
    "ta, tae, EXEMPT BROAD",
    "tea, '', ''"
  })
  void onlyWhatAChangeWidensIsJudged(String before, String after, String rules) {
    ExposureCheck check = new ExposureCheck(EVERYTHING);

    check.judge(key(PatternType.DOMAIN, "a.example"), "n", exposure(before), exposure(after));

    assertThat(check.refusals(SyncLimits.standard()).stream().map(ExposureCheckTest::word))
        .containsExactlyInAnyOrderElementsOf(
            rules.isEmpty() ? List.of() : List.of(rules.split(" ")));
  }

  private static String word(Refusal refusal) {
    return refusal.rule().name().replaceFirst("_.*", "");
  }

  private static Exposure exposure(String flags) {
    return flags.isEmpty()
        ? Exposure.NONE
        : new Exposure(
            flags.contains("t"), flags.contains("a"), flags.contains("e"), flags.contains("v"));
  }

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, b\u043eats.example, true",
    "DOMAIN, xn--bats-55d.example, true",
    "EMAIL, b\u043eb@boats.example, true",
    "DOMAIN, \u043f\u0440\u0438\u043c\u0435\u0440.example, false",
    "EMAIL, bob@boats.example, false",
    "IP, 203.0.113.7, false"
  })
  void scriptsMixedInOneWordAreRefusedUnlessAllowed(
      PatternType type, String pattern, boolean refused) {
    ExposureCheck check = new ExposureCheck(key -> ExposureRules.Judgement.NONE);
    check.judge(key(type, pattern), "n", Exposure.NONE, exposure("av"));

    assertThat(check.refusals(SyncLimits.standard()).stream().map(Refusal::rule))
        .containsExactlyElementsOf(refused ? List.of(SafetyRule.MIXED_SCRIPTS) : List.of());
    SyncLimits allowed = SyncLimits.builder().allow(SafetyRule.MIXED_SCRIPTS).build();
    assertThat(check.refusals(allowed)).isEmpty();
  }

  @Test
  void aRefusalShowsTheFindingAndExamplesOfWhatItMatches() {
    ExposureCheck check = new ExposureCheck(EVERYTHING);
    check.judge(key(PatternType.DOMAIN, "a.example"), "f:1", Exposure.NONE, exposure("av"));

    assertThat(check.refusals(SyncLimits.standard()).get(0))
        .isEqualTo(
            new Refusal(
                SafetyRule.BROAD_REGEX,
                "1 policy with a regular expression that matches strangers",
                "allow(BROAD_REGEX)",
                List.of("f:1: it is wrong, such as a, b")));
    assertThat(check.warnings().first()).containsExactly("f:1: it is odd");
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, true",
    "203.0.113.0/24, true",
    "203.0.112.0/23, false",
    "2001:db8::7, true",
    "2001:db8::/48, true",
    "2001:db8::/47, false"
  })
  void trustInNetworksOfASendersOwnNeedsNoVerification(String network, boolean own) {
    ExposureCheck check = new ExposureCheck(key -> ExposureRules.Judgement.NONE);
    check.judge(key(PatternType.IP, network), "n", Exposure.NONE, exposure("t"));

    assertThat(check.refusals(SyncLimits.standard()).isEmpty()).isEqualTo(own);
  }

  @ParameterizedTest
  @CsvSource({"10.%d.0.0/16, 4, 5", "2001:%x::/32, 4, 5", "10.0.%d.0/18, 16, 17"})
  void theSumOfAllNetworksIsLimited(String network, int allowed, int refused) {
    assertThat(sum(network, allowed).refusals(SyncLimits.standard())).isEmpty();
    assertThat(sum(network, refused).refusals(SyncLimits.standard()))
        .extracting(Refusal::rule)
        .containsExactly(SafetyRule.EXPOSED_ADDRESSES);
    SyncLimits more = SyncLimits.builder().maxExposedAddresses(1 << 21).build();
    assertThat(sum(network, refused).refusals(more)).isEmpty();
  }

  private static ExposureCheck sum(String network, int count) {
    ExposureCheck check = new ExposureCheck(key -> ExposureRules.Judgement.NONE);
    IntStream.range(0, count)
        .forEach(
            i ->
                check.judge(
                    key(PatternType.IP, network.formatted(i)), "n", Exposure.NONE, exposure("av")));
    return check;
  }

  @Test
  void theNumberOfPoliciesThatBypassAllDetectionIsLimitedByANumber() {
    List<DesiredPolicy> desired =
        IntStream.range(0, 1001)
            .mapToObj(i -> desired("d%d.example".formatted(i)).isTrustedSender(true))
            .map(policy -> policy.verifySender(true).build())
            .toList();

    UnsafePlanException unsafe =
        catchThrowableOfType(
            UnsafePlanException.class,
            () -> new Account().plan(UPSERT, SyncLimits.standard(), desired));

    assertThat(unsafe.refusals())
        .containsExactly(
            new Refusal(
                SafetyRule.EXPOSED_POLICIES,
                "1001 policies more would bypass all detection, more than 1000",
                "maxExposedPolicies",
                List.of()));
    SyncPlan plan =
        new Account().plan(UPSERT, SyncLimits.builder().maxExposedPolicies(1001).build(), desired);
    assertThat(plan.overrides())
        .containsExactly(
            new SafetyRule.Overridden(
                SafetyRule.EXPOSED_POLICIES,
                "1001 policies more would bypass all detection, more than 1000"));
  }

  @Test
  void theSumCountsWhatIsAddedAndNotWhatIsThere() {
    Account account = new Account();
    List<DesiredPolicy> desired = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      account.add(
          AllowPolicy.builder()
              .pattern("d%d.example".formatted(i))
              .patternTypeName("DOMAIN")
              .isRegex(false)
              .isTrustedSender(true)
              .isExemptRecipient(false)
              .isAcceptableSender(false)
              .verifySender(true));
      desired.add(desired("d%d.example".formatted(i)).isTrustedSender(true).build());
    }
    desired.add(desired("new.example").isTrustedSender(true).verifySender(true).build());

    assertThat(account.plan(UPSERT, SyncLimits.standard(), desired).counts().creates()).isOne();
  }

  /** All of IPv4, in networks of which none is too wide: more addresses than an int counts. */
  @Test
  void theSumOfAllOfIpv4IsRefused() {
    ExposureCheck check = new ExposureCheck(key -> ExposureRules.Judgement.NONE);
    for (int i = 0; i < 65_536; i++) {
      String network = "%d.%d.0.0/16".formatted(i >> 8, i & 255);
      check.judge(key(PatternType.IP, network), "n", Exposure.NONE, exposure("av"));
    }
    SyncLimits nearly = SyncLimits.builder().maxExposedAddresses(Integer.MAX_VALUE - 1).build();
    assertThat(check.refusals(nearly))
        .extracting(Refusal::what)
        .containsExactly(
            "networks of too many addresses more would get past detection, more than 2147483646");
  }

  @Test
  void aPlanIsJudgedAgainWhateverItSaysAboutItself() {
    Account account = new Account();
    AllowPolicy broad =
        account.add(
            AllowPolicy.builder()
                .pattern("com")
                .patternTypeName("DOMAIN")
                .isRegex(false)
                .isTrustedSender(true)
                .verifySender(false));
    SyncPlan narrows =
        account.plan(
            UPSERT,
            SyncLimits.builder().maxEditPercent(100).build(),
            List.of(desired("com").isTrustedSender(false).comments("why").build()));
    narrows.requireSafe(EVERYTHING, SyncLimits.standard());

    SyncPlan widens =
        account.plan(
            UPSERT,
            SyncLimits.builder().maxEditPercent(100).build(),
            List.of(desired("com").isAcceptableSender(true).build()));
    UnsafePlanException unsafe =
        catchThrowableOfType(
            UnsafePlanException.class, () -> widens.requireSafe(EVERYTHING, SyncLimits.standard()));
    assertThat(unsafe.refusals()).hasSize(4);
    SyncLimits.Builder allowed = SyncLimits.builder();
    ON_PATTERNS.forEach(allowed::allow);
    widens.requireSafe(EVERYTHING, allowed.build());
    assertThat(broad.pattern()).isEqualTo("com");
  }

  @Test
  void everyRuleHasAnOverrideOfItsOwnOrNone() {
    List<String> overrides = new ArrayList<>();
    Stream.of(SafetyRule.values()).map(SafetyRule::override).forEach(overrides::add);
    assertThat(overrides).doesNotHaveDuplicates();
    for (SafetyRule rule : SafetyRule.values()) {
      assertThat(SafetyRule.of(rule.name().toLowerCase(Locale.ROOT).replace('_', '-')))
          .isEqualTo(rule);
    }
  }

  private static PolicyKey key(PatternType type, String pattern) {
    return new PolicyKey(type, false, pattern);
  }

  private static DesiredPolicy.Builder desired(String pattern) {
    return DesiredPolicy.builder().pattern(pattern).patternType(PatternType.DOMAIN);
  }
}
