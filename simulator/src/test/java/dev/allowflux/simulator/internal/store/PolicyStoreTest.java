package dev.allowflux.simulator.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.TieBreak;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PolicyStoreTest {
  private static final Selection ALL = new Selection(null, null, 0, 0, false);

  private static PolicyValues values(int n) {
    return new PolicyValues("p" + n + ".example", 1, null);
  }

  @Test
  void randomChangesLeaveWhatAPlainListWouldHold() {
    long seed = 99;
    Random random = new Random(seed);
    PolicyStore store =
        new PolicyStore(SeededPolicies.make(seed, 200), seed, TieBreak.ADDITION, () -> 0);
    List<String> model = new ArrayList<>();
    store.list(ALL, false, 0, 1000).policies().forEach(p -> model.add(p.id() + p.pattern()));
    for (int round = 0; round < 500; round++) {
      int n = round;
      boolean commit = random.nextInt(5) > 0;
      List<String> expected = new ArrayList<>(model);
      store.change(
          new PolicyStore.Write(commit, true, round, ids -> {}),
          changes -> {
            int added = 0;
            for (int i = random.nextInt(6); i > 0; i--) {
              // No change can name what is added with it: its id is not known before.
              int at = random.nextInt(expected.size() - added);
              String id = expected.get(at).substring(0, StoredPolicy.ID_LENGTH);
              UUID key = UUID.fromString(id);
              switch (random.nextInt(3)) {
                case 0 -> {
                  changes.delete(key);
                  assertThat(changes.find(key)).isNull();
                  expected.remove(at);
                }
                case 1 -> {
                  StoredPolicy old = changes.find(key);
                  assertThat(old).isNotNull();
                  expected.set(at, id + changes.replace(key, old, values(n)).pattern());
                }
                default -> {
                  StoredPolicy policy = changes.add(values(n));
                  expected.add(policy.id() + policy.pattern());
                  added++;
                }
              }
            }
            return "";
          });
      if (commit) {
        model.clear();
        model.addAll(expected);
      }
      List<String> held = new ArrayList<>();
      store.list(ALL, false, 0, 10_000).policies().forEach(p -> held.add(p.id() + p.pattern()));
      assertThat(held).as("seed %d, round %d", seed, round).isEqualTo(model);
      for (String entry : model) {
        StoredPolicy found =
            store.find(UUID.fromString(entry.substring(0, StoredPolicy.ID_LENGTH)));
        assertThat(found).isNotNull();
      }
    }
  }

  @Test
  void tiesAreBrokenByAdditionOrById() {
    List<StoredPolicy> byAddition = created(TieBreak.ADDITION);
    assertThat(byAddition).isSortedAccordingTo((a, b) -> Integer.compare(a.number(), b.number()));
    assertThat(created(TieBreak.ID))
        .isSortedAccordingTo(StoredPolicy::byId)
        .hasSameSizeAs(byAddition);
  }

  /** Fifty policies that were all created at one time. */
  private static List<StoredPolicy> created(TieBreak tieBreak) {
    PolicyStore store = new PolicyStore(new ArrayList<>(), 1, tieBreak, () -> 0);
    store.change(
        changes -> {
          for (int i = 0; i < 50; i++) {
            changes.add(values(7));
          }
          return "";
        });
    List<StoredPolicy> up = store.list(ALL, false, 0, 50).policies();
    List<StoredPolicy> down = new ArrayList<>(store.list(ALL, true, 0, 50).policies());
    Collections.reverse(down);
    assertThat(down).isEqualTo(up);
    return up;
  }
}
