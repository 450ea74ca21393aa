package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyMatchTest {

  private static NewAllowPolicy requested(PatternType type, String pattern, boolean regex) {
    return NewAllowPolicy.builder()
        .pattern(pattern)
        .patternType(type)
        .isRegex(regex)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments("why")
        .build();
  }

  private static AllowPolicy.Builder bare() {
    return AllowPolicy.builder().id(new PolicyId("p")).createdAt(Instant.EPOCH);
  }

  private static AllowPolicy.Builder found(PatternType type, String pattern) {
    return bare()
        .pattern(pattern)
        .patternTypeName(type.name())
        .isRegex(false)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true)
        .comments("why");
  }

  private static PolicyMatch match(UnaryOperator<AllowPolicy.Builder> change) {
    return PolicyMatch.of(
        requested(PatternType.DOMAIN, "a.example", false),
        change.apply(found(PatternType.DOMAIN, "a.example")).build());
  }

  @Test
  void theSamePolicyMatchesWithoutANote() {
    assertThat(match(same -> same).isExact()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, Partner.EXAMPLE, partner.example",
    "DOMAIN, partner.example, partner.example.",
    "DOMAIN, bücher.example, xn--bcher-kva.example",
    "EMAIL, Pay@Partner.EXAMPLE, Pay@partner.example",
    "EMAIL, pay@partner.example, pay@partner.example.",
    "EMAIL, Pay.Roll@Partner.example, pay.roll@partner.example",
    "EMAIL, pay@partner.example, PAY@PARTNER.EXAMPLE",
    "IP, 203.0.113.7/24, 203.0.113.0/24",
    "IP, 2001:DB8::1/32, 2001:db8::/32",
  })
  void anotherSpellingOfThePatternIsANote(PatternType type, String requested, String stored) {
    PolicyMatch match =
        PolicyMatch.of(requested(type, requested, false), found(type, stored).build());
    assertThat(match.isSame()).isTrue();
    assertThat(match.isExact()).isFalse();
    assertThat(match.notes()).hasSize(1).first().asString().contains(requested, stored);
  }

  @ParameterizedTest
  @CsvSource({
    "DOMAIN, partner.example, partners.example",
    "EMAIL, Pay@partner.example, pays@partner.example",
    "IP, 203.0.113.0/24, 203.0.113.0/25",
  })
  void anotherPatternIsAContradiction(PatternType type, String requested, String stored) {
    PolicyMatch match =
        PolicyMatch.of(requested(type, requested, false), found(type, stored).build());
    assertThat(match.isSame()).isFalse();
  }

  @Test
  void aRegularExpressionHasOneSpelling() {
    PolicyMatch match =
        PolicyMatch.of(
            requested(PatternType.DOMAIN, "A.example", true),
            found(PatternType.DOMAIN, "a.example").isRegex(true).build());
    assertThat(match.isSame()).isFalse();
  }

  @Test
  void everyOtherValueContradicts() {
    assertThat(match(f -> f.patternTypeName("EMAIL")).isSame()).isFalse();
    assertThat(match(f -> f.patternTypeName("ASN")).isSame()).isFalse();
    assertThat(match(f -> f.isRegex(true)).isSame()).isFalse();
    assertThat(match(f -> f.isTrustedSender(false)).isSame()).isFalse();
    assertThat(match(f -> f.isAcceptableSender(true)).isSame()).isFalse();
    assertThat(match(f -> f.isExemptRecipient(true)).isSame()).isFalse();
    assertThat(match(f -> f.verifySender(false)).isSame()).isFalse();
    assertThat(match(f -> f.comments("why not")).isSame()).isFalse();
  }

  @Test
  void anAbsentFieldContradictsNothingAndIsNoted() {
    PolicyMatch match =
        PolicyMatch.of(requested(PatternType.DOMAIN, "a.example", false), bare().build());
    assertThat(match.isSame()).isTrue();
    assertThat(match.notes())
        .containsExactlyInAnyOrder(
            "pattern is absent",
            "pattern_type is absent",
            "is_regex is absent",
            "is_trusted_sender is absent",
            "is_acceptable_sender is absent",
            "is_exempt_recipient is absent",
            "verify_sender is absent",
            "comments is absent");
  }

  @Test
  void trimmedCommentsAreANote() {
    PolicyMatch match =
        PolicyMatch.of(
            AllowPolicyEdit.builder().comments("  why ").build(), bare().comments("why").build());
    assertThat(match.isSame()).isTrue();
    assertThat(match.notes()).hasSize(1);
  }

  @Test
  void anEditIsComparedInTheFieldsThatItChanges() {
    AllowPolicyEdit edit = AllowPolicyEdit.builder().isTrustedSender(true).clearComments().build();
    assertThat(PolicyMatch.of(edit, bare().isTrustedSender(true).build()).isExact()).isTrue();
    assertThat(PolicyMatch.of(edit, bare().isTrustedSender(true).comments("").build()).isExact())
        .isTrue();
    assertThat(PolicyMatch.of(edit, bare().isTrustedSender(true).comments("x").build()).isSame())
        .isFalse();
    assertThat(PolicyMatch.of(edit, bare().isTrustedSender(false).build()).isSame()).isFalse();
    assertThat(
            PolicyMatch.of(edit, bare().isTrustedSender(true).verifySender(false).build())
                .isExact())
        .isTrue();
  }

  @Test
  void theNewPatternOfAnEditIsReadWithTheKindThatThePolicyHas() {
    AllowPolicyEdit edit = AllowPolicyEdit.builder().pattern("B.example").build();
    assertThat(PolicyMatch.of(edit, found(PatternType.DOMAIN, "b.example").build()).isSame())
        .isTrue();
    assertThat(PolicyMatch.of(edit, bare().pattern("b.example").build()).isSame()).isFalse();
  }
}
