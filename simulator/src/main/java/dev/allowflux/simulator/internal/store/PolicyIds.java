package dev.allowflux.simulator.internal.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Policy ids: UUIDs of version 4 in lower case. */
public final class PolicyIds {
  private PolicyIds() {}

  static String of(long high, long low) {
    return new UUID(
            (high & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
            (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L)
        .toString();
  }

  /** The id in a text, or null if the text is not a UUID in its full form. */
  public static @Nullable UUID parse(String text) {
    if (text.length() != StoredPolicy.ID_LENGTH) {
      return null;
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
