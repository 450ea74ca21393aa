package dev.allowflux.internal.pattern;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.Scripts;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import org.jspecify.annotations.Nullable;

/**
 * A label of a domain name with other letters than ASCII: RFC 5892 (which characters), RFC 5893
 * (directions), and on top of them no mixture of scripts. Joiners, which RFC 5892 allows within
 * some scripts, are refused with all other invisible characters. Capital letters are accepted; the
 * rest of a label must be as registries write it.
 */
final class UnicodeLabel {
  private static final String PREFIX = "xn--";

  private UnicodeLabel() {}

  static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Returns the A-label of a label in lower case, or null if it has none. */
  static @Nullable String toAscii(String label) {
    if (flaw(label, true) != null) {
      return null;
    }
    String code = Punycode.encode(label);
    return code == null || code.length() > DomainName.MAX_LABEL - PREFIX.length()
        ? null
        : PREFIX + code;
  }

  static boolean isALabel(String label) {
    return label.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
  }

  /** Returns what an A-label stands for, or null if it is not exactly the A-label of that. */
  static @Nullable String fromAscii(String label) {
    String text = Punycode.decode(label.substring(PREFIX.length()));
    if (text == null || isAscii(text)) {
      return null;
    }
    String again = Punycode.encode(NormalForm.lowerCase(text));
    return (PREFIX + again).equalsIgnoreCase(label) ? text : null;
  }

  static @Nullable Flaw flaw(String label, boolean allowMixture) {
    for (int i = 0; i < label.length(); ) {
      int c = label.codePointAt(i);
      Flaw flaw = characterFlaw(label, i, c);
      if (flaw != null) {
        return flaw;
      }
      i += Character.charCount(c);
    }
    if (isMark(label.codePointAt(0))) {
      return Flaw.at(0, "a label begins with a mark that needs a letter before it");
    }
    if (!Normalizer.isNormalized(label, Form.NFC)) {
      return Flaw.of("its letters are not composed (NFC)");
    }
    int mixture = allowMixture ? -1 : Scripts.mixture(label);
    return mixture >= 0 ? mixture(mixture) : directionFlaw(label);
  }

  static Flaw mixture(int index) {
    return new Flaw(
        "it mixes letters of different scripts in one word",
        index,
        "write the letter that is meant, or allow mixed scripts if they are meant");
  }

  private static @Nullable Flaw characterFlaw(String label, int i, int c) {
    if (c < 0x80) {
      return DomainName.isLetterDigitHyphen(c) ? null : DomainName.badCharacter(i);
    }
    int lower = c == 'İ' ? 'i' : Character.toLowerCase(c);
    if (!Normalizer.isNormalized(Character.toString(lower), Form.NFKC)) {
      return Flaw.at(i, "it has a variant of another character");
    }
    boolean allowed =
        switch (Character.getType(lower)) {
          case Character.LOWERCASE_LETTER,
              Character.OTHER_LETTER,
              Character.MODIFIER_LETTER,
              Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.DECIMAL_DIGIT_NUMBER ->
              CodePoints.isVisible(lower) && !isDisallowed(lower);
          default -> isAllowedHere(label, i, lower);
        };
    return allowed ? null : DomainName.badCharacter(i);
  }

  /** RFC 5892, 2.6 and 2.9: letters and marks that are not allowed all the same. */
  private static boolean isDisallowed(int c) {
    return switch (c) {
      case 0x0640, 0x07fa, 0x302e, 0x302f, 0x303b -> true;
      default ->
          (c >= 0x3031 && c <= 0x3035)
              || (c >= 0x1100 && c <= 0x11ff)
              || (c >= 0xa960 && c <= 0xa97f)
              || (c >= 0xd7b0 && c <= 0xd7ff);
    };
  }

  /** RFC 5892, 2.6 and appendix A: other characters that are allowed, some beside others only. */
  private static boolean isAllowedHere(String label, int i, int c) {
    return switch (c) {
      case 0x06fd, 0x06fe, 0x0f0b, 0x3007 -> true;
      case 0x00b7 ->
          i > 0
              && i + 1 < label.length()
              && label.charAt(i - 1) == 'l'
              && label.charAt(i + 1) == 'l';
      case 0x0375 ->
          i + 1 < label.length()
              && UnicodeScript.of(label.codePointAt(i + 1)) == UnicodeScript.GREEK;
      case 0x05f3, 0x05f4 ->
          i > 0 && UnicodeScript.of(label.codePointBefore(i)) == UnicodeScript.HEBREW;
      case 0x30fb -> label.codePoints().anyMatch(UnicodeLabel::isJapanese);
      default -> false;
    };
  }

  private static boolean isJapanese(int c) {
    return switch (UnicodeScript.of(c)) {
      case HIRAGANA, KATAKANA, HAN -> true;
      default -> false;
    };
  }

  static boolean isMark(int c) {
    return CodePoints.isStackingMark(c) || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }

  /** RFC 5893, section 2. */
  private static @Nullable Flaw directionFlaw(String label) {
    boolean rightToLeft = isRightToLeft(Character.getDirectionality(label.codePointAt(0)));
    boolean european = false;
    boolean arabic = false;
    byte end = Character.DIRECTIONALITY_OTHER_NEUTRALS;
    for (int i = 0; i < label.length(); ) {
      int c = label.codePointAt(i);
      byte direction = Character.getDirectionality(c);
      boolean leftToRight = direction == Character.DIRECTIONALITY_LEFT_TO_RIGHT;
      european |= direction == Character.DIRECTIONALITY_EUROPEAN_NUMBER;
      arabic |= direction == Character.DIRECTIONALITY_ARABIC_NUMBER;
      boolean wrong =
          rightToLeft ? leftToRight || (european && arabic) : isRightToLeft(direction) || arabic;
      if (wrong) {
        return Flaw.at(i, "a label runs from left to right and from right to left");
      }
      end = direction == Character.DIRECTIONALITY_NONSPACING_MARK ? end : direction;
      i += Character.charCount(c);
    }
    boolean endsWell =
        end == Character.DIRECTIONALITY_EUROPEAN_NUMBER
            || (rightToLeft
                ? isRightToLeft(end) || end == Character.DIRECTIONALITY_ARABIC_NUMBER
                : end == Character.DIRECTIONALITY_LEFT_TO_RIGHT);
    return endsWell ? null : Flaw.of("a label ends in a character that has no direction");
  }

  private static boolean isRightToLeft(byte direction) {
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
