package dev.allowflux.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
  @ParameterizedTest
  @ValueSource(strings = {"", ".", ".."})
  void segmentsThatWouldLeadElsewhereAreRefused(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PolicyId(value))
        .withMessage("policy id must not be empty, \".\" or \"..\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccountId(value))
        .withMessage("account id must not be empty, \".\" or \"..\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"...", "a/b", " ", "%2e", "17", "é😀"})
  void anyOtherTextIsAnId(String value) {
    assertThat(new PolicyId(value)).hasToString(value);
    assertThat(new AccountId(value)).hasToString(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud800", "x\udc00", "\udc00\ud800", "\ud83d\ud83d\ude00"})
  void unpairedSurrogatesAreRefusedBecauseTheyHaveNoUtf8Form(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PolicyId(value))
        .withMessageContaining("unpaired surrogate at index");
  }

  @Test
  void accountIdsHaveAtMost32CodePoints() {
    assertThat(new AccountId("😀".repeat(32)).value()).hasSize(64);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccountId("a".repeat(33)))
        .withMessage("account id must have 1 to 32 characters, not 33");
  }

  @Test
  void theAddressOfABatchIsNoPolicy() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PolicyId("batch"))
        .withMessageContaining("the address of another operation");
    assertThat(new PolicyId("batches").value()).isEqualTo("batches");
  }
}
