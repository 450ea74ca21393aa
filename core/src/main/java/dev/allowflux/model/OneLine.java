package dev.allowflux.model;

/** Foreign text made fit for a message: one line, nothing a terminal would act on, bounded. */
final class OneLine {
  private OneLine() {}

  static String of(String text, int maxLength) {
    StringBuilder line = new StringBuilder(Math.min(text.length(), maxLength));
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      if (line.length() + Character.charCount(codePoint) > maxLength) {
        line.setLength(Math.min(line.length(), maxLength - 1));
        dropHalfPair(line);
        return line.append('…').toString();
      }
      line.appendCodePoint(isPrintable(codePoint) ? codePoint : ' ');
      i += Character.charCount(codePoint);
    }
    return line.toString();
  }

  private static void dropHalfPair(StringBuilder line) {
    int last = line.length() - 1;
    if (last >= 0 && Character.isHighSurrogate(line.charAt(last))) {
      line.setLength(last);
    }
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
