package dev.allowflux.sync.file;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Policies of every shape that an answer can have, from a seed. */
public final class RandomPolicies {
  private static final String[] PIECES = {
    "a",
    "example.com",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "\u0001",
    "\u007f",
    ",",
    ";",
    "=1+1",
    "é",
    "ß",
    "漢字",
    "\u2028",
    "\ud83d\ude80",
    "/",
    "<",
    " ",
    "\u202e",
    "\u001b[31m"
  };

  private final Random random;

  public RandomPolicies(long seed) {
    random = new Random(seed);
  }

  @SuppressWarnings("deprecation")
  public AllowPolicy next() {
    AllowPolicy.Builder policy =
        AllowPolicy.builder()
            .id(new PolicyId("id" + text()))
            .createdAt(instant())
            .modifiedAt(random.nextBoolean() ? instant() : null)
            .lastModified(random.nextBoolean() ? instant() : null)
            .pattern(random.nextInt(8) == 0 ? null : text())
            .patternTypeName(random.nextInt(8) == 0 ? null : "DOMAIN")
            .isRegex(flag())
            .isTrustedSender(flag())
            .isAcceptableSender(flag())
            .isExemptRecipient(flag())
            .verifySender(flag())
            .isRecipient(flag())
            .isSender(flag())
            .isSpoof(flag())
            .comments(random.nextBoolean() ? text() : null);
    if (random.nextInt(4) == 0) {
      policy.unknownField("new_" + text(), "{\"a\": [1, \"x\"]}");
    }
    return policy.build();
  }

  Instant instant() {
    long second = random.nextInt(4) == 0 ? -62_200_000_000L : random.nextLong() % 253_402_300_800L;
    int[] fractions = {0, 500_000_000, 120_000, 7};
    return Instant.ofEpochSecond(second, fractions[random.nextInt(4)]);
  }

  private @Nullable Boolean flag() {
    int state = random.nextInt(3);
    return state == 0 ? null : state == 1;
  }

  public String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i >= 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }
}
