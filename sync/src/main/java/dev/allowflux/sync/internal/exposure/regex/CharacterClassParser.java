package dev.allowflux.sync.internal.exposure.regex;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads what stands for one character of a set: escapes, properties and classes in brackets. */
final class CharacterClassParser {
  private static final int MAX_DEPTH = 100;
  private static final int BELL = 7;
  private static final int VERTICAL_TAB = 11;
  private static final int ESCAPE = 27;

  private final RegexCursor in;
  private int depth;

  CharacterClassParser(RegexCursor in) {
    this.in = in;
  }

  /** Reads a class, from its opening bracket to behind the closing one. */
  CodePoints bracketed() {
    return clazz(true).get();
  }

  /**
   * Reads a class, or what stands behind {@code &&} in one.
   *
   * <p>The sets are put together only when the whole class was read: Java collects single
   * characters in one set, to which those behind an intersection still add.
   *
   * @param closes whether the closing bracket belongs to this class
   */
  private Supplier<CodePoints> clazz(boolean closes) {
    if (++depth > MAX_DEPTH) {
      throw new UndecidableRegexException("its classes are nested too deeply");
    }
    ClassParts parts = new ClassParts();
    int c = in.next();
    boolean negated = c == '^' && in.rawAt(-1) == '[';
    if (negated) {
      c = in.next();
    }
    while (true) {
      if (c == '[') {
        parts.add(clazz(true));
      } else if (c == '&' && isIntersection()) {
        intersect(parts);
      } else if (c == ']' && !parts.isEmpty()) {
        if (closes) {
          in.next();
        }
        depth--;
        Supplier<CodePoints> all = parts.all();
        return negated ? () -> all.get().complement() : all;
      } else if (c == 0 && in.atEnd()) {
        throw in.error("unclosed character class");
      } else {
        addRange(parts);
      }
      c = in.peek();
    }
  }

  /** Looks for a second {@code &} and moves behind both; stays if there is none. */
  private boolean isIntersection() {
    if (in.next() == '&') {
      in.next();
      return true;
    }
    in.unread();
    return false;
  }

  private void intersect(ClassParts parts) {
    Supplier<CodePoints> right = null;
    for (int c = in.peek(); c != ']' && c != '&'; c = in.peek()) {
      if (c == 0 && in.atEnd()) {
        throw in.error("unclosed character class");
      }
      if (c != '[') {
        in.unread();
      }
      Supplier<CodePoints> more = clazz(c == '[');
      Supplier<CodePoints> before = right;
      right = before == null ? more : () -> before.get().union(more.get());
    }
    if (!parts.intersect(right)) {
      throw in.error("bad intersection in a character class");
    }
  }

  private void addRange(ClassParts parts) {
    int first;
    if (in.peek() == '\\') {
      int kind = in.nextRaw();
      if (kind == 'p' || kind == 'P') {
        CodePoints set = property();
        parts.add(() -> set);
        return;
      }
      boolean startsRange = in.rawAt(1) == '-';
      in.unread();
      CodePoints set = startsRange && kind == 'v' ? null : escapedSet();
      if (set != null) {
        parts.add(() -> set);
        return;
      }
      first = escapedCharacter(true);
    } else {
      first = in.peek();
      in.next();
    }
    if (in.peek() != '-' || in.rawAt(1) == '[' || in.rawAt(1) == ']') {
      CodePoints set = single(first);
      if (isShared(first)) {
        parts.addSingle(set);
      } else {
        parts.add(() -> set);
      }
      return;
    }
    int last = in.next();
    if (last == '\\') {
      last = escapedCharacter(true);
    } else {
      in.next();
    }
    if (last < first) {
      throw in.error("a range that runs backwards");
    }
    CodePoints range = withOtherCases(CodePoints.range(first, last), first, last);
    parts.add(() -> range);
  }

  /** Whether Java keeps the character in the one set that a class has for single characters. */
  private boolean isShared(int c) {
    boolean anyCase = in.has(RegexCursor.IGNORE_CASE) && in.has(RegexCursor.UNICODE_CASE);
    return c < 256 && !(anyCase && "\u00ff\u00b5IiSsKk\u00c5\u00e5".indexOf(c) >= 0);
  }

  /** Returns the set of a character outside of classes, with its other cases if case is ignored. */
  CodePoints literal(int c) {
    CodePoints set = single(c);
    return in.has(RegexCursor.IGNORE_CASE) && in.has(RegexCursor.UNICODE_CASE)
        ? set.union(OtherCases.withLower(Character.toLowerCase(Character.toUpperCase(c))))
        : set;
  }

  private CodePoints single(int c) {
    CodePoints set = CodePoints.single(c);
    if (!in.has(RegexCursor.IGNORE_CASE)) {
      return set;
    }
    if (in.has(RegexCursor.UNICODE_CASE)) {
      int upper = Character.toUpperCase(c);
      int lower = Character.toLowerCase(upper);
      return upper == lower
          ? set
          : set.union(CodePoints.single(lower)).union(OtherCases.withLower(lower));
    }
    return c < 128 ? CodePoints.inBothCases(c) : set;
  }

  private CodePoints withOtherCases(CodePoints range, int first, int last) {
    if (!in.has(RegexCursor.IGNORE_CASE)) {
      return range;
    }
    if (in.has(RegexCursor.UNICODE_CASE)) {
      return range.union(OtherCases.within(first, last));
    }
    CodePoints result = range;
    for (int c = 'A'; c <= 'Z'; c++) {
      if (range.contains(c) || range.contains(c + 32)) {
        result = result.union(CodePoints.inBothCases(c));
      }
    }
    return result;
  }

  /** Reads a property, from the {@code p} or {@code P} of its escape on. */
  CodePoints property() {
    boolean negated = in.rawAt(0) == 'P';
    String name;
    if (in.next() == '{') {
      in.next();
      int start = in.position();
      while (in.rawAt(0) != '}') {
        if (in.atEnd()) {
          throw in.error("unclosed property");
        }
        in.moveTo(in.position() + 1);
      }
      name = in.substring(start, in.position());
      in.moveTo(in.position() + 1);
    } else {
      name = Character.toString(in.read());
    }
    boolean ignoreCase = in.has(RegexCursor.IGNORE_CASE);
    CodePoints set = null;
    if (name.length() <= 100) {
      set = CharacterProperties.named(name, ignoreCase, in.has(RegexCursor.UNICODE_CLASS));
    }
    if (set == null) {
      throw in.error("unknown property of characters");
    }
    return negated ? set.complement() : set;
  }

  /** Reads an escape that stands for a set; returns null, and stays, if it does not. */
  @Nullable CodePoints escapedSet() {
    CodePoints set =
        switch (in.rawAt(1)) {
          case 'd' -> digitSpaceOrWord('d', CharacterProperties.ASCII_DIGIT);
          case 'D' -> digitSpaceOrWord('d', CharacterProperties.ASCII_DIGIT).complement();
          case 's' -> digitSpaceOrWord('s', CharacterProperties.ASCII_SPACE);
          case 'S' -> digitSpaceOrWord('s', CharacterProperties.ASCII_SPACE).complement();
          case 'w' -> digitSpaceOrWord('w', CharacterProperties.ASCII_WORD);
          case 'W' -> digitSpaceOrWord('w', CharacterProperties.ASCII_WORD).complement();
          case 'h' -> CharacterProperties.HORIZONTAL_SPACE;
          case 'H' -> CharacterProperties.HORIZONTAL_SPACE.complement();
          case 'v' -> CharacterProperties.VERTICAL_SPACE;
          case 'V' -> CharacterProperties.VERTICAL_SPACE.complement();
          default -> null;
        };
    if (set != null) {
      in.skip();
    }
    return set;
  }

  private CodePoints digitSpaceOrWord(char kind, CodePoints ascii) {
    return in.has(RegexCursor.UNICODE_CLASS) ? CharacterProperties.unicode(kind) : ascii;
  }

  /** Reads an escape that stands for one character, from its backslash on. */
  int escapedCharacter(boolean inClass) {
    int c = in.skip();
    return switch (c) {
      case '0' -> octal();
      case 'x' -> hex();
      case 'u' -> utf16();
      case 'c' -> control();
      case 'N' -> named();
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 'f' -> '\f';
      case 'a' -> BELL;
      case 'e' -> ESCAPE;
      default -> {
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == 'v' && inClass) {
          yield VERTICAL_TAB;
        }
        if (letter || (c >= '1' && c <= '9') || in.isPastEnd()) {
          throw in.error("unknown escape");
        }
        yield c;
      }
    };
  }

  private int control() {
    if (in.atEnd()) {
      throw in.error("bad control escape");
    }
    return in.read() ^ 64;
  }

  private int octal() {
    int first = in.read();
    if (!isOctal(first)) {
      throw in.error("bad octal escape");
    }
    int value = first - '0';
    int second = in.read();
    if (!isOctal(second)) {
      in.unread();
      return value;
    }
    value = 8 * value + second - '0';
    int third = in.read();
    if (!isOctal(third) || first > '3') {
      in.unread();
      return value;
    }
    return 8 * value + third - '0';
  }

  private static boolean isOctal(int c) {
    return c >= '0' && c <= '7';
  }

  private int hex() {
    int c = in.read();
    if (c != '{') {
      return 16 * hexDigit(c) + hexDigit(in.read());
    }
    int value = hexDigit(in.read());
    for (c = in.read(); c != '}'; c = in.read()) {
      value = 16 * value + hexDigit(c);
      if (value > Character.MAX_CODE_POINT) {
        throw in.error("bad hexadecimal escape");
      }
    }
    return value;
  }

  private int utf16() {
    int unit = fourHexDigits();
    int behind = in.position();
    if (Character.isHighSurrogate((char) unit) && in.read() == '\\' && in.read() == 'u') {
      int low = fourHexDigits();
      if (Character.isLowSurrogate((char) low)) {
        return Character.toCodePoint((char) unit, (char) low);
      }
    }
    in.moveTo(behind);
    return unit;
  }

  private int fourHexDigits() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value = 16 * value + hexDigit(in.read());
    }
    return value;
  }

  private int hexDigit(int c) {
    int digit = c < 128 ? Character.digit(c, 16) : -1;
    if (digit < 0) {
      throw in.error("bad hexadecimal escape");
    }
    return digit;
  }

  private int named() {
    if (in.read() != '{') {
      throw in.error("bad name of a character");
    }
    int start = in.position();
    while (in.read() != '}') {
      if (in.atEnd()) {
        throw in.error("unclosed name of a character");
      }
    }
    try {
      return Character.codePointOf(in.substring(start, in.position() - 1));
    } catch (IllegalArgumentException e) {
      throw in.error("unknown name of a character");
    }
  }
}
