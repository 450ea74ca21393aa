package dev.allowflux.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PolicyStoreTest {
  private static final PolicyStore.Selection ALL =
      new PolicyStore.Selection(null, null, 0, 0, false);

  private static PolicyFields fields(int n) {
    return PolicyFields.read(
        Caller.json(
            "{\"pattern\":\"p%d.example\",\"pattern_type\":\"DOMAIN\",\"is_regex\":false,\"is_trusted_sender\":true,\"is_acceptable_sender\":false,\"is_exempt_recipient\":false,\"verify_sender\":true}"
                .formatted(n)),
        "");
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
          changes -> {
            int added = 0;
            for (int i = random.nextInt(6); i > 0; i--) {
              // No change can name what is added with it: its id is not known before.
              int at = random.nextInt(expected.size() - added);
              String id = expected.get(at).substring(0, Policy.ID_LENGTH);
              UUID key = UUID.fromString(id);
              switch (random.nextInt(3)) {
                case 0 -> {
                  changes.delete(key);
                  assertThat(changes.find(key)).isNull();
                  expected.remove(at);
                }
                case 1 -> {
                  Policy old = changes.find(key);
                  assertThat(old).isNotNull();
                  expected.set(at, id + changes.replace(key, old, fields(n)).pattern());
                }
                default -> {
                  Policy policy = changes.add(fields(n));
                  expected.add(policy.id() + policy.pattern());
                  added++;
                }
              }
            }
            return "";
          },
          commit);
      if (commit) {
        model.clear();
        model.addAll(expected);
      }
      List<String> held = new ArrayList<>();
      store.list(ALL, false, 0, 10_000).policies().forEach(p -> held.add(p.id() + p.pattern()));
      assertThat(held).as("seed %d, round %d", seed, round).isEqualTo(model);
      for (String entry : model) {
        Policy found = store.find(UUID.fromString(entry.substring(0, Policy.ID_LENGTH)));
        assertThat(found).isNotNull();
      }
    }
  }

  @Test
  void tiesAreBrokenByAdditionOrById() {
    List<Policy> byAddition = created(TieBreak.ADDITION);
    assertThat(byAddition).isSortedAccordingTo((a, b) -> Integer.compare(a.number(), b.number()));
    assertThat(created(TieBreak.ID)).isSortedAccordingTo(Policy::byId).hasSameSizeAs(byAddition);
  }

  /** Fifty policies that were all created at one time. */
  private static List<Policy> created(TieBreak tieBreak) {
    PolicyStore store = new PolicyStore(new ArrayList<>(), 1, tieBreak, () -> 0);
    store.change(
        changes -> {
          for (int i = 0; i < 50; i++) {
            changes.add(fields(7));
          }
          return "";
        },
        true);
    List<Policy> up = store.list(ALL, false, 0, 50).policies();
    List<Policy> down = new ArrayList<>(store.list(ALL, true, 0, 50).policies());
    Collections.reverse(down);
    assertThat(down).isEqualTo(up);
    return up;
  }
}
