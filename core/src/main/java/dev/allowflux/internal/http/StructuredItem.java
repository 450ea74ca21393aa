package dev.allowflux.internal.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An item of a structured header field (RFC 9651) that is named by a string or a token and has
 * parameters, such as {@code "default";r=50;t=30}.
 *
 * <p>Of the parameters only whole numbers are kept; others are read over. Items of another form are
 * left out, and the reading goes on after the next comma.
 *
 * @param name the text of the string or token
 * @param numbers the parameters that are whole numbers, by key
 */
record StructuredItem(String name, Map<String, Long> numbers) {
  /** No honest server names more quotas; work on a hostile field stays small. */
  private static final int MAX_ITEMS = 32;

  /**
   * Returns a parameter that counts something, or null if it is missing, negative or no integer.
   */
  @Nullable Long count(String key) {
    Long value = numbers.get(key);
    return value == null || value < 0 ? null : value;
  }

  static List<StructuredItem> parseList(List<String> lines) {
    List<StructuredItem> items = new ArrayList<>();
    for (String line : lines) {
      Reader reader = new Reader(line);
      while (reader.hasMore() && items.size() < MAX_ITEMS) {
        StructuredItem item = reader.item();
        if (item != null) {
          items.add(item);
        }
      }
    }
    return items;
  }

  /** Reads forward only, so a field costs no more than its length. */
  private static final class Reader {
    private static final int MAX_DIGITS = 15;

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    boolean hasMore() {
      return at < text.length();
    }

    /** Reads to behind the next comma that is not within a string. */
    @Nullable StructuredItem item() {
      skipSpace();
      String name = peek() == '"' ? string() : token();
      Map<String, Long> numbers = new HashMap<>();
      boolean wellFormed = name != null;
      while (wellFormed && take(';')) {
        skipSpace();
        wellFormed = parameter(numbers);
      }
      skipSpace();
      boolean complete = !hasMore() || peek() == ',';
      skipBehindComma();
      return name != null && wellFormed && complete ? new StructuredItem(name, numbers) : null;
    }

    private boolean parameter(Map<String, Long> numbers) {
      String key = key();
      if (key == null) {
        return false;
      }
      numbers.remove(key);
      if (!take('=')) {
        return true;
      }
      int start = at;
      char first = peek();
      if (first == '"') {
        return string() != null;
      }
      if (first == '-' || isDigit(first)) {
        return number(start, key, numbers);
      }
      if (isTokenStart(first)) {
        return token() != null;
      }
      return otherBareItem();
    }

    private boolean number(int start, String key, Map<String, Long> numbers) {
      take('-');
      int digits = at;
      while (isDigit(peek())) {
        at++;
      }
      int count = at - digits;
      if (count == 0 || count > MAX_DIGITS) {
        return false;
      }
      if (take('.')) {
        while (isDigit(peek())) {
          at++;
        }
        return true;
      }
      numbers.put(key, Long.parseLong(text, start, at, 10));
      return true;
    }

    /**
     * Byte sequence, boolean, date or display string: nothing we use, so its form is not checked.
     */
    private boolean otherBareItem() {
      char kind = peek();
      at++;
      switch (kind) {
        case '?', '@' -> {
          while (isDigit(peek()) || peek() == '-') {
            at++;
          }
          return true;
        }
        case ':' -> {
          int end = text.indexOf(':', at);
          at = end < 0 ? text.length() : end + 1;
          return end >= 0;
        }
        case '%' -> {
          return peek() == '"' && string() != null;
        }
        default -> {
          return false;
        }
      }
    }

    private @Nullable String string() {
      StringBuilder value = new StringBuilder();
      at++;
      while (hasMore()) {
        char c = text.charAt(at++);
        if (c == '"') {
          return value.toString();
        }
        if (c == '\\' && hasMore()) {
          c = text.charAt(at++);
        }
        value.append(c);
      }
      return null;
    }

    private @Nullable String token() {
      if (!isTokenStart(peek())) {
        return null;
      }
      int start = at;
      while (isDigit(peek()) || isLetter(peek()) || "!#$%&'*+-.^_`|~:/".indexOf(peek()) >= 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private @Nullable String key() {
      int start = at;
      while (isDigit(peek()) || (peek() >= 'a' && peek() <= 'z') || "_-.*".indexOf(peek()) >= 0) {
        at++;
      }
      return start == at ? null : text.substring(start, at);
    }

    private void skipBehindComma() {
      while (hasMore()) {
        if (peek() == '"') {
          string();
        } else if (text.charAt(at++) == ',') {
          return;
        }
      }
    }

    private void skipSpace() {
      while (peek() == ' ' || peek() == '\t') {
        at++;
      }
    }

    private boolean take(char expected) {
      if (peek() != expected) {
        return false;
      }
      at++;
      return true;
    }

    /** Returns the next character, or NUL, which no rule accepts, at the end. */
    private char peek() {
      return at < text.length() ? text.charAt(at) : '\0';
    }

    private static boolean isTokenStart(char c) {
      return isLetter(c) || c == '*';
    }

    private static boolean isLetter(char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }
  }
}
