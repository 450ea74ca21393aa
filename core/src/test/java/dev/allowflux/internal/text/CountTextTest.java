package dev.allowflux.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountTextTest {

  @Test
  void oneIsSingularAndEveryOtherNumberIsPlural() {
    assertThat(CountText.policies(0)).isEqualTo("0 policies");
    assertThat(CountText.policies(1)).isEqualTo("1 policy");
    assertThat(CountText.accounts(1)).isEqualTo("1 account");
    assertThat(CountText.changes(1)).isEqualTo("1 change");
    assertThat(CountText.accounts(21)).isEqualTo("21 accounts");
    assertThat(CountText.of(1_234_567, "call", "calls")).isEqualTo("1,234,567 calls");
  }
}
