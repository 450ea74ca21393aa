package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WritesTest {
  @Test
  void aNewPolicyNamesAllThatItMisses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NewAllowPolicy.builder().comments("why").isRegex(false).build())
        .withMessage(
            "a new allow policy needs pattern, pattern_type, is_trusted_sender,"
                + " is_acceptable_sender, is_exempt_recipient, verify_sender");
  }

  @Test
  void commentsAreTheOnlyOptionalFieldOfANewPolicy() {
    assertThat(complete().build().comments()).isNull();
    assertThat(complete().comments("").build().comments()).isEmpty();
    assertThat(complete().comments("x").comments(null).build()).isEqualTo(complete().build());
  }

  @Test
  void lengthsCountCodePoints() {
    String longest = "😀".repeat(1024);
    NewAllowPolicy policy = complete().pattern(longest).isRegex(true).comments(longest).build();
    assertThat(policy.comments()).isEqualTo(longest);
    AllowPolicyEdit edit =
        AllowPolicyEdit.builder().pattern(longest).isRegex(true).comments(longest).build();
    assertThat(edit.pattern()).isEqualTo(longest);

    assertRefused(
        () -> complete().pattern(longest + "x"),
        "pattern must have 1 to 1024 characters, not 1025");
    assertRefused(() -> complete().pattern(""), "pattern must have 1 to 1024 characters, not 0");
    assertRefused(
        () -> complete().comments(longest + "x"),
        "comments must have 0 to 1024 characters, not 1025");
    assertRefused(
        () -> AllowPolicyEdit.builder().pattern(""),
        "pattern must have 1 to 1024 characters, not 0");
    assertRefused(
        () -> AllowPolicyEdit.builder().comments(longest + "x"),
        "comments must have 0 to 1024 characters, not 1025");
  }

  @ParameterizedTest
  @EnumSource(
      value = PatternType.class,
      names = {"UNKNOWN", "UNRECOGNIZED"})
  void kindsThatAreOnlyEverReturnedAreRefused(PatternType type) {
    String message = "pattern_type must be EMAIL, DOMAIN or IP in a write, not " + type;
    assertRefused(() -> complete().patternType(type), message);
    assertRefused(() -> AllowPolicyEdit.builder().patternType(type), message);
  }

  @Test
  void aRegexThatDoesNotCompileIsRefusedWithItsPosition() {
    String message =
        "pattern must be a valid Java regular expression when is_regex is true:"
            + " Unclosed group at index 3";
    assertRefused(() -> complete().pattern("a(b").isRegex(true).build(), message);
    assertRefused(() -> AllowPolicyEdit.builder().pattern("a(b").isRegex(true).build(), message);
  }

  @Test
  void aPatternThatIsNoRegexMustBeOfItsKind() {
    String expression =
        "pattern is not a usable e-mail address: it looks like a regular expression;"
            + " set is_regex to true if it is one";
    assertRefused(() -> complete().pattern(".*@b\\.example").build(), expression);
    assertRefused(
        () -> complete().pattern(" a@b.example").build(),
        "pattern has white space around it; write a@b.example");
    assertRefused(
        () -> complete().pattern("\u202ea@b.example").build(),
        "pattern is not a usable e-mail address: it has an invisible character,"
            + " U+202E RIGHT-TO-LEFT OVERRIDE at column 1; delete it");
    assertRefused(
        () -> complete().pattern("a@b.example").patternType(PatternType.DOMAIN).build(),
        "pattern is not a usable domain name: it is an e-mail address;"
            + " set pattern_type to EMAIL, or write b.example for all addresses there");
  }

  @Test
  void mixedScriptsAreAcceptedByNameOnly() {
    NewAllowPolicy.Builder policy = complete().pattern("b\u043eb@b.example");
    AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder().pattern("b\u043eats.example");
    assertThatThrownBy(policy::build).hasMessageContaining("mixes letters of different scripts");
    assertThatThrownBy(edit::build).hasMessageContaining("mixes letters of different scripts");

    PatternCheck.Option mixed = PatternCheck.Option.MIXED_SCRIPTS;
    assertThat(policy.patternOptions(mixed).build().pattern()).isEqualTo("b\u043eb@b.example");
    assertThat(edit.patternOptions(mixed).build().pattern()).isEqualTo("b\u043eats.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a@b.example", "b.example", "203.0.113.0/24", ".*@b\\.example", "a|b@c", "(x)?"})
  void anEditOfThePatternAloneMustFitAKindOrBeAnExpression(String pattern) {
    assertThat(AllowPolicyEdit.builder().pattern(pattern).build().pattern()).isEqualTo(pattern);
  }

  @Test
  void anEditThatFitsNoKindIsRefusedInTheWordsOfTheLikeliest() {
    assertRefused(edit("203.0.113.300"), "usable IP address or network: its number 300");
    assertRefused(edit("*.b.example"), "usable domain name: it has a wildcard");
    assertRefused(edit("a@b@c.example"), "usable e-mail address: it has more than one @");
    assertRefused(edit("a@b.example, c@b.example"), "usable e-mail address: it is a list of 2");
    assertRefused(edit("b.example "), "white space around it; write b.example");
    assertRefused(edit(".*@b\u200b"), "U+200B ZERO WIDTH SPACE at column 5");
    assertRefused(edit(".*@b\\.example").isRegex(false), "usable e-mail address: it looks like");
    assertRefused(edit("a@b.example").patternType(PatternType.IP), "set pattern_type to EMAIL");
    assertRefused(edit("[a").isRegex(true), "must be a valid Java regular expression");
  }

  private static AllowPolicyEdit.Builder edit(String pattern) {
    return AllowPolicyEdit.builder().pattern(pattern);
  }

  private static void assertRefused(AllowPolicyEdit.Builder edit, String part) {
    assertThatIllegalArgumentException()
        .isThrownBy(edit::build)
        .withMessageStartingWith("pattern ")
        .withMessageContaining(part);
  }

  @Test
  void aRegexFlagAloneMakesAnEdit() {
    assertThat(AllowPolicyEdit.builder().isRegex(true).build().isRegex()).isTrue();
  }

  @Test
  void anyRegexIsAcceptedOrRefusedInOneLine() {
    long seed = 20261121;
    Random random = new Random(seed);
    String alphabet = "()[]{}*+?|\\^$.,-&:<>=!aQEpPkxu0129{}\n\r\u2028 é😀";
    int[] symbols = alphabet.codePoints().toArray();
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder pattern = new StringBuilder();
      for (int n = 1 + random.nextInt(i % 100 == 0 ? 1024 : 24); n > 0; n--) {
        pattern.appendCodePoint(symbols[random.nextInt(symbols.length)]);
      }
      try {
        complete().pattern(pattern.toString()).isRegex(true).build();
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e.getMessage())
            .as("seed %d case %d", seed, i)
            .containsPattern(
                "^pattern (must be a valid Java|is not a usable) regular expression|^pattern has"
                    + " white space around it")
            .doesNotContainPattern("[\\p{Cntrl}\\u2028]")
            .hasSizeLessThan(400);
      }
    }
    assertThat(refused).isBetween(1_000, 19_900);
  }

  @Test
  void aRegexOfNothingButParenthesesDoesNotOverflowTheStack() {
    String deep = "(".repeat(512) + ")".repeat(512);
    assertThat(complete().pattern(deep).isRegex(true).build().pattern()).isEqualTo(deep);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "x\udfff", "\udc00\ud800"})
  void unpairedSurrogatesAreRefusedBecauseTheyHaveNoUtf8Form(String text) {
    assertThatThrownBy(() -> complete().pattern(text)).hasMessageStartingWith("pattern has an un");
    assertThatThrownBy(() -> complete().comments(text))
        .hasMessageStartingWith("comments has an un");
    assertThatThrownBy(() -> AllowPolicyFilter.builder().search(text))
        .hasMessageStartingWith("search has an un");
  }

  @Test
  void anEditOfNothingIsRefused() {
    assertRefused(
        () -> AllowPolicyEdit.builder().build(), "an edit needs at least one field to change");
  }

  @Test
  void oneFieldOfAnyKindMakesAnEdit() {
    assertThat(AllowPolicyEdit.builder().pattern("x").build().pattern()).isEqualTo("x");
    assertThat(AllowPolicyEdit.builder().patternType(PatternType.IP).build().patternType())
        .isEqualTo(PatternType.IP);
    assertThat(AllowPolicyEdit.builder().isRegex(false).build().isRegex()).isFalse();
    assertThat(AllowPolicyEdit.builder().isTrustedSender(false).build().isTrustedSender())
        .isFalse();
    assertThat(AllowPolicyEdit.builder().isAcceptableSender(false).build().isAcceptableSender())
        .isFalse();
    assertThat(AllowPolicyEdit.builder().isExemptRecipient(false).build().isExemptRecipient())
        .isFalse();
    assertThat(AllowPolicyEdit.builder().verifySender(false).build().verifySender()).isFalse();
    assertThat(AllowPolicyEdit.builder().comments("").build().comments()).isEmpty();
    assertThat(AllowPolicyEdit.builder().clearComments().build().clearsComments()).isTrue();
  }

  @Test
  void theLastWordOnCommentsHolds() {
    AllowPolicyEdit cleared = AllowPolicyEdit.builder().comments("x").clearComments().build();
    assertThat(cleared.comments()).isNull();
    assertThat(cleared.clearsComments()).isTrue();

    AllowPolicyEdit set = AllowPolicyEdit.builder().clearComments().comments("").build();
    assertThat(set.comments()).isEmpty();
    assertThat(set.clearsComments()).isFalse();
    assertThat(set).isNotEqualTo(cleared);
  }

  @Test
  void eachPartOfABatchTakesAThousandItems() {
    PolicyId id = new PolicyId("p");
    AllowPolicyEdit edit = AllowPolicyEdit.builder().isRegex(true).build();
    NewAllowPolicy policy = complete().build();
    AllowPolicyBatch.Builder batch = AllowPolicyBatch.builder();
    for (int i = 0; i < 1000; i++) {
      batch.delete(id).edit(id, edit).replace(id, policy).create(policy);
    }

    assertThat(batch.build().size()).isEqualTo(4000);
    assertRefused(() -> batch.delete(id), "deletes of a batch must have at most 1000 items");
    assertRefused(() -> batch.edit(id, edit), "patches of a batch must have at most 1000 items");
    assertRefused(() -> batch.replace(id, policy), "puts of a batch must have at most 1000 items");
    assertRefused(() -> batch.create(policy), "posts of a batch must have at most 1000 items");
  }

  @Test
  void anEmptyBatchIsAllowed() {
    assertThat(AllowPolicyBatch.builder().build().size()).isZero();
  }

  @Test
  void aBatchIsNotTouchedByWhatItsBuilderDoesNext() {
    AllowPolicyBatch.Builder builder = AllowPolicyBatch.builder().delete(new PolicyId("p"));
    AllowPolicyBatch batch = builder.build();
    builder.delete(new PolicyId("q"));

    assertThat(batch.deletes()).containsExactly(new PolicyId("p"));
  }

  private static NewAllowPolicy.Builder complete() {
    return NewAllowPolicy.builder()
        .pattern("a@b.example")
        .patternType(PatternType.EMAIL)
        .isRegex(false)
        .isTrustedSender(true)
        .isAcceptableSender(false)
        .isExemptRecipient(false)
        .verifySender(true);
  }

  private static void assertRefused(Runnable write, String message) {
    assertThatIllegalArgumentException().isThrownBy(write::run).withMessage(message);
  }
}
