package dev.allowflux.internal.paging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.paging.TieGroupProof.Verdict;
import dev.allowflux.model.PolicyId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TieGroupProofTest {

  private static final Long TOTAL = 100L;

  private final TieGroupProof proof = new TieGroupProof();

  private void came(int... ids) {
    IntStream.of(ids).forEach(id -> proof.add(new PolicyId("p" + id)));
  }

  /** A round of the group from 39 down to 37, in which the total stayed. */
  private Verdict roundOf(Long total, int... ids) {
    proof.beginRound(40, total);
    came(ids);
    return proof.endRound(37, total, /* mayGrow= */ true);
  }

  @Test
  void asManyPoliciesAsPositionsInOneRoundAreAllOfThem() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 3);
    assertThat(proof.endRound(37, 99L, /* mayGrow= */ false)).isEqualTo(Verdict.WHOLE);
  }

  @Test
  void fewerPoliciesThanPositionsAreReadAgain() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 2);
    assertThat(proof.endRound(37, TOTAL, false)).isEqualTo(Verdict.READ_AGAIN);
  }

  @Test
  void roundsAddUpWhileTopAndBottomStay() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 2);
    assertThat(proof.endRound(37, TOTAL, false)).isEqualTo(Verdict.READ_AGAIN);
    proof.beginRound(40, 99L);
    came(3, 3, 1);
    assertThat(proof.endRound(37, null, false)).isEqualTo(Verdict.WHOLE);
  }

  @Test
  void roundsDoNotAddUpOnceTheGroupMoved() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 2);
    proof.endRound(37, TOTAL, false);
    proof.beginRound(39, TOTAL);
    came(3, 3, 1);
    assertThat(proof.endRound(36, TOTAL, false)).isEqualTo(Verdict.READ_AGAIN);
  }

  @Test
  void roundsOfAGroupThatMayGrowDoNotAddUpOnceTheTotalChanged() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 2);
    proof.endRound(37, TOTAL, true);
    proof.beginRound(40, 99L);
    came(3, 3, 1);
    assertThat(proof.endRound(37, 99L, true)).isEqualTo(Verdict.READ_AGAIN);
  }

  @Test
  void aGroupThatMayGrowIsWholeOnceItCameThreeTimesWithTheSamePolicies() {
    assertThat(roundOf(TOTAL, 1, 2, 3)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(TOTAL, 1, 2, 3)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(TOTAL, 1, 2, 3)).isEqualTo(Verdict.WHOLE);
  }

  /** Policy 1 was deleted after it came, and what showed up below pushed 4 over a border. */
  @Test
  void aGroupThatMayGrowIsNotWholeIfOthersCameTheLastTime() {
    roundOf(TOTAL, 1, 2, 3);
    roundOf(TOTAL, 1, 2, 3);
    assertThat(roundOf(TOTAL, 2, 3, 4)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(TOTAL, 2, 3, 4)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(TOTAL, 2, 3, 4)).isEqualTo(Verdict.WHOLE);
  }

  @Test
  void aGroupThatMayGrowIsNotWholeIfItMovedInBetween() {
    roundOf(TOTAL, 1, 2, 3);
    roundOf(TOTAL, 1, 2, 3);
    proof.beginRound(41, TOTAL);
    came(1, 2, 3);
    assertThat(proof.endRound(38, TOTAL, true)).isEqualTo(Verdict.READ_AGAIN);
  }

  @Test
  void aRoundInWhichTheTotalOfAGroupThatMayGrowChangedDoesNotCount() {
    proof.beginRound(40, TOTAL);
    came(1, 2, 3);
    assertThat(proof.endRound(37, 99L, /* mayGrow= */ true)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(99L, 1, 2, 3)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(99L, 1, 2, 3)).isEqualTo(Verdict.READ_AGAIN);
    assertThat(roundOf(99L, 1, 2, 3)).isEqualTo(Verdict.WHOLE);
  }

  @Test
  void aGroupThatNeverComesWholeIsGivenUp() {
    int rounds = 0;
    Verdict verdict = Verdict.READ_AGAIN;
    while (verdict == Verdict.READ_AGAIN) {
      proof.beginRound(40, TOTAL);
      came(1, 2);
      verdict = proof.endRound(37, TOTAL, false);
      rounds++;
    }
    assertThat(verdict).isEqualTo(Verdict.GIVEN_UP);
    assertThat(rounds).isEqualTo(30);
  }
}
