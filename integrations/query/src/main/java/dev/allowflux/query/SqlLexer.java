package dev.allowflux.query;

import dev.allowflux.error.InputException;
import dev.allowflux.query.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Cuts a statement into tokens, of the few kinds that a query needs. What the database gets is
 * written anew from these tokens, so it cannot see a comment, a quote or the end of a statement in
 * another place than the checks did.
 */
final class SqlLexer {
  private static final int MOST_CHARACTERS = 100_000;

  /** The longest first. */
  private static final List<String> SYMBOLS =
      List.of(
          "<>", "!=", "<=", ">=", "||", "::", "(", ")", ",", ".", "*", "+", "-", "/", "%", "=", "<",
          ">", "[", "]");

  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]*");

  private final String sql;
  private final List<SqlToken> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;

  private SqlLexer(String sql) {
    this.sql = sql;
  }

  /**
   * Returns the tokens of one statement.
   *
   * @throws InputException if it holds something else, is empty, or is more than one
   */
  static List<SqlToken> tokens(String sql) {
    if (sql.length() > MOST_CHARACTERS) {
      throw refusal(0, 0, "a query has at most " + MOST_CHARACTERS + " characters");
    }
    SqlLexer lexer = new SqlLexer(sql);
    lexer.run();
    if (lexer.tokens.isEmpty()) {
      throw refusal(0, 0, "the query is empty");
    }
    return lexer.tokens;
  }

  static InputException refusal(int line, int column, String reason) {
    return new InputException(new InputException.Problem(null, line, column, reason));
  }

  private void run() {
    boolean ended = false;
    while (skipToToken()) {
      if (sql.charAt(at) == ';') {
        ended = true;
        at++;
      } else if (ended) {
        throw refusalHere("a query is one statement, and here a second one begins");
      } else {
        tokens.add(next());
      }
    }
  }

  /** Skips blanks and comments; tells whether there is more. */
  private boolean skipToToken() {
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\n') {
        at++;
        line++;
        lineStart = at;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        skipComment();
      } else {
        return true;
      }
    }
    return false;
  }

  private void skipComment() {
    int end = sql.indexOf("*/", at + 2);
    if (end < 0) {
      throw refusalHere("the comment that begins here has no end");
    }
    if (sql.substring(at + 2, end).contains("/*")) {
      throw refusalHere("a comment within a comment");
    }
    while (at < end + 2) {
      if (sql.charAt(at++) == '\n') {
        line++;
        lineStart = at;
      }
    }
  }

  private SqlToken next() {
    char c = sql.charAt(at);
    if ((c == 'x' || c == 'X') && sql.startsWith("'", at + 1)) {
      return bytes();
    }
    if (Character.isLetter(c) || c == '_') {
      return token(Kind.WORD, wordEnd());
    }
    if (c == '\'') {
      return quoted(Kind.TEXT, c);
    }
    if (c == '"') {
      return quoted(Kind.QUOTED, c);
    }
    if (isDigit(at) || (c == '.' && isDigit(at + 1))) {
      int end = numberEnd();
      if (end < sql.length() && isWordPart(sql.charAt(end))) {
        throw refusalHere("a number that goes on with a letter");
      }
      return token(Kind.NUMBER, end);
    }
    for (String symbol : SYMBOLS) {
      if (sql.startsWith(symbol, at)) {
        return token(Kind.SYMBOL, at + symbol.length());
      }
    }
    throw refusalHere(
        c == '?' || c == '$' || c == '@' || c == ':'
            ? "a query has no parameters and no variables"
            : "the character " + c + " has no place in a query outside quotes");
  }

  private int wordEnd() {
    int end = at;
    while (end < sql.length() && isWordPart(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private boolean isDigit(int index) {
    return index < sql.length() && sql.charAt(index) >= '0' && sql.charAt(index) <= '9';
  }

  private int numberEnd() {
    int end = digitsEnd(at);
    if (end < sql.length() && sql.charAt(end) == '.') {
      end = digitsEnd(end + 1);
    }
    if (end < sql.length() && (sql.charAt(end) == 'e' || sql.charAt(end) == 'E')) {
      int sign = end + 1;
      boolean signed = sign < sql.length() && (sql.charAt(sign) == '-' || sql.charAt(sign) == '+');
      int digits = signed ? sign + 1 : sign;
      return isDigit(digits) ? digitsEnd(digits) : end;
    }
    return end;
  }

  private int digitsEnd(int from) {
    int end = from;
    while (isDigit(end)) {
      end++;
    }
    return end;
  }

  /** Letter and quote stay together: apart they are a name and a text. */
  private SqlToken bytes() {
    int end = sql.indexOf('\'', at + 2);
    if (end < 0 || (end - at) % 2 != 0 || !HEX.matcher(sql.substring(at + 2, end)).matches()) {
      throw refusalHere("bytes are written in hex, two digits each, such as X'00ff'");
    }
    return token(Kind.BYTES, end + 1);
  }

  private SqlToken quoted(Kind kind, char quote) {
    int end = at + 1;
    while (end < sql.length()) {
      if (sql.charAt(end) == quote) {
        if (end + 1 == sql.length() || sql.charAt(end + 1) != quote) {
          return token(kind, end + 1);
        }
        end++;
      }
      end++;
    }
    throw refusalHere("the text that begins here has no " + quote + " at its end");
  }

  private SqlToken token(Kind kind, int end) {
    String text = sql.substring(at, end);
    SqlToken token = new SqlToken(kind, text, line, at - lineStart + 1);
    for (int i = at; i < end; i++) {
      if (sql.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    at = end;
    return token;
  }

  private InputException refusalHere(String reason) {
    return refusal(line, at - lineStart + 1, reason);
  }
}
