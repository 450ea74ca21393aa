package dev.allowflux.sync.file;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.model.PatternType;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a pattern as somebody wrote it: what certainly means another text is turned into that. */
final class PatternText {
  private static final Pattern ADDRESS = Pattern.compile("[^\\s@<>\",;:]+@[^\\s@<>\",;:*/]+");

  private PatternText() {}

  /** Returns the pattern that is meant and reports what was corrected; null if it is refused. */
  static @Nullable String read(InputLog log, String text, long line, long column) {
    int begin = 0;
    int end = text.length();
    while (begin < end && CodePoints.isBlank(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && CodePoints.isBlank(text.charAt(end - 1))) {
      end--;
    }
    String pattern = text.substring(begin, end);
    int hidden = pattern.codePoints().filter(c -> !CodePoints.isVisible(c)).findFirst().orElse(-1);
    if (hidden >= 0) {
      log.problem(line, column, "pattern has the invisible character " + CodePoints.name(hidden));
      return null;
    }
    if (begin > 0 || end < text.length()) {
      log.note(line, column, "pattern is read as " + pattern + ", without white space around it");
    }
    return pattern;
  }

  /** The only kind of which the text can be a pattern, or null if that is not certain. */
  static @Nullable PatternType typeOf(String text) {
    return ADDRESS.matcher(text).matches() ? PatternType.EMAIL : null;
  }
}
