package dev.allowflux.internal.text;

/**
 * The one place that makes foreign text safe to show: text of a server, a file or a caller, in a
 * message, a log, a report or on a terminal.
 *
 * <ul>
 *   <li>{@link #line(String)} is for reading: one line of visible characters, whatever comes in.
 *   <li>{@link #marked(String)} is for judging: each character that misleads the eye is spelt out,
 *       so that texts that differ look different.
 * </ul>
 *
 * <p>Both return text that cannot steer a terminal, end the line, change the direction of what
 * follows, or draw over the lines around it.
 */
public final class SafeText {
  private static final char REPLACEMENT = '\ufffd';
  private static final char ELLIPSIS = '…';

  /** Unicode Technical Standard 39, 5.4: no writing needs more of them on one character. */
  private static final int MOST_MARKS = 4;

  private SafeText() {}

  /**
   * Returns the text as one line: each blank, tab or line's end is a space, and whatever else is
   * not visible is U+FFFD.
   */
  public static String line(String text) {
    return line(text, Integer.MAX_VALUE);
  }

  /**
   * Returns the text as one line of bounded length.
   *
   * @param text any text
   * @param maxLength 1 or more, in UTF-16 code units; a longer line ends in an ellipsis
   * @return at most so many code units, no pair of surrogates broken
   */
  public static String line(String text, int maxLength) {
    if (text.length() <= maxLength && isPlain(text)) {
      return text;
    }
    StringBuilder line = new StringBuilder(Math.min(text.length(), Math.min(maxLength, 1 << 16)));
    int marks = MOST_MARKS;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      marks = CodePoints.isStackingMark(c) ? marks + 1 : CodePoints.isBlank(c) ? MOST_MARKS : 0;
      boolean shown = CodePoints.isVisible(c) && marks <= MOST_MARKS;
      int safe = CodePoints.isBlank(c) ? ' ' : shown ? c : REPLACEMENT;
      if (line.length() + Character.charCount(safe) > maxLength) {
        return cut(line, maxLength);
      }
      line.appendCodePoint(safe);
    }
    return line.toString();
  }

  /**
   * Returns the text with each character spelt out, as {@code \}{@code u{202E}}, that a reader
   * would not see or would take for another:
   *
   * <ul>
   *   <li>what is not visible, and each blank other than a single space between words;
   *   <li>letters of a second script within a word, letters of scripts of which the text has
   *       nothing but look-alikes of Latin letters, and right-to-left letters within a word that
   *       also runs from left to right;
   *   <li>characters that look like ASCII and are not, marks that are not composed with their
   *       letter, and more marks than a letter can bear;
   *   <li>a backslash in front of {@code u} and a brace, so that the text can be told from its
   *       spelling.
   * </ul>
   *
   * <p>Everything else stays as it is, so that the writing of any language remains readable.
   * Different texts have different results.
   */
  public static String marked(String text) {
    return isAsciiWithoutMarks(text) ? text : new Marking(text).toString();
  }

  private static String cut(StringBuilder line, int maxLength) {
    line.setLength(Math.min(line.length(), maxLength - 1));
    int last = line.length() - 1;
    if (last >= 0 && Character.isHighSurrogate(line.charAt(last))) {
      line.setLength(last);
    }
    return line.append(ELLIPSIS).toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAsciiWithoutMarks(String text) {
    return isPlain(text)
        && !text.startsWith(" ")
        && !text.endsWith(" ")
        && !text.contains("  ")
        && !text.contains("\\u{");
  }

  static boolean isTooManyMarks(int marks) {
    return marks > MOST_MARKS;
  }
}
