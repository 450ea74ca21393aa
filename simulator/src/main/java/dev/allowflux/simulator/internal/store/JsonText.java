package dev.allowflux.simulator.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;

/**
 * JSON strings, written in one canonical form, so that equal text has equal bytes.
 *
 * <p>A library writes strings in a form of its own choice and reads them from whole documents only;
 * a stored policy keeps each string as its bytes.
 */
final class JsonText {
  private static final HexFormat HEX = HexFormat.of();

  private JsonText() {}

  static byte[] quote(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < ' ' || isLoneSurrogate(text, i)) {
            json.append("\\u").append(HEX.toHexDigits(c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString().getBytes(UTF_8);
  }

  /** The text of what {@link #quote} wrote. */
  static String unquote(byte[] json, int start, int end) {
    String quoted = new String(json, start + 1, end - start - 2, UTF_8);
    int escape = quoted.indexOf('\\');
    if (escape < 0) {
      return quoted;
    }
    StringBuilder text = new StringBuilder(quoted.length());
    int from = 0;
    while (escape >= 0) {
      text.append(quoted, from, escape);
      char c = quoted.charAt(escape + 1);
      from = escape + 2;
      switch (c) {
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          text.append((char) Integer.parseInt(quoted, from, from + 4, 16));
          from += 4;
        }
        default -> text.append(c);
      }
      escape = quoted.indexOf('\\', from);
    }
    return text.append(quoted, from, quoted.length()).toString();
  }

  private static boolean isLoneSurrogate(String text, int i) {
    char c = text.charAt(i);
    if (Character.isHighSurrogate(c)) {
      return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
    }
    return Character.isLowSurrogate(c)
        && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
  }
}
