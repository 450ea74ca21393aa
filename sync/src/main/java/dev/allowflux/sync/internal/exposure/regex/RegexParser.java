package dev.allowflux.sync.internal.exposure.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses the syntax of java.util.regex.Pattern into its structure.
 *
 * <p>The parse may describe more than the expression matches, never less: possessive and atomic
 * groups are read as plain ones. Look-around, back references and what this parser does not know
 * end it with an {@link UndecidableRegexException}.
 */
public final class RegexParser {
  /** Deeper nesting is nobody's sender, and each level costs the parser some stack. */
  private static final int MAX_DEPTH = 100;

  private final RegexCursor in;
  private final CharacterClassParser classes;
  private int depth;

  private RegexParser(String regex) {
    in = new RegexCursor(regex);
    classes = new CharacterClassParser(in);
  }

  /**
   * Parses an expression.
   *
   * @param regex the expression
   * @return its structure
   * @throws UndecidableRegexException if it has what cannot be decided, or is no expression
   */
  public static RegexNode parse(String regex) {
    RegexParser parser = new RegexParser(regex);
    RegexNode root = parser.choice();
    if (parser.in.isPastEnd() || !parser.in.atEnd()) {
      throw parser.in.error("unmatched )");
    }
    return root;
  }

  private RegexNode choice() {
    if (++depth > MAX_DEPTH) {
      throw new UndecidableRegexException("its groups are nested too deeply");
    }
    List<RegexNode> branches = new ArrayList<>();
    branches.add(sequence());
    while (in.peek() == '|') {
      in.next();
      branches.add(sequence());
    }
    depth--;
    return branches.size() == 1 ? branches.get(0) : new RegexNode.Choice(branches);
  }

  private RegexNode sequence() {
    List<RegexNode> parts = new ArrayList<>();
    while (true) {
      int c = in.peek();
      if (c == '|' || c == ')' || (c == 0 && in.atEnd())) {
        return parts.size() == 1 ? parts.get(0) : new RegexNode.Sequence(parts);
      }
      RegexNode atom = c == '(' ? group() : atom(c);
      if (atom != null) {
        parts.add(repeated(atom));
      }
    }
  }

  private RegexNode atom(int c) {
    return switch (c) {
      case '[' -> oneOf(classes.bracketed());
      case '\\' -> escape();
      case '^' -> behindNext(RegexNode.Anchor.START);
      case '$' -> behindNext(RegexNode.Anchor.END);
      case '.' -> behindNext(new RegexNode.OneOf(CodePoints.ALL));
      case '?', '*', '+' -> throw in.error("nothing to repeat");
      // Java repeats the empty text here.
      case '{' -> RegexNode.EMPTY;
      default -> behindNext(oneOf(classes.literal(c)));
    };
  }

  private RegexNode behindNext(RegexNode node) {
    in.next();
    return node;
  }

  private RegexNode escape() {
    int c = in.nextRaw();
    if (c == 'p' || c == 'P') {
      return oneOf(classes.property());
    }
    in.unread();
    if ((c >= '1' && c <= '9') || c == 'k') {
      throw new UndecidableRegexException("it has a back reference");
    }
    return switch (c) {
      case 'A', 'G' -> behindEscape(RegexNode.Anchor.START);
      case 'z', 'Z' -> behindEscape(RegexNode.Anchor.END);
      case 'B' -> behindEscape(RegexNode.Anchor.NO_BOUNDARY);
      case 'b' -> {
        in.skip();
        yield skipGraphemeBoundary() ? RegexNode.EMPTY : RegexNode.Anchor.BOUNDARY;
      }
      // A line break, which no field has.
      case 'R' -> behindEscape(new RegexNode.OneOf(CodePoints.NONE));
      case 'X' ->
          behindEscape(
              new RegexNode.Repeat(new RegexNode.OneOf(CodePoints.ALL), 1, RegexNode.UNBOUNDED));
      default -> {
        CodePoints set = classes.escapedSet();
        yield oneOf(set == null ? classes.literal(classes.escapedCharacter(false)) : set);
      }
    };
  }

  private RegexNode behindEscape(RegexNode node) {
    in.skip();
    return node;
  }

  /** A boundary between what a reader takes for characters is taken to be anywhere. */
  private boolean skipGraphemeBoundary() {
    if (in.peek() != '{' || in.rawAt(1) != 'g') {
      return false;
    }
    in.skip();
    if (in.read() != '}') {
      throw in.error("unclosed \\b{g");
    }
    return true;
  }

  private static RegexNode oneOf(CodePoints set) {
    return new RegexNode.OneOf(set);
  }

  /** Reads a group; null if it only sets flags. */
  private @Nullable RegexNode group() {
    int outerFlags = in.flags();
    if (in.next() == '?' && isFlagsOnly()) {
      return null;
    }
    RegexNode body = choice();
    if (in.read() != ')') {
      throw in.error("unclosed group");
    }
    in.setFlags(outerFlags);
    return body;
  }

  /** Reads what stands behind the question mark; tells whether the group ends there. */
  private boolean isFlagsOnly() {
    switch (in.skip()) {
      case ':', '>' -> {
        return false;
      }
      case '=', '!' -> throw new UndecidableRegexException("it has look-around");
      case '<' -> {
        int c = in.read();
        if (c == '=' || c == '!') {
          throw new UndecidableRegexException("it has look-around");
        }
        groupName(c);
        return false;
      }
      default -> {
        in.unread();
        flags();
        int end = in.read();
        if (end != ')' && end != ':') {
          throw in.error("unknown kind of group");
        }
        return end == ')';
      }
    }
  }

  private void groupName(int first) {
    int c = first;
    if (!isAsciiLetter(c)) {
      throw in.error("bad name of a group");
    }
    while (isAsciiLetter(c) || (c >= '0' && c <= '9')) {
      c = in.read();
    }
    if (c != '>') {
      throw in.error("bad name of a group");
    }
  }

  private static boolean isAsciiLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private void flags() {
    boolean on = true;
    int c = in.peek();
    while (true) {
      int flag = flag(c);
      if (c == '-' && on) {
        on = false;
      } else if (flag == 0) {
        return;
      } else {
        in.setFlags(on ? in.flags() | flag : in.flags() & ~flag);
      }
      c = in.next();
    }
  }

  private static int flag(int c) {
    return switch (c) {
      case 'i' -> RegexCursor.IGNORE_CASE;
      case 'u' -> RegexCursor.UNICODE_CASE;
      case 'U' -> RegexCursor.UNICODE_CLASS | RegexCursor.UNICODE_CASE;
      case 'x' -> RegexCursor.COMMENTS;
      case 's' -> RegexCursor.DOT_ALL;
      case 'm' -> RegexCursor.MULTI_LINE;
      case 'd' -> RegexCursor.UNIX_LINES;
      case 'c' -> throw new UndecidableRegexException("it matches by canonical equivalence");
      default -> 0;
    };
  }

  /** Reads a quantifier, if there is one; whether it is lazy or possessive does not matter. */
  private RegexNode repeated(RegexNode body) {
    return switch (in.peek()) {
      case '?' -> quantified(body, 0, 1);
      case '*' -> quantified(body, 0, RegexNode.UNBOUNDED);
      case '+' -> quantified(body, 1, RegexNode.UNBOUNDED);
      case '{' -> counted(body);
      default -> body;
    };
  }

  private RegexNode quantified(RegexNode body, int min, int max) {
    int c = in.next();
    if (c == '?' || c == '+') {
      in.next();
    }
    return new RegexNode.Repeat(body, min, max);
  }

  private RegexNode counted(RegexNode body) {
    int c = in.skip();
    if (c < '0' || c > '9') {
      throw in.error("bad number of repetitions");
    }
    long min = 0;
    for (; c >= '0' && c <= '9'; c = in.read()) {
      min = number(min, c);
    }
    long max = min;
    if (c == ',') {
      c = in.read();
      max = c == '}' ? RegexNode.UNBOUNDED : 0;
      for (; c >= '0' && c <= '9'; c = in.read()) {
        max = number(max, c);
      }
    }
    if (c != '}' || max < min) {
      throw in.error("bad number of repetitions");
    }
    in.unread();
    return quantified(body, (int) min, (int) max);
  }

  private long number(long head, int digit) {
    long number = 10 * head + digit - '0';
    if (number >= RegexNode.UNBOUNDED) {
      throw in.error("bad number of repetitions");
    }
    return number;
  }
}
