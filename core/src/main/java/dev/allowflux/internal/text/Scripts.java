package dev.allowflux.internal.text;

import static java.lang.Character.UnicodeScript.BOPOMOFO;
import static java.lang.Character.UnicodeScript.COMMON;
import static java.lang.Character.UnicodeScript.HAN;
import static java.lang.Character.UnicodeScript.HANGUL;
import static java.lang.Character.UnicodeScript.HIRAGANA;
import static java.lang.Character.UnicodeScript.INHERITED;
import static java.lang.Character.UnicodeScript.KATAKANA;
import static java.lang.Character.UnicodeScript.LATIN;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Mixtures of scripts, by which one word is made to look like another.
 *
 * <p>The measure is the restriction level "highly restrictive" of Unicode Technical Standard 39:
 * one script with characters that are common to all, or one of the three mixtures with Latin that
 * East Asian writing needs. The JDK has the script of a character, not the further scripts that
 * also use it (Script_Extensions); characters of several scripts are mostly Common there.
 */
public final class Scripts {
  private static final List<Set<UnicodeScript>> MIXTURES =
      List.of(
          EnumSet.of(LATIN, HAN, HIRAGANA, KATAKANA),
          EnumSet.of(LATIN, HAN, BOPOMOFO),
          EnumSet.of(LATIN, HAN, HANGUL));

  private Scripts() {}

  /**
   * Returns the index of the first character that makes the word a mixture: one that is not of its
   * main script, which is Latin if there is Latin in it, or a digit of a second decimal system.
   *
   * @param word one label or word
   * @return an index into the text, or -1 if the word is no mixture
   */
  public static int mixture(CharSequence word) {
    int length = word.length();
    int ascii = 0;
    while (ascii < length && word.charAt(ascii) < 0x80) {
      ascii++;
    }
    if (ascii == length) {
      return -1;
    }
    Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
    UnicodeScript main = COMMON;
    int zero = -1;
    for (int i = 0; i < length; ) {
      int c = Character.codePointAt(word, i);
      UnicodeScript script = UnicodeScript.of(c);
      if (isOfOneScript(script)) {
        scripts.add(script);
        main = main == COMMON || script == LATIN ? script : main;
      }
      if (Character.isDigit(c)) {
        int itsZero = c - Character.digit(c, 10);
        if (zero >= 0 && zero != itsZero) {
          return i;
        }
        zero = itsZero;
      }
      i += Character.charCount(c);
    }
    if (scripts.size() <= 1 || MIXTURES.stream().anyMatch(all -> all.containsAll(scripts))) {
      return -1;
    }
    for (int i = 0; i < length; ) {
      int c = Character.codePointAt(word, i);
      UnicodeScript script = UnicodeScript.of(c);
      if (isOfOneScript(script) && script != main) {
        return i;
      }
      i += Character.charCount(c);
    }
    return -1;
  }

  static boolean isOfOneScript(UnicodeScript script) {
    return script != COMMON && script != INHERITED;
  }
}
