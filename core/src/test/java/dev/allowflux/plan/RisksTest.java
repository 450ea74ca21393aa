package dev.allowflux.plan;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternType;
import dev.allowflux.plan.Risks.Opening;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, unit = SECONDS)
class RisksTest {
  private static final Opening ACCEPTED = Opening.of(false, true, false, true);

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, com, DOMAIN_WITHOUT_DOT",
    "DOMAIN, com., DOMAIN_WITHOUT_DOT",
    "DOMAIN, example.com,",
    "DOMAIN, GMail.com, PUBLIC_MAIL_PROVIDER",
    "DOMAIN, gmail.com., PUBLIC_MAIL_PROVIDER",
    "DOMAIN, mail.gmail.com.example.org,",
    "EMAIL, john@gmail.com,",
    "IP, 203.0.0.0/16,",
    "IP, 203.0.0.0/15, WIDE_NETWORK",
    "IP, 0.0.0.0/0, WIDE_NETWORK",
    "IP, 2001:db8::/32,",
    "IP, 2001:db8::/31, WIDE_NETWORK",
    "IP, ::ffff:203.0.0.0/112,",
    "IP, ::ffff:203.0.0.0/111, WIDE_NETWORK",
    "IP, no address,"
  })
  void plainPatternsThatOpenTooMuchAreFound(PatternType type, String pattern, SafetyRule rule) {
    var risks = Risks.of(new PolicyKey(type, false, pattern), Opening.NONE, ACCEPTED);

    if (rule == null) {
      assertThat(risks).isEmpty();
    } else {
      assertThat(risks).containsExactly(rule);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*",
        ".+@.+",
        "",
        "@",
        ".*\\.com$",
        "[a-z0-9.]+@[a-z0-9]+\\.(net|org)",
        "(?i).*@.*\\.DE",
        "^(?!.*@spam\\.example$).*$",
        "zq|example"
      })
  void expressionsThatMatchStrangersAreBroad(String regex) {
    assertThat(risks(PatternType.EMAIL, regex)).containsExactly(SafetyRule.BROAD_REGEX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*@example\\.com",
        "^(alice|bob|carol)(\\+.*)?@(mail|news)\\.partner\\.example$",
        "bounce-[0-9a-f]{32}-[0-9a-f]{40}-[a-z]{20}@lists\\.example\\.org",
        "^john\\.doe@gmail\\.com$",
        "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}@id\\.example",
        "(a@x\\.example)|(b@x\\.example)|(c@x\\.example)|(d@x\\.example)|(e@x\\.example)|(f@x\\.ex)"
            + "|(g@x\\.example)|(h@x\\.example)|(i@x\\.example)|(j@x\\.ex)|(k@x\\.ex)|(l@x\\.ex)|(m@x)"
      })
  void expressionsForCertainSendersAreFine(String regex) {
    assertThat(risks(PatternType.EMAIL, regex)).isEmpty();
  }

  @Test
  void expressionsForEverybodyAtAProviderAreFound() {
    assertThat(risks(PatternType.EMAIL, ".*@(gmail|example)\\.com"))
        .containsExactly(SafetyRule.PUBLIC_MAIL_PROVIDER);
    assertThat(risks(PatternType.DOMAIN, "^(.*\\.)?yahoo\\.com$"))
        .containsExactly(SafetyRule.PUBLIC_MAIL_PROVIDER);
    assertThat(risks(PatternType.DOMAIN, ".*\\.info")).containsExactly(SafetyRule.BROAD_REGEX);
    assertThat(risks(PatternType.IP, "^17\\..*")).containsExactly(SafetyRule.BROAD_REGEX);
    assertThat(risks(PatternType.IP, "^198\\.51\\.100\\..*")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(.*.*.*){12}!",
        "^(a?){40}a{40}$|((.*.*.*.*.*.*.*.*.*.*.*.*)*)+!",
        "(([a-z0-9.@]|[a-z0-9.@]+)+)+!",
        // What goes on without looking at a character.
        "(?:^{1000000000}){1000000000}!",
        "(?:){2000000000}!",
        "(?:(?:\\b){60000}){60000}!",
        "^.*(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)"
            + "(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)(?:|)!",
        "^.*(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?"
            + "(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?(a*)?!",
        "^.*((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))"
            + "((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))"
            + "((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))((a*)|(b*))!"
      })
  void anExpressionThatTakesForEverEndsAndCountsAsBroad(String regex) {
    assertThat(risks(PatternType.EMAIL, regex)).containsExactly(SafetyRule.BROAD_REGEX);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(.*a){25}!",
        "^(.|..|...)+(.|..|...)+(.|..|...)+!$",
        "(x+x+)+y"
      })
  void anExpressionThatCouldTakeLongOnOtherTextsIsTriedLikeAnyOther(String regex) {
    assertThat(risks(PatternType.EMAIL, regex)).isEmpty();
  }

  @Test
  void anExpressionThatIsTooDeepEndsAndCountsAsBroad() {
    String deep = "(".repeat(500) + "(x|y)*" + ")*".repeat(500);

    assertThat(risks(PatternType.EMAIL, deep + "@!")).containsExactly(SafetyRule.BROAD_REGEX);
  }

  @ParameterizedTest
  @CsvSource({
    // before: trusted, acceptable, exempt, verified; after likewise
    "0000, 1001, ",
    "0000, 1000, TRUSTED_WITHOUT_VERIFICATION",
    "1000, 1000, ",
    "1001, 1000, TRUSTED_WITHOUT_VERIFICATION",
    "0001, 1000, TRUSTED_WITHOUT_VERIFICATION",
    "0000, 0010, EXEMPT_WITHOUT_VERIFICATION",
    "0010, 0010, ",
    "0011, 0010, EXEMPT_WITHOUT_VERIFICATION",
    "0010, 1010, TRUSTED_WITHOUT_VERIFICATION",
    "0000, 0100, ",
    "1010, 0000, ",
    "1010, 1011, "
  })
  void onlyWhatOpensMoreThanBeforeCounts(String before, String after, SafetyRule rule) {
    var risks =
        Risks.of(
            new PolicyKey(PatternType.DOMAIN, false, "a.example"), opening(before), opening(after));

    if (rule == null) {
      assertThat(risks).isEmpty();
    } else {
      assertThat(risks).containsExactly(rule);
    }
  }

  @Test
  void aPatternThatOpensNothingIsHarmless() {
    Opening nothing = Opening.of(false, false, false, false);

    assertThat(Risks.of(new PolicyKey(PatternType.DOMAIN, false, "com"), Opening.NONE, nothing))
        .isEmpty();
  }

  private static Set<SafetyRule> risks(PatternType type, String regex) {
    return Risks.of(new PolicyKey(type, true, regex), Opening.NONE, ACCEPTED);
  }

  private static Opening opening(String flags) {
    return new Opening(
        flags.charAt(0) == '1',
        flags.charAt(1) == '1',
        flags.charAt(2) == '1',
        flags.charAt(3) == '1');
  }
}
