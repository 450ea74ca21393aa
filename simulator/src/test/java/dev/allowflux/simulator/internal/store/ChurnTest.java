package dev.allowflux.simulator.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.TieBreak;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ChurnTest {
  private static final long SECOND = 1_000_000_000;

  private static PolicyStore store(int policies) {
    return new PolicyStore(SeededPolicies.make(5, policies), 5, TieBreak.ADDITION, () -> 0);
  }

  @Test
  void ratesAreMetOnAverage() {
    PolicyStore store = store(5000);
    Set<String> before = new HashSet<>(store.ids());
    new Churn(store, 30, 20, 7, 0).advanceTo(100 * SECOND);
    Set<String> after = new HashSet<>(store.ids());
    long added = after.stream().filter(id -> !before.contains(id)).count();
    long stayed = after.size() - added;
    // Some of those that were added are deleted again; 200 is many standard deviations.
    assertThat(added).as("seed 7").isBetween(2000L, 3200L);
    assertThat(before.size() - stayed).as("seed 7").isBetween(1000L, 2200L);
  }

  @Test
  void timesAreThoseOfTheRateWhateverTheSteps() {
    PolicyStore small = store(100);
    Churn steps = new Churn(small, 3, 2, 11, 0);
    for (long now = 0; now <= 60 * SECOND; now += SECOND / 7) {
      steps.advanceTo(now);
    }
    steps.advanceTo(60 * SECOND);
    PolicyStore whole = store(100);
    new Churn(whole, 3, 2, 11, 0).advanceTo(60 * SECOND);
    assertThat(small.ids()).isEqualTo(whole.ids());
    PolicyStore other = store(100);
    new Churn(other, 3, 2, 12, 0).advanceTo(60 * SECOND);
    assertThat(other.ids()).isNotEqualTo(whole.ids());
  }

  @Test
  void deletionsAloneEmptyTheAccountAndThenDoNothing() {
    PolicyStore store = store(50);
    new Churn(store, 0, 100, 3, 0).advanceTo(20 * SECOND);
    assertThat(store.size()).isZero();
  }

  @Test
  void nothingChangesOnceItIsStopped() {
    PolicyStore store = store(50);
    Churn churn = new Churn(store, 10, 10, 3, 0);
    churn.advanceTo(5 * SECOND);
    List<String> before = store.ids();
    churn.stop();
    churn.advanceTo(60 * SECOND);
    assertThat(store.ids()).isEqualTo(before);
  }

  @Test
  void deletedPolicyIsNotFoundByItsId() {
    PolicyStore store = store(40);
    List<String> before = new ArrayList<>(store.ids());
    assertThat(store.find(UUID.fromString(before.get(0)))).isNotNull();
    new Churn(store, 0, 5, 3, 0).advanceTo(4 * SECOND);
    before.removeAll(store.ids());
    assertThat(before).as("deleted").isNotEmpty();
    for (String id : before) {
      assertThat(store.find(UUID.fromString(id))).isNull();
    }
  }
}
