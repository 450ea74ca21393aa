package dev.allowflux.sync.file;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words for true and false that can mean nothing else in a cell. */
final class FlagWords {
  /** What people write, then what spreadsheets write for TRUE in their languages. */
  private static final Set<String> TRUE =
      Set.of(
          "TRUE",
          "YES",
          "Y",
          "ON",
          "1",
          "WAHR",
          "VRAI",
          "VERO",
          "VERDADERO",
          "VERDADEIRO",
          "WAAR",
          "SANT",
          "SANN",
          "SAND",
          "TOSI",
          "PRAWDA",
          "PRAVDA",
          "IGAZ",
          "ADEVĂRAT",
          "DOĞRU",
          "ИСТИНА",
          "ІСТИНА");

  private static final Set<String> FALSE =
      Set.of(
          "FALSE",
          "NO",
          "N",
          "OFF",
          "0",
          "FALSCH",
          "FAUX",
          "FALSO",
          "ONWAAR",
          "FALSKT",
          "USANN",
          "FALSK",
          "EPÄTOSI",
          "FAŁSZ",
          "NEPRAVDA",
          "HAMIS",
          "FALS",
          "YANLIŞ",
          "ЛОЖЬ",
          "ХИБНІСТЬ");

  private FlagWords() {}

  /** Returns the flag that a word stands for in any case, or null if it is none of these words. */
  static @Nullable Boolean flag(String word) {
    // Programs write these two.
    if (word.equals("true") || word.equals("false")) {
      return word.equals("true");
    }
    String upper = word.toUpperCase(Locale.ROOT);
    if (TRUE.contains(upper)) {
      return true;
    }
    return FALSE.contains(upper) ? false : null;
  }
}
