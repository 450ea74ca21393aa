package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.json.PolicyJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was emitted, in chunks, against a plain map. */
class KnownPoliciesTest {

  private static String id(Random random) {
    return random.nextInt(20) == 0
        ? "text-ä-" + random.nextInt(1_000_000)
        : new UUID(random.nextLong(), random.nextLong()).toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void stateThatIsReadBackIsTheStateThatWasWritten(int offset) {
    long seed = System.nanoTime() + offset;
    Random random = new Random(seed);
    Map<String, Long> model = new HashMap<>();
    Map<Integer, String> stored = new HashMap<>();
    KnownPolicies known = new KnownPolicies();
    for (int round = 0; round < 6; round++) {
      known.open();
      List<String> ids = new ArrayList<>(model.keySet());
      for (int i = 0; i < 800; i++) {
        String id =
            ids.isEmpty() || random.nextInt(3) > 0
                ? id(random)
                : ids.get(random.nextInt(ids.size()));
        int chunk = known.chunkFor(id);
        if (model.containsKey(id) && random.nextBoolean()) {
          known.remove(id);
          model.remove(id);
        } else {
          long hash = random.nextLong();
          known.put(id, hash);
          model.put(id, hash);
        }
        stored.put(chunk, known.stored(chunk));
      }
      known.close();
      KnownPolicies back = new KnownPolicies();
      for (int chunk = 0; chunk < stored.size(); chunk++) {
        back.addStored(chunk, stored.get(chunk));
      }
      assertThat(back.size()).as("seed %d", seed).isEqualTo(model.size());
      back.open();
      assertThat(back.ids())
          .as("seed %d", seed)
          .containsExactlyInAnyOrderElementsOf(model.keySet());
      model.forEach((id, hash) -> assertThat(back.hash(id)).as("seed %d", seed).isEqualTo(hash));
      known = back;
      known.close();
    }
    assertThat(stored.values())
        .as("seed %d", seed)
        .allSatisfy(t -> assertThat(t.length()).isLessThan(40_000));
  }

  @Test
  void spaceOfDeletedPoliciesIsUsedAgain() {
    KnownPolicies known = new KnownPolicies();
    known.open();
    for (int i = 0; i < 2 * KnownPolicies.CHUNK; i++) {
      known.put("p" + i, i);
    }
    known.remove("p3");
    assertThat(known.chunkFor("new")).isZero();
    known.put("new", 1);
    assertThat(known.chunkFor("next")).isEqualTo(2);
    assertThat(known.chunkFor("p" + KnownPolicies.CHUNK)).isEqualTo(1);
  }

  @Test
  void anyFieldChangesTheHash() {
    String policy =
        "{\"id\":\"a\",\"created_at\":\"2026-01-02T03:04:05Z\",\"pattern\":\"p\",\"x\":1}";
    long hash = hash(policy);
    assertThat(hash(policy)).isEqualTo(hash);
    assertThat(hash(policy.replace("\"p\"", "\"q\""))).isNotEqualTo(hash);
    assertThat(hash(policy.replace("\"x\":1", "\"x\":2"))).isNotEqualTo(hash);
    assertThat(hash(policy.replace("05Z", "06Z"))).isNotEqualTo(hash);
  }

  private static long hash(String json) {
    return KnownPolicies.hashOf(PolicyJson.readPolicy(json.getBytes(StandardCharsets.UTF_8)));
  }
}
