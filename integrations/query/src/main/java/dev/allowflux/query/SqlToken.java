package dev.allowflux.query;

import java.util.Locale;

/**
 * A part of a statement.
 *
 * @param kind what it is
 * @param text how it is written, for {@link Kind#TEXT} and {@link Kind#QUOTED} with its quotes
 * @param line the line that it begins on, from 1
 * @param column the column that it begins at, from 1
 */
record SqlToken(Kind kind, String text, int line, int column) {

  enum Kind {
    /** A key word or a name without quotes. */
    WORD,

    /** A name in double quotes. */
    QUOTED,

    /** A text in single quotes. */
    TEXT,

    /** Bytes in hex, such as {@code X'00ff'}. */
    BYTES,
    NUMBER,
    SYMBOL
  }

  /** Tells whether this is the word, which is given in capitals. */
  boolean isWord(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean isSymbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  /** Returns what a name or a text says, without its quotes. */
  String value() {
    if (kind != Kind.QUOTED && kind != Kind.TEXT) {
      return text;
    }
    String quote = text.substring(0, 1);
    return text.substring(1, text.length() - 1).replace(quote + quote, quote);
  }

  /** Returns a name as the database compares it. */
  String name() {
    return value().toLowerCase(Locale.ROOT);
  }
}
