package dev.allowflux.internal.json;

import dev.allowflux.model.PolicyField;
import dev.allowflux.model.PolicyField.Access;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody meant when he wrote another one. */
public final class FieldNames {
  /** The API's names of the fields that callers can set. */
  public static final List<String> WRITABLE =
      Arrays.stream(PolicyField.values())
          .filter(field -> field.access() == Access.WRITABLE)
          .map(PolicyField::apiName)
          .toList();

  private static final int SLIPS = 2;

  private FieldNames() {}

  /**
   * Tells whether a name is so near that of a writable field that it is likely meant, such as
   * {@code verify_sendr}, {@code verifySender} or {@code trusted_sender}.
   */
  public static boolean resemblesWritable(String name) {
    return WRITABLE.stream().anyMatch(known -> slips(name, known) <= SLIPS);
  }

  /** Returns {@code unknown field verify_sendr; did you mean verify_sender?} or what can be. */
  public static String unknown(String name, Collection<String> known) {
    String nearest = nearest(name, known);
    return "unknown field "
        + name
        + (nearest == null
            ? "; there can be " + String.join(", ", known)
            : "; did you mean " + nearest + "?");
  }

  /** Returns the nearest of some names, or null if none is near. */
  static @Nullable String nearest(String name, Collection<String> known) {
    String nearest = null;
    int length = bare(name).length();
    int fewest = length < 2 * SLIPS ? SLIPS : Math.max(SLIPS, length / 3) + 1;
    for (String candidate : known) {
      int slips = slips(name, candidate);
      if (slips < fewest) {
        fewest = slips;
        nearest = candidate;
      }
    }
    return nearest;
  }

  private static int slips(String name, String known) {
    String a = bare(name);
    String b = bare(known);
    return a.length() > 2 * b.length() ? a.length() : distance(a, b);
  }

  /** Spelling that people do not agree on: case, separators, {@code is} in front. */
  private static String bare(String name) {
    return name.replaceAll("[\\s_.-]+", "").toLowerCase(Locale.ROOT).replaceFirst("^is", "");
  }

  /** How many letters are to be added, dropped, changed or swapped with the next one. */
  private static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
    }
    return row[b.length()];
  }
}
