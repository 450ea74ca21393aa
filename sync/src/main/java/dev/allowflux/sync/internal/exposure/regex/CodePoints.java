package dev.allowflux.sync.internal.exposure.regex;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** An immutable set of code points, kept as sorted ranges that neither touch nor overlap. */
public final class CodePoints {
  public static final CodePoints NONE = new CodePoints(new int[0]);
  public static final CodePoints ALL = range(0, Character.MAX_CODE_POINT);

  /** The sets of which expressions mostly consist. */
  private static final CodePoints[] SINGLE = new CodePoints[128];

  private static final CodePoints[] IN_BOTH_CASES = new CodePoints[128];

  static {
    Arrays.setAll(SINGLE, c -> range(c, c));
    Arrays.setAll(
        IN_BOTH_CASES,
        c -> SINGLE[Character.toUpperCase(c)].union(SINGLE[Character.toLowerCase(c)]));
  }

  /** Lower and upper end of each range, both inclusive. */
  private final int[] ends;

  private final long asciiLow;
  private final long asciiHigh;

  private CodePoints(int[] ends) {
    this.ends = ends;
    long low = 0;
    long high = 0;
    for (int i = 0; i < ends.length && ends[i] < 128; i += 2) {
      for (int c = ends[i]; c <= Math.min(ends[i + 1], 127); c++) {
        if (c < 64) {
          low |= 1L << c;
        } else {
          high |= 1L << (c - 64);
        }
      }
    }
    asciiLow = low;
    asciiHigh = high;
  }

  public static CodePoints single(int codePoint) {
    return codePoint < 128 ? SINGLE[codePoint] : range(codePoint, codePoint);
  }

  /** Returns a character of ASCII and, if it is a letter, its other case. */
  static CodePoints inBothCases(int ascii) {
    return IN_BOTH_CASES[ascii];
  }

  public static CodePoints range(int first, int last) {
    return new CodePoints(new int[] {first, last});
  }

  public static CodePoints of(String members) {
    return ofSorted(members.codePoints().sorted().toArray());
  }

  public static CodePoints ofSorted(int[] members) {
    Ranges ranges = new Ranges(2 * members.length);
    for (int member : members) {
      ranges.add(member, member);
    }
    return ranges.build();
  }

  /** Returns the code points that the predicate accepts; asks it for each one. */
  static CodePoints where(IntPredicate predicate) {
    Ranges ranges = new Ranges(64);
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (predicate.test(c)) {
        ranges.add(c, c);
      }
    }
    return ranges.build();
  }

  public boolean contains(int codePoint) {
    if (codePoint < 64) {
      return (asciiLow >>> codePoint & 1) != 0;
    }
    if (codePoint < 128) {
      return (asciiHigh >>> (codePoint - 64) & 1) != 0;
    }
    return ceiling(codePoint) == codePoint;
  }

  /** Returns the smallest member that is not below {@code codePoint}, or -1. */
  public int ceiling(int codePoint) {
    int low = 0;
    int high = ends.length / 2;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ends[2 * middle + 1] < codePoint) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return 2 * low == ends.length ? -1 : Math.max(codePoint, ends[2 * low]);
  }

  public boolean isEmpty() {
    return ends.length == 0;
  }

  private boolean isSingle() {
    return ends.length == 2 && ends[0] == ends[1];
  }

  /** Returns the number of members. */
  public int count() {
    int count = 0;
    for (int i = 0; i < ends.length; i += 2) {
      count += ends[i + 1] - ends[i] + 1;
    }
    return count;
  }

  public CodePoints union(CodePoints other) {
    if (isEmpty()) {
      return other;
    }
    if (other.isEmpty()) {
      return this;
    }
    Ranges ranges = new Ranges(ends.length + other.ends.length);
    int i = 0;
    int j = 0;
    while (i < ends.length || j < other.ends.length) {
      if (j == other.ends.length || (i < ends.length && ends[i] <= other.ends[j])) {
        ranges.add(ends[i], ends[i + 1]);
        i += 2;
      } else {
        ranges.add(other.ends[j], other.ends[j + 1]);
        j += 2;
      }
    }
    return ranges.build();
  }

  public CodePoints intersection(CodePoints other) {
    if (isSingle()) {
      return other.contains(ends[0]) ? this : NONE;
    }
    if (other.isSingle()) {
      return contains(other.ends[0]) ? other : NONE;
    }
    Ranges ranges = new Ranges(Math.max(ends.length, other.ends.length));
    int i = 0;
    int j = 0;
    while (i < ends.length && j < other.ends.length) {
      int first = Math.max(ends[i], other.ends[j]);
      int last = Math.min(ends[i + 1], other.ends[j + 1]);
      if (first <= last) {
        ranges.add(first, last);
      }
      if (ends[i + 1] < other.ends[j + 1]) {
        i += 2;
      } else {
        j += 2;
      }
    }
    return ranges.build();
  }

  public CodePoints complement() {
    Ranges ranges = new Ranges(ends.length + 2);
    int next = 0;
    for (int i = 0; i < ends.length; i += 2) {
      if (ends[i] > next) {
        ranges.add(next, ends[i] - 1);
      }
      next = ends[i + 1] + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      ranges.add(next, Character.MAX_CODE_POINT);
    }
    return ranges.build();
  }

  public CodePoints minus(CodePoints other) {
    return intersection(other.complement());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodePoints points && Arrays.equals(ends, points.ends);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ends);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < ends.length; i += 2) {
      text.append(Integer.toHexString(ends[i]))
          .append('-')
          .append(Integer.toHexString(ends[i + 1]))
          .append(' ');
    }
    return text.append(']').toString();
  }

  /** Takes ranges in the order of their lower ends and joins those that touch or overlap. */
  private static final class Ranges {
    private int[] ends;
    private int size;

    Ranges(int capacity) {
      ends = new int[Math.max(2, capacity)];
    }

    void add(int first, int last) {
      if (size > 0 && first <= ends[size - 1] + 1) {
        ends[size - 1] = Math.max(ends[size - 1], last);
        return;
      }
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, 2 * size);
      }
      ends[size++] = first;
      ends[size++] = last;
    }

    CodePoints build() {
      return size == 0 ? NONE : new CodePoints(Arrays.copyOf(ends, size));
    }
  }
}
