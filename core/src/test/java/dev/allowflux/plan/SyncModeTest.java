package dev.allowflux.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SyncModeTest {
  @Test
  void aFactoryGivesTheModeOfItsName() {
    assertThat(SyncMode.upsert()).isEqualTo(new SyncMode.Upsert());
    assertThat(SyncMode.owned("team-a")).isEqualTo(new SyncMode.Owned("team-a"));
    assertThat(SyncMode.all()).isEqualTo(new SyncMode.All());
  }

  @Test
  void anOwnerIsCheckedAtOnce() {
    assertThatIllegalArgumentException().isThrownBy(() -> SyncMode.owned("two words"));
  }
}
