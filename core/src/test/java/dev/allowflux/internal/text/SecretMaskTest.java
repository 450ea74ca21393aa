package dev.allowflux.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SecretMaskTest {

  private static final String SECRET = "v1.0-Ab/9+z@\"x\\y_0123456789";
  private static final SecretMask MASK = SecretMask.of(List.of("", SECRET, "other"));

  @Test
  void aSecretIsHiddenInEachSpelling() {
    String json = SECRET.replace("\\", "\\\\").replace("\"", "\\\"").replace("/", "\\/");
    String percent = SECRET.replace("+", "%2B").replace("@", "%40").replace("\"", "%22");
    for (String spelling : List.of(SECRET, json, percent, json.replace("A", "\\u0041"))) {
      assertThat(MASK.hide("a " + spelling + " z")).as(spelling).isEqualTo("a *** z");
    }
    assertThat(MASK.hide(SECRET + SECRET + "other")).isEqualTo("*********");
  }

  @Test
  void whatIsNoSecretStaysAsItIs() {
    for (String text : List.of("", "v1.0-", "\\", "%", "%4", "\\u", "\\u00", "\\u00zz", "othe r")) {
      assertThat(MASK.hide(text)).isSameAs(text);
    }
    assertThat(SecretMask.NONE.hide(SECRET)).isSameAs(SECRET);
  }

  @Test
  void atMostTwelveCharactersAreShownOfASecretThatWasCut() {
    for (int length = 0; length < SECRET.length(); length++) {
      String cut = "x" + SECRET.substring(0, length);
      assertThat(MASK.hide(cut)).isEqualTo(length <= 12 ? cut : "x***");
    }
  }

  @Test
  void aSecretIsHiddenWhereverItStandsAndHoweverItIsSpelt() {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    String alphabet = "abcXYZ019-_./+\"=@u4";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder secret = new StringBuilder("s");
      StringBuilder before = new StringBuilder();
      StringBuilder spelt = new StringBuilder("s");
      for (int i = 1 + random.nextInt(40); i > 0; i--) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        secret.append(c);
        spelt.append(
            switch (random.nextInt(4)) {
              case 0 -> String.format("\\u%04X", (int) c);
              case 1 -> String.format("%%%02x", (int) c);
              default -> String.valueOf(c);
            });
      }
      for (int i = random.nextInt(30); i > 0; i--) {
        before.append("éq; ".charAt(random.nextInt(4)));
      }
      assertThat(SecretMask.of(List.of(secret.toString())).hide(before + spelt.toString() + ";"))
          .as("seed %d round %d", seed, round)
          .isEqualTo(before + "***;");
    }
  }
}
