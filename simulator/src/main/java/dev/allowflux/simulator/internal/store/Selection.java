package dev.allowflux.simulator.internal.store;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a listing and their order.
 *
 * @param search part of the pattern or the comments in lower case, or null
 * @param pattern the exact pattern, or null
 * @param traitMask the bits of {@link StoredPolicy#traits()} to compare
 * @param traitBits the required values of these bits
 * @param byPattern whether they are ordered by pattern rather than by creation
 */
public record Selection(
    @Nullable String search,
    @Nullable String pattern,
    int traitMask,
    int traitBits,
    boolean byPattern) {

  /** All policies in the order of creation. */
  public static final Selection EVERYTHING = new Selection(null, null, 0, 0, false);

  boolean isEverything() {
    return search == null && pattern == null && traitMask == 0;
  }

  boolean matches(StoredPolicy policy) {
    if ((policy.traits() & traitMask) != traitBits) {
      return false;
    }
    if (pattern != null && !pattern.equals(policy.pattern())) {
      return false;
    }
    return search == null || contains(policy.pattern()) || contains(policy.comments());
  }

  private boolean contains(@Nullable String text) {
    return search != null && text != null && text.toLowerCase(Locale.ROOT).contains(search);
  }
}
