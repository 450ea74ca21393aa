package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/** Breaks text in the ways that wires, proxies and attackers do. */
public final class Mutations {
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "null",
    "true",
    "false",
    "-",
    "0",
    "1e999",
    "1.5",
    "\"\"",
    "\"id\":",
    "\"result\":",
    "\"success\":false,",
    "\"errors\":[",
    "{}",
    "[]",
    "[[[[[[[[",
    "\n",
    " ",
    "\u0000",
    "\ufeff",
    "é",
    "😀",
    "/*",
    "NaN",
    "99999999999999999999"
  };

  private Mutations() {}

  public static byte[] mutate(byte[] text, Random random) {
    byte[] result = text;
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      result = mutateOnce(result, random);
    }
    return result;
  }

  private static byte[] mutateOnce(byte[] text, Random random) {
    if (text.length == 0) {
      return text;
    }
    int at = random.nextInt(text.length);
    int end = Math.min(text.length, at + 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 8));
    switch (random.nextInt(6)) {
      case 0 -> {
        byte[] flipped = text.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
      }
      case 1 -> {
        byte[] replaced = text.clone();
        replaced[at] = (byte) random.nextInt(256);
        return replaced;
      }
      case 2 -> {
        return join(text, at, new byte[0], end);
      }
      case 3 -> {
        return join(text, at, PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8), at);
      }
      case 4 -> {
        return join(text, end, Arrays.copyOfRange(text, at, end), end);
      }
      default -> {
        return random.nextBoolean()
            ? Arrays.copyOf(text, at)
            : join(text, at, PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8), end);
      }
    }
  }

  private static byte[] join(byte[] text, int headEnd, byte[] middle, int tailStart) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.write(text, 0, headEnd);
    joined.write(middle, 0, middle.length);
    joined.write(text, tailStart, text.length - tailStart);
    return joined.toByteArray();
  }
}
