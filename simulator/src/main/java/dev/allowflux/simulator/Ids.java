package dev.allowflux.simulator;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Policy ids: UUIDs of version 4 in lower case. */
final class Ids {
  private Ids() {}

  static String of(long high, long low) {
    return new UUID(
            (high & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
            (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L)
        .toString();
  }

  /** The id in a text, or null if the text is no UUID in its full form. */
  static @Nullable UUID parse(String text) {
    if (text.length() != Policy.ID_LENGTH) {
      return null;
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
