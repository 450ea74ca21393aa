package dev.allowflux.sync.file;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.PatternCheck;
import dev.allowflux.model.PatternCheck.Corrected;
import dev.allowflux.model.PatternCheck.Option;
import dev.allowflux.model.PatternCheck.Refused;
import dev.allowflux.model.PatternType;
import org.jspecify.annotations.Nullable;

/** Reads a pattern as somebody wrote it: what certainly means another text is turned into that. */
final class PatternText {
  private PatternText() {}

  /**
   * Returns the pattern that is meant and reports what was corrected; null if it is refused. A
   * mixture of scripts is left to the rules of the plan.
   */
  static @Nullable String read(
      InputLog log, PatternType type, boolean isRegex, String text, long line, long column) {
    PatternCheck check = PatternCheck.of(type, isRegex, text, Option.MIXED_SCRIPTS);
    if (check instanceof Refused refused) {
      log.problem(line, column, refused.reason());
      return null;
    }
    if (check instanceof Corrected corrected) {
      String pattern = corrected.pattern();
      log.note(
          line,
          column,
          "pattern is read as " + SafeText.marked(pattern) + ", without " + corrected.what());
      return pattern;
    }
    return text;
  }

  /** The only kind of which the text can be a pattern, or null if there is none. */
  static @Nullable PatternType typeOf(String text) {
    return PatternCheck.typeOf(text);
  }
}
