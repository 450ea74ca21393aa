package dev.allowflux.sync.internal.exposure.regex;

import java.util.Arrays;

/**
 * The place in an expression that is read next, with Java's way of skipping white space and
 * comments under {@code (?x)}.
 *
 * <p>What is quoted by {@code \Q…\E} is turned into escapes beforehand, as Java does it, so that
 * letters in quotes can still become flags or names where Java lets them.
 */
final class RegexCursor {
  static final int IGNORE_CASE = 1;
  static final int UNICODE_CASE = 2;
  static final int UNICODE_CLASS = 4;
  static final int COMMENTS = 8;
  static final int DOT_ALL = 16;
  static final int MULTI_LINE = 32;
  static final int UNIX_LINES = 64;

  /** Ends with two zeros that do not belong to the expression. */
  private final int[] text;

  private final int length;
  private int position;
  private int flags;

  RegexCursor(String regex) {
    int[] characters = new int[regex.length() + 2];
    int count = 0;
    for (int i = 0; i < regex.length(); i += Character.charCount(characters[count++])) {
      characters[count] = regex.codePointAt(i);
    }
    if (regex.contains("\\Q")) {
      characters = unquote(Arrays.copyOf(characters, count));
      count = characters.length;
    }
    length = count;
    text = characters.length == count + 2 ? characters : Arrays.copyOf(characters, count + 2);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  int flags() {
    return flags;
  }

  void setFlags(int flags) {
    this.flags = flags;
  }

  boolean atEnd() {
    return position >= length;
  }

  /** Whether more was read than the expression has. */
  boolean isPastEnd() {
    return position > length;
  }

  int position() {
    return position;
  }

  void moveTo(int position) {
    this.position = position;
  }

  /** Returns the next character and stays in front of it. */
  int peek() {
    skipComments();
    return charAt(position);
  }

  /** Returns the next character and moves behind it. */
  int read() {
    skipComments();
    return charAt(position++);
  }

  /** Moves over one character and returns the one behind it. */
  int next() {
    position++;
    return peek();
  }

  /** Moves over one character and returns the one behind it, be it white space or not. */
  int nextRaw() {
    return charAt(++position);
  }

  /** Returns the character behind the next one, be it white space or not, and moves behind it. */
  int skip() {
    position += 2;
    return charAt(position - 1);
  }

  /** Returns the character {@code distance} behind the next one, be it white space or not. */
  int rawAt(int distance) {
    return charAt(position + distance);
  }

  void unread() {
    position--;
  }

  String substring(int start, int end) {
    return new String(text, start, end - start);
  }

  UndecidableRegexException error(String message) {
    return new UndecidableRegexException(
        "it is no Java regular expression: " + message + " near character " + (position + 1));
  }

  private int charAt(int index) {
    if (index < 0 || index > length + 1) {
      throw error("it ends too early");
    }
    return text[index];
  }

  private void skipComments() {
    if (!has(COMMENTS)) {
      return;
    }
    while (isSpace(charAt(position)) || charAt(position) == '#') {
      if (charAt(position) == '#') {
        while (charAt(position) != 0 && !isLineEnd(charAt(position))) {
          position++;
        }
        if (!isSpace(charAt(position))) {
          return;
        }
      }
      position++;
    }
  }

  private boolean isLineEnd(int c) {
    return c == '\n'
        || (!has(UNIX_LINES) && (c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029));
  }

  private static boolean isSpace(int c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private static int[] unquote(int[] regex) {
    int[] result = new int[3 * regex.length + 2];
    int size = 0;
    boolean quoted = false;
    boolean first = false;
    for (int i = 0; i < regex.length; i++) {
      int c = regex[i];
      int behind = i + 1 < regex.length ? regex[i + 1] : -1;
      if (c == '\\' && behind == (quoted ? 'E' : 'Q')) {
        quoted = !quoted;
        first = quoted;
        i++;
        continue;
      }
      if (quoted && first && c >= '0' && c <= '9') {
        // A number must not go on in front of the quote.
        result[size++] = '\\';
        result[size++] = 'x';
        result[size++] = '3';
      } else if (quoted && isAsciiSymbol(c)) {
        result[size++] = '\\';
      }
      result[size++] = c;
      if (c == '\\' && !quoted && behind >= 0) {
        result[size++] = behind;
        i++;
      }
      first = false;
    }
    return Arrays.copyOf(result, size);
  }

  private static boolean isAsciiSymbol(int c) {
    return c < 128 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z');
  }
}
