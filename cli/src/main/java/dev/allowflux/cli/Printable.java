package dev.allowflux.cli;

/** Text from a server or a file, made fit for a terminal, which it must not steer. */
final class Printable {
  private Printable() {}

  static String of(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean steers =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              clean.appendCodePoint(steers ? '\ufffd' : c);
            });
    return clean.toString();
  }
}
