package dev.allowflux.sync.internal.exposure.regex;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a character class while it is read, put together the way Java does.
 *
 * <p>Single characters below 256 share one set for the whole class. An intersection takes that set
 * as its left side, and single characters behind it still add to that same set.
 */
final class ClassParts {
  private CodePoints singles = CodePoints.NONE;

  /** Whether there are single characters that the parts below do not have yet. */
  private boolean singlesPending;

  private @Nullable Supplier<CodePoints> parts;

  /** The part that was read last, which an intersection without a right side repeats. */
  private @Nullable Supplier<CodePoints> last;

  boolean isEmpty() {
    return parts == null && !singlesPending;
  }

  void add(Supplier<CodePoints> part) {
    last = part;
    parts = union(parts, part);
  }

  /** Adds a character to those that share one set. */
  void addSingle(CodePoints withOtherCases) {
    singles = singles.union(withOtherCases);
    singlesPending = true;
    last = null;
  }

  /** Intersects all parts with the right side; returns false if there is nothing to intersect. */
  boolean intersect(@Nullable Supplier<CodePoints> right) {
    if (singlesPending) {
      Supplier<CodePoints> shared = () -> singles;
      if (parts == null) {
        last = shared;
      }
      parts = union(parts, shared);
      singlesPending = false;
    }
    if (right != null) {
      last = right;
    }
    Supplier<CodePoints> left = parts;
    if (left == null) {
      parts = right;
      return right != null;
    }
    Supplier<CodePoints> other = last;
    if (other == null) {
      return false;
    }
    parts = () -> left.get().intersection(other.get());
    return true;
  }

  Supplier<CodePoints> all() {
    Supplier<CodePoints> known = parts;
    if (known != null && !singlesPending) {
      return known;
    }
    return union(known, () -> singles);
  }

  private static Supplier<CodePoints> union(
      @Nullable Supplier<CodePoints> left, Supplier<CodePoints> right) {
    return left == null ? right : () -> left.get().union(right.get());
  }
}
