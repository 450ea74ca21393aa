package dev.allowflux.simulator.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonTextTest {

  @Test
  void textComesBackFromOurBytesAndFromJackson() {
    long seed = 4711;
    Random random = new Random(seed);
    String odd =
        "\"\\/\n\r\t\b\f\u0000\u001F\u007F aZ\u00e4\u20ac\u2028\uFEFF\uD83D\uDC4D\uD800\uDFFF";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        text.append(odd.charAt(random.nextInt(odd.length())));
      }
      byte[] json = JsonText.quote(text.toString());
      String where = "seed " + seed + ", round " + round;
      assertThat(JsonText.unquote(json, 0, json.length)).as(where).isEqualTo(text.toString());
      assertThat(JsonMapper.shared().readTree(new String(json, UTF_8)).stringValue())
          .as(where)
          .isEqualTo(text.toString());
    }
  }
}
