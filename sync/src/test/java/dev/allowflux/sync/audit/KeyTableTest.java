package dev.allowflux.sync.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTableTest {
  private record Key(byte kind, String text) {}

  @Test
  void theFirstOfEachKeyIsFoundAsInAMap() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Key> keys = new ArrayList<>();
    KeyTable table =
        new KeyTable((number, kind, text) -> keys.get(number).equals(new Key(kind, text)));
    Map<Key, Integer> map = new HashMap<>();

    for (int number = 0; number < 50_000; number++) {
      Key key = new Key((byte) random.nextInt(8), "a" + random.nextInt(10_000));
      keys.add(key);
      Integer first = map.putIfAbsent(key, number);
      assertThat(table.putIfAbsent(key.kind(), key.text(), number))
          .as("seed %d, number %d", seed, number)
          .isEqualTo(first == null ? KeyTable.NONE : first);
    }
    map.forEach((key, first) -> assertThat(table.find(key.kind(), key.text())).isEqualTo(first));
    assertThat(table.find((byte) 1, "b")).isEqualTo(KeyTable.NONE);
  }

  @Test
  void textsThatShareAHashInJavaAreFoundAtOnce() {
    // Each "Aa" may be written as "BB" without another hash code of the text.
    List<String> texts = new ArrayList<>(List.of(""));
    for (int i = 0; i < 15; i++) {
      List<String> longer = new ArrayList<>();
      texts.forEach(text -> longer.addAll(List.of(text + "Aa", text + "BB")));
      texts = longer;
    }
    List<String> keys = texts;
    long[] compared = {0};
    KeyTable table =
        new KeyTable(
            (number, kind, text) -> {
              compared[0]++;
              return keys.get(number).equals(text);
            });
    for (int number = 0; number < keys.size(); number++) {
      assertThat(table.putIfAbsent((byte) 1, keys.get(number), number)).isEqualTo(KeyTable.NONE);
    }

    // All 32 bits of the hash must be the same before two texts are compared.
    assertThat(compared[0]).isLessThan(1000);
  }
}
