package dev.allowflux.internal.text;

import java.util.Locale;

/** What a code point is to a person who reads it, by the Unicode tables of the running JDK. */
public final class CodePoints {
  private CodePoints() {}

  /**
   * Tells whether a reader sees what is there: false for controls, format characters (direction
   * marks, zero-width characters), line separators, halves of surrogate pairs, private-use and
   * unassigned code points, and the letters, marks and symbols that have no ink. Blanks of category
   * Zs are visible here; {@link #isBlank} tells them apart.
   */
  public static boolean isVisible(int codePoint) {
    if (codePoint < 0x7f) {
      return codePoint >= ' ';
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> !isWithoutInk(codePoint);
    };
  }

  /**
   * The JDK does not have Unicode's property Default_Ignorable_Code_Point; these are the assigned
   * code points that have it and another category than Format, and the empty Braille cell.
   */
  private static boolean isWithoutInk(int codePoint) {
    return switch (codePoint) {
      case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180f, 0x2800, 0x3164, 0xffa0 -> true;
      default ->
          (codePoint >= 0x180b && codePoint <= 0x180d)
              || (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
              || (codePoint >= 0xe0000 && codePoint <= 0xe0fff);
    };
  }

  /** Tells whether it is white space: any space, no-break ones too, tab, or a line's end. */
  public static boolean isBlank(int codePoint) {
    return codePoint <= ' '
        ? codePoint == ' ' || (codePoint >= '\t' && codePoint <= '\r')
        : codePoint >= 0x85 && (codePoint == 0x85 || Character.isSpaceChar(codePoint));
  }

  /** Tells whether it is drawn onto the character before it. */
  public static boolean isStackingMark(int codePoint) {
    int type = codePoint < 0x300 ? Character.OTHER_LETTER : Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  /** Returns {@code U+202E}. */
  public static String hex(int codePoint) {
    String digits = Integer.toHexString(codePoint).toUpperCase(Locale.ROOT);
    return "U+" + "0".repeat(Math.max(0, 4 - digits.length())) + digits;
  }

  /** Returns {@code U+202E RIGHT-TO-LEFT OVERRIDE}, or the number alone if there is no name. */
  public static String name(int codePoint) {
    int type = Character.getType(codePoint);
    boolean named =
        type != Character.UNASSIGNED
            && type != Character.SURROGATE
            && type != Character.PRIVATE_USE;
    // The name is null for what is unassigned alone, which was asked before.
    return named ? hex(codePoint) + ' ' + Character.getName(codePoint) : hex(codePoint);
  }

  /**
   * Tells whether the code unit at the index is half of a surrogate pair whose other half is not
   * there. Such text has no UTF-8 form.
   */
  public static boolean isUnpairedSurrogate(CharSequence text, int index) {
    char unit = text.charAt(index);
    if (!Character.isSurrogate(unit)) {
      return false;
    }
    return Character.isHighSurrogate(unit)
        ? index + 1 == text.length() || !Character.isLowSurrogate(text.charAt(index + 1))
        : index == 0 || !Character.isHighSurrogate(text.charAt(index - 1));
  }

  /** Returns the index of the first unpaired surrogate, or -1. */
  public static int unpairedSurrogate(CharSequence text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (isUnpairedSurrogate(text, i)) {
        return i;
      }
    }
    return -1;
  }
}
