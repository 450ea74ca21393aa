package dev.allowflux.sync.internal.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(240)
class JsonLineTest {

  @Test
  void whatIsWrittenIsReadAgainAndStaysOneLine() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("send", 3);
    line.put("why", "two\nlines \"quoted\" \u2028 \ud83d\ude00 \\");
    line.put("changes", List.of(0, 17, Integer.MAX_VALUE));
    line.put("none", List.of());
    line.put("ids", List.of("a", "b"));
    String text = JsonLine.write(line);
    assertThat(text).doesNotContain("\n");
    assertThat(JsonLine.read(text)).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[]",
        "1",
        "null",
        "{\"a\":null}",
        "{\"a\":true}",
        "{\"a\":1.5}",
        "{\"a\":{}}",
        "{\"a\":[[1]]}",
        "{\"a\":1} {}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":99999999999}",
        "{\"a\":[1",
        "{\"a\"",
        "{\"a\":1}}"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> JsonLine.read(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyTextGivesALineOrARefusal() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    char[] line = JsonLine.write(Map.of("changes", List.of(1, 2), "why", "because")).toCharArray();
    for (int i = 0; i < 20_000; i++) {
      char[] text = line.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        text[random.nextInt(text.length)] = (char) random.nextInt(256);
      }
      try {
        assertThat(JsonLine.read(new String(text))).as("seed %d", seed).isNotNull();
      } catch (IllegalArgumentException refused) {
        assertThat(refused).as("seed %d", seed).hasMessageStartingWith("not ");
      }
    }
  }

  @Test
  void aValueThatNoLineHasIsRefused() {
    assertThatThrownBy(() -> JsonLine.write(Map.of("a", 1.5)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
