package dev.allowflux.sync.internal.exposure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.PatternType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternExposureTest {
  /** Those of the collected expressions that only let in whom their owner can mean. */
  private static final Set<String> NARROW_AMONG_THE_COLLECTED =
      Set.of(
          ".*@(.*\\.)?boats\\.example",
          ".*@boats\\.(com|net|de)",
          "(?<dom>boats)\\.example",
          "[[:alnum:]]+@boats\\.example",
          "\\A.*@boats\\.example\\Z");

  static List<String> narrow() {
    return lines("narrow.txt");
  }

  static List<String> broad() {
    return lines("broad.txt");
  }

  static List<String> dangerous() {
    return lines("dangerous.txt");
  }

  static List<String> collected() {
    return lines("regexes.txt");
  }

  static Stream<String[]> broadPatterns() {
    return lines("broad.csv").stream().skip(1).map(line -> line.split(",", -1));
  }

  @Test
  void theListsHaveTheSizesTheyPromise() {
    assertThat(narrow()).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
    assertThat(broad()).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
    assertThat(dangerous()).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("narrow")
  void whatOwnersNeedPasses(String regex) {
    assertThat(Pattern.compile(regex)).isNotNull();
    for (PatternType kind : PatternType.values()) {
      assertThat(PatternExposure.of(kind, true, regex).findings()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("broad")
  void whatMatchesStrangersIsRefused(String regex) {
    assertThat(Pattern.compile(regex)).isNotNull();
    assertThat(judge(regex).findings()).isNotEmpty();
    assertThat(judge(regex).has(FindingKind.UNDECIDABLE_REGEX)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("dangerous")
  void spellingsThatGoRoundARuleAreRefused(String regex) {
    assertThat(judge(regex).findings())
        .isNotEmpty()
        .anyMatch(finding -> finding.kind() != FindingKind.BRAND_WITHOUT_VERIFICATION);
  }

  @ParameterizedTest
  @MethodSource("collected")
  void theCollectedExpressionsAreToldApart(String regex) {
    assertThat(judge(regex).findings().isEmpty())
        .isEqualTo(NARROW_AMONG_THE_COLLECTED.contains(regex));
  }

  @ParameterizedTest
  @MethodSource("broadPatterns")
  void broadPatternsAreRefusedInEverySpelling(String pattern, String kind) {
    Exposure exposure = PatternExposure.of(PatternType.valueOf(kind), false, pattern);
    assertThat(exposure.findings())
        .isNotEmpty()
        .anyMatch(finding -> finding.kind() != FindingKind.BRAND_WITHOUT_VERIFICATION);
  }

  @ParameterizedTest
  @MethodSource("broad")
  void examplesOfABroadExpressionAreMatchedByIt(String regex) {
    Pattern pattern = Pattern.compile(regex);
    for (Finding finding : judge(regex).findings()) {
      if (finding.kind() == FindingKind.BROAD_REGEX) {
        assertThat(finding.examples())
            .hasSizeBetween(1, 3)
            .allMatch(example -> pattern.matcher(example).find());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".*@boats\\.example",
        "^.*@boats\\.example",
        "boats\\.example$",
        ".*@boats\\.example|b",
        "info@boats\\.example"
      })
  void aPartThatMatchesMoreIsAWarningWithAnExample(String regex) {
    Exposure exposure = judge(regex);
    assertThat(exposure.findings()).isEmpty();
    assertThat(exposure.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.kind()).isEqualTo(Warning.Kind.PARTIAL_MATCH_WIDER);
              assertThat(warning.examples())
                  .singleElement()
                  .satisfies(
                      example -> {
                        assertThat(Pattern.compile(regex).matcher(example).find()).isTrue();
                        assertThat(Pattern.matches(regex, example)).isFalse();
                      });
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "^.*@boats\\.example$",
        "\\A.*@boats\\.example\\z",
        "@boats\\.example$",
        "^(.*[@.])?boats\\.example$",
        "^192\\.0\\.2\\.1$"
      })
  void anAnchoredExpressionHasNoWarning(String regex) {
    assertThat(judge(regex)).isEqualTo(Exposure.NONE);
  }

  @Test
  void whatMatchesNoFieldIsAWarning() {
    assertThat(judge("^.*@boats\\.example\\s$").warnings())
        .extracting(Warning::kind)
        .containsExactly(Warning.Kind.MATCHES_NOTHING);
  }

  @ParameterizedTest
  @CsvSource({
    "16, true",
    "17, false",
  })
  void sixteenDomainsAreFew(int domains, boolean few) {
    StringBuilder names = new StringBuilder("boats0");
    for (int i = 1; i < domains; i++) {
      names.append("|boats").append(i);
    }
    assertThat(judge("^.*@(" + names + ")\\.example$").findings().isEmpty()).isEqualTo(few);
  }

  @ParameterizedTest
  @CsvSource({
    "16, true",
    "17, false",
  })
  void sixteenAddressesAtAFreeMailProviderAreFew(int addresses, boolean few) {
    StringBuilder names = new StringBuilder("jane0");
    for (int i = 1; i < addresses; i++) {
      names.append("|jane").append(i);
    }
    assertThat(judge("^(" + names + ")@gmail\\.com$").has(FindingKind.FREE_MAIL_PROVIDER))
        .isNotEqualTo(few);
  }

  @ParameterizedTest
  @CsvSource({
    "com, PUBLIC_SUFFIX",
    "co.uk, PUBLIC_SUFFIX",
    "CO.UK., PUBLIC_SUFFIX",
    "github.io, PUBLIC_SUFFIX",
    "unheardof, PUBLIC_SUFFIX",
    "foo.kawasaki.jp, PUBLIC_SUFFIX",
    "рф, PUBLIC_SUFFIX",
    "xn--p1ai, PUBLIC_SUFFIX",
    "gmail.com, FREE_MAIL_PROVIDER",
    "GMAIL.COM., FREE_MAIL_PROVIDER",
    "gmail。com, FREE_MAIL_PROVIDER",
    "ｇmail.com, FREE_MAIL_PROVIDER",
    "yahoo.co.jp, FREE_MAIL_PROVIDER",
    "yahoo.com.tr, FREE_MAIL_PROVIDER",
    "hotmail.fr, FREE_MAIL_PROVIDER",
    "gmx.at, FREE_MAIL_PROVIDER",
    "t-online.de, FREE_MAIL_PROVIDER",
    "protonmail.ch, FREE_MAIL_PROVIDER",
    "yandex.kz, FREE_MAIL_PROVIDER",
    "zoho.eu, FREE_MAIL_PROVIDER",
    "amazonses.com, SHARED_SENDER",
    "eu-west-1.amazonses.com, SHARED_SENDER",
    "sendgrid.net, SHARED_SENDER",
    "zendesk.com, SHARED_SENDER",
    "onmicrosoft.com, PUBLIC_SUFFIX",
    "outbound.protection.outlook.com, SHARED_SENDER",
    "outlook.com, SHARED_SENDER",
    "google.com, SHARED_SENDER",
    "paypal.com, BRAND_WITHOUT_VERIFICATION",
    "mail.paypal.com, BRAND_WITHOUT_VERIFICATION",
    "docusign.net, BRAND_WITHOUT_VERIFICATION",
    "login.okta.com, BRAND_WITHOUT_VERIFICATION",
    "*.com, NOT_AN_ADDRESS",
    "boats..example, NOT_AN_ADDRESS",
    ".boats.example, NOT_AN_ADDRESS",
    "192.0.2.1, NOT_AN_ADDRESS",
    "boats example.com, NOT_AN_ADDRESS"
  })
  void domainsAreJudged(String domain, FindingKind kind) {
    assertThat(PatternExposure.of(PatternType.DOMAIN, false, domain).has(kind)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boats.example",
        "mail.boats.example",
        "boats.co.uk",
        "boats.github.io",
        "city.kawasaki.jp",
        "xn--bte-sna.example",
        "_dmarc.boats.example",
        "yahoo.boats.example",
        "boats.zendesk.com",
        "boats.onmicrosoft.com"
      })
  void anOwnDomainPasses(String domain) {
    assertThat(PatternExposure.of(PatternType.DOMAIN, false, domain)).isEqualTo(Exposure.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, WIDE_NETWORK",
    "10.0.0.0/15, WIDE_NETWORK",
    "2001:db8::/31, WIDE_NETWORK",
    "::/0, WIDE_NETWORK",
    "64:ff9b::/96, WIDE_NETWORK",
    "64:ff9b::a00:0/111, WIDE_NETWORK",
    "64:ff9b::/64, WIDE_NETWORK",
    "::ffff:0:0/96, WIDE_NETWORK",
    "::ffff:10.0.0.0/104, WIDE_NETWORK",
    "2002::/31, WIDE_NETWORK",
    "*.*.*.*, NOT_AN_ADDRESS",
    "192.0.2.1-9, NOT_AN_ADDRESS",
    "192.0.2.0/255.255.255.0, NOT_AN_ADDRESS",
    "010.0.0.1, NOT_AN_ADDRESS",
    "192.0.2, NOT_AN_ADDRESS",
    "1:2:3:4:5:6:7, NOT_AN_ADDRESS",
    "1::2::3, NOT_AN_ADDRESS",
    "192.0.2.1/33, NOT_AN_ADDRESS",
    "boats.example, NOT_AN_ADDRESS"
  })
  void networksAreJudged(String network, FindingKind kind) {
    assertThat(PatternExposure.of(PatternType.IP, false, network).findings())
        .extracting(Finding::kind)
        .containsExactly(kind);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1",
        "10.0.0.0/16",
        "2001:db8::/32",
        "2001:db8::1",
        "::ffff:192.0.2.0/120",
        "64:ff9b::c000:200/120",
        "1:2:3:4:5:6:192.0.2.1"
      })
  void anOwnNetworkPasses(String network) {
    assertThat(PatternExposure.of(PatternType.IP, false, network)).isEqualTo(Exposure.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jane@gmail.com", "info@boats.example", "o'neil+x@boats.example"})
  void oneAddressPasses(String address) {
    assertThat(PatternExposure.of(PatternType.EMAIL, false, address)).isEqualTo(Exposure.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*@boats.example", "*@*", "@gmail.com", "boats.example", "a@b@c.com", ""})
  void whatIsNoAddressIsRefused(String address) {
    assertThat(PatternExposure.of(PatternType.EMAIL, false, address).findings())
        .extracting(Finding::kind)
        .containsExactly(FindingKind.NOT_AN_ADDRESS);
  }

  @Test
  void anAddressOfABrandNeedsVerification() {
    assertThat(PatternExposure.of(PatternType.EMAIL, false, "service@paypal.com").findings())
        .extracting(Finding::kind)
        .containsExactly(FindingKind.BRAND_WITHOUT_VERIFICATION);
  }

  @Test
  void thePatternStaysOutOfTheExplanations() {
    for (String regex : broad()) {
      assertThat(judge(regex).findings())
          .allMatch(finding -> regex.length() < 3 || !finding.explanation().contains(regex));
    }
  }

  private static Exposure judge(String regex) {
    return PatternExposure.of(PatternType.EMAIL, true, regex);
  }

  static List<String> lines(String resource) {
    try (InputStream in =
            Objects.requireNonNull(PatternExposureTest.class.getResourceAsStream(resource));
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
