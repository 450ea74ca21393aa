package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import java.util.Arrays;

/**
 * The characters that an address, a host name or an IP address can have, and the folding of
 * spellings of one name into one.
 *
 * <p>Control characters and line separators are left out: no such field has them. Letters are
 * folded to lower case, since a domain is the same in both and nobody knows whether the service
 * folds it before it compares. Full-width forms and the ideographic full stops are folded into what
 * a domain name means by them.
 */
final class FieldAlphabet {
  /**
   * Of sets with more members than this, only ASCII is folded, and full-width forms are left out:
   * so many different letters make many different domains anyway, and {@code \D} is no digit.
   */
  private static final int LITERAL_MEMBERS = 256;

  /** The first character behind ASCII that a field can have. */
  static final int BEYOND_ASCII = 0xA0;

  private static final int FULL_WIDTH_FIRST = 0xFF01;
  private static final int FULL_WIDTH_LAST = 0xFF5E;
  private static final int FULL_WIDTH_OFFSET = 0xFEE0;

  private static final CodePoints EXCLUDED =
      CodePoints.range(0, 0x1F)
          .union(CodePoints.range(0x7F, 0x9F))
          .union(CodePoints.range(0x2028, 0x2029))
          .union(CodePoints.range(Character.MIN_SURROGATE, Character.MAX_SURROGATE));

  private static final CodePoints UPPER = CodePoints.range('A', 'Z');
  private static final CodePoints FULL_WIDTH = CodePoints.range(FULL_WIDTH_FIRST, FULL_WIDTH_LAST);

  /** Every character that a field can have. */
  static final CodePoints ANY = EXCLUDED.complement();

  /** What parts the labels of a name. */
  static final CodePoints DOTS = CodePoints.of(".\u3002\uff0e\uff61");

  private FieldAlphabet() {}

  /** Returns the members of the set that a field can have. */
  static CodePoints restrict(CodePoints set) {
    return set.equals(CodePoints.ALL) ? ANY : set.intersection(ANY);
  }

  static int fold(int codePoint) {
    if (codePoint < 128) {
      return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
    }
    if (codePoint >= FULL_WIDTH_FIRST && codePoint <= FULL_WIDTH_LAST) {
      int ascii = codePoint - FULL_WIDTH_OFFSET;
      return isOfNames(ascii) ? fold(ascii) : codePoint;
    }
    if (codePoint == 0x3002 || codePoint == 0xFF61) {
      return '.';
    }
    return Character.toLowerCase(codePoint);
  }

  private static boolean isOfNames(int ascii) {
    return Character.isLetterOrDigit(ascii) || ascii == '.' || ascii == '-' || ascii == '_';
  }

  /** Tells whether the text has only characters of ASCII that stand for themselves. */
  static boolean isFolded(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 128 || (c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  static String fold(String text) {
    if (isFolded(text)) {
      return text;
    }
    return text.codePoints()
        .map(FieldAlphabet::fold)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Returns the folded members of the set. */
  static CodePoints fold(CodePoints set) {
    if (set.count() > LITERAL_MEMBERS) {
      return foldAscii(set.minus(FULL_WIDTH));
    }
    if (set.ceiling(128) < 0) {
      return foldAscii(set);
    }
    int[] folded = new int[set.count()];
    int count = 0;
    for (int c = set.ceiling(0); c >= 0; c = set.ceiling(c + 1)) {
      folded[count++] = fold(c);
    }
    Arrays.sort(folded);
    return CodePoints.ofSorted(folded);
  }

  private static CodePoints foldAscii(CodePoints set) {
    int first = set.ceiling('A');
    if (first < 0 || first > 'Z') {
      return set;
    }
    CodePoints lower = CodePoints.NONE;
    for (int c = first; c >= 0 && c <= 'Z'; c = set.ceiling(c + 1)) {
      lower = lower.union(CodePoints.single(c + 32));
    }
    return set.minus(UPPER).union(lower);
  }
}
