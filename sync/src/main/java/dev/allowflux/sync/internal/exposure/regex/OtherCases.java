package dev.allowflux.sync.internal.exposure.regex;

import java.util.Arrays;

/** The letters that Java takes for one another under {@code (?iu)}. */
final class OtherCases {
  /** Behind this code point no letter has another case. */
  private static final int LAST_CASED = 0x1FFFF;

  private static final int[] CASED = cased();

  private OtherCases() {}

  /** Returns the letters whose lower case, by way of their upper case, is {@code lower}. */
  static CodePoints withLower(int lower) {
    return CodePoints.ofSorted(Arrays.stream(CASED).filter(c -> lower(c) == lower).toArray());
  }

  /** Returns the letters with another case between the two. */
  static CodePoints within(int first, int last) {
    return CodePoints.ofSorted(
        Arrays.stream(CASED)
            .filter(
                c -> {
                  int upper = Character.toUpperCase(c);
                  int lower = Character.toLowerCase(upper);
                  return (first <= upper && upper <= last) || (first <= lower && lower <= last);
                })
            .toArray());
  }

  private static int lower(int c) {
    return Character.toLowerCase(Character.toUpperCase(c));
  }

  private static int[] cased() {
    int[] all = new int[LAST_CASED];
    int count = 0;
    for (int c = 0; c < LAST_CASED; c++) {
      if (Character.toUpperCase(c) != c || lower(c) != c) {
        all[count++] = c;
      }
    }
    return Arrays.copyOf(all, count);
  }
}
