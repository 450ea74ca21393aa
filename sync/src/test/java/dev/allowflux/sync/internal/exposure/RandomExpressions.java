package dev.allowflux.sync.internal.exposure;

import java.util.List;
import java.util.Random;

/** Writes expressions in Java's syntax, most of them well-formed. */
final class RandomExpressions {
  private static final List<String> PLAIN =
      List.of("a", "b", "c", "@", "\\.", ".", "-", "1", "x", "com", "boats", "\\@", "gmail");
  private static final List<String> SETS =
      List.of(
          "[ab]",
          "[^a]",
          "[a-c]",
          "[^@.]",
          "[a-c&&[^b]]",
          "[ab&&b]",
          "[^a&&b]",
          "[a[b1]]",
          "[a&&[ab]&x]",
          "[a&&[b]&x]",
          "[ab&&[^b]1]",
          "[&&a]",
          "[a&b]",
          "[]a]",
          "[a-]",
          "[-a]",
          "[a^]",
          "[.@]",
          "[\\d-x]",
          "[a&&b&&c]",
          "[a-z&&[^b]&&[^c]]",
          "\\d",
          "\\D",
          "\\w",
          "\\W",
          "\\s",
          "\\S",
          "\\h",
          "\\H",
          "\\v",
          "\\V",
          "[\\w-]",
          "[^\\w]",
          "[\\D&&\\S]",
          "\\p{L}",
          "\\P{L}",
          "\\pL",
          "\\p{Lower}",
          "\\p{Punct}",
          "\\p{IsAlphabetic}",
          "\\p{IsCyrillic}",
          "\\p{InBasicLatin}",
          "\\p{sc=Latin}",
          "\\p{javaLowerCase}",
          "[\\p{L}&&[^a]]",
          "[^\\p{L}]");
  private static final List<String> ANCHORS =
      List.of("^", "$", "^", "$", "\\b", "\\B", "\\A", "\\z");
  private static final List<String> ODD =
      List.of(
          "A",
          "B",
          "K",
          "\\x61",
          "\\x{62}",
          "\\u0061",
          "\\u0416",
          "\\0141",
          "\\cA",
          "\\t",
          "\\N{LATIN SMALL LETTER A}",
          "\u00e9",
          "\u0416",
          "\u0436",
          "\u212a",
          "\u017f",
          "\u00df",
          "\\Qa.b\\E",
          "\\Q1\\E",
          "\\x6\\Q1\\E",
          "[\\Q^a\\E]",
          "[A-C]",
          "[^A]",
          "[\u0436-\u0439]",
          "[^k\u0436]",
          "[^\u00df]",
          "\\p{Lu}",
          "\\P{Lu}",
          "\\p{Upper}",
          "[^\\p{Upper}]",
          "\\R",
          "\\X",
          "\\b",
          "\\B",
          "\\G",
          "\\Z",
          "\\b{g}",
          "#",
          " ",
          "}",
          "]",
          "{0}",
          "a{1}{2}");
  private static final List<String> FLAGS =
      List.of("i", "iu", "x", "s", "m", "U", "iU", "d", "-i", "i-x", "u", "xi", "-U", "-x");
  private static final List<String> QUANTIFIERS =
      List.of("?", "*", "+", "{2}", "{0,2}", "{1,3}", "{2,}", "{0}");

  private final Random random;
  private final boolean odd;

  /**
   * Writes expressions.
   *
   * @param odd whether flags, cases, quotes, possessive quantifiers and atomic groups may come
   */
  RandomExpressions(Random random, boolean odd) {
    this.random = random;
    this.odd = odd;
  }

  String next() {
    return choice(3);
  }

  private String choice(int depth) {
    StringBuilder text = new StringBuilder(sequence(depth));
    while (random.nextInt(4) == 0) {
      text.append('|').append(random.nextInt(8) == 0 ? "" : sequence(depth));
    }
    return text.toString();
  }

  private String sequence(int depth) {
    StringBuilder text = new StringBuilder();
    for (int parts = 1 + random.nextInt(4); parts > 0; parts--) {
      text.append(atom(depth));
      if (random.nextInt(3) == 0) {
        text.append(one(QUANTIFIERS));
        int kind = random.nextInt(6);
        text.append(kind == 0 ? "?" : kind == 1 && odd ? "+" : "");
      }
    }
    return text.toString();
  }

  private String atom(int depth) {
    int kind = random.nextInt(odd ? 12 : 9);
    if (kind < 4) {
      return one(PLAIN);
    }
    if (kind < 6) {
      return one(SETS);
    }
    if (kind == 6) {
      return one(ANCHORS);
    }
    if (kind < 9) {
      return depth == 0 ? one(PLAIN) : '(' + one(groups()) + choice(depth - 1) + ')';
    }
    if (kind == 9) {
      return "(?" + one(FLAGS) + ')';
    }
    if (kind == 10 && depth > 0) {
      return "(?" + one(FLAGS) + ':' + choice(depth - 1) + ')';
    }
    return one(ODD);
  }

  private List<String> groups() {
    return odd ? List.of("", "?:", "?>", "?<n" + random.nextInt(1 << 20) + ">") : List.of("", "?:");
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }
}
