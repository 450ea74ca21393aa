package dev.allowflux.sync.export;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads the forms of HCL that {@link TerraformWriter} uses, and refuses every other text: blocks
 * with labels, and in them attributes that are a quoted template, a flag or a reference. Written
 * after HCL's native syntax specification.
 */
final class HclText {
  private final String text;
  private int at;

  private HclText(String text) {
    this.text = text;
  }

  /** Reads all blocks; the key is the type with its labels, such as {@code resource a b}. */
  static void read(String text, BiConsumer<String, Map<String, Object>> block) {
    HclText hcl = new HclText(text);
    for (hcl.blanks(true); hcl.at < text.length(); hcl.blanks(true)) {
      hcl.block(block);
    }
  }

  private void block(BiConsumer<String, Map<String, Object>> taken) {
    StringBuilder key = new StringBuilder(identifier());
    blanks(false);
    while (peek() == '"') {
      key.append(' ').append(quoted());
      blanks(false);
    }
    expect('{');
    blanks(false);
    expect('\n');
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (blanks(true); peek() != '}'; blanks(true)) {
      String name = identifier();
      blanks(false);
      expect('=');
      blanks(false);
      if (attributes.put(name, value()) != null) {
        throw refused("there are two of " + name);
      }
      blanks(false);
      expect('\n');
    }
    expect('}');
    blanks(false);
    expect('\n');
    taken.accept(key.toString(), attributes);
  }

  private Object value() {
    if (peek() == '"') {
      return quoted();
    }
    String word = identifier();
    if (word.equals("true") || word.equals("false")) {
      return Boolean.valueOf(word);
    }
    StringBuilder reference = new StringBuilder(word);
    while (peek() == '.') {
      at++;
      reference.append('.').append(identifier());
    }
    return reference.toString();
  }

  private String identifier() {
    int start = at;
    while (at < text.length()
        && (Character.isLetter(peek())
            || (at > start && (Character.isDigit(peek()) || peek() == '_' || peek() == '-')))) {
      at++;
    }
    if (at == start) {
      throw refused("no name");
    }
    return text.substring(start, at);
  }

  private String quoted() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (peek() != '"') {
      char c = next();
      if (c == '\\') {
        escape(value);
      } else if ((c == '$' || c == '%') && peek() == c && charAt(at + 1) == '{') {
        at += 2;
        value.append(c).append('{');
      } else if ((c == '$' || c == '%') && peek() == '{') {
        throw refused("this would be evaluated");
      } else if (c == '\n' || c == '\r') {
        throw refused("a line ends within quotes");
      } else {
        value.append(c);
      }
    }
    at++;
    return value.toString();
  }

  private void escape(StringBuilder value) {
    char c = next();
    switch (c) {
      case 'n' -> value.append('\n');
      case 'r' -> value.append('\r');
      case 't' -> value.append('\t');
      case '"', '\\' -> value.append(c);
      case 'u' -> {
        value.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
        at += 4;
      }
      default -> throw refused("no such escape");
    }
  }

  private void blanks(boolean lines) {
    while (at < text.length() && (peek() == ' ' || (lines && peek() == '\n'))) {
      at++;
    }
  }

  private void expect(char c) {
    if (next() != c) {
      throw refused("expected " + c);
    }
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private char peek() {
    return charAt(at);
  }

  private char charAt(int index) {
    if (index >= text.length()) {
      throw refused("the text ends");
    }
    return text.charAt(index);
  }

  private IllegalArgumentException refused(String reason) {
    int from = Math.max(0, at - 40);
    return new IllegalArgumentException(
        reason + " behind: " + text.substring(from, Math.min(at, text.length())));
  }
}
