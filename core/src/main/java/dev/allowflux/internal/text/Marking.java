package dev.allowflux.internal.text;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** A text and which of its characters are spelt out for a reviewer. */
final class Marking {
  /** Letters that most fonts draw as they draw a Latin letter. */
  private static final String LOOK_ALIKES =
      "асеорхуѕіїјһӏԁԛԝүҽ" // Cyrillic, small
          + "АВЕКМНОРСТХУЅІЇЈЗҮԚԜ" // Cyrillic, capital
          + "ανοικρτυωγ" // Greek, small
          + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" // Greek, capital
          + "օոսհցզԱՍՕ" // Armenian
          + "ᎪᎬᎳᏴᏟᎠᎡᎢᎫᎻᏃᏦᏢᏚᎢᏙ"; // Cherokee

  /** Punctuation that is drawn as a point, a colon, a stroke or a hyphen of ASCII. */
  private static final String LIKE_PUNCTUATION = "‐‑−⁃⁄∕∖⧸⧹∶꞉։ː․‧ꞏ";

  private final int[] text;
  private final boolean[] spelt;

  Marking(String text) {
    this.text = text.codePoints().toArray();
    spelt = new boolean[this.text.length];
    markCharacters();
    markDecomposed(text);
    markWords();
    markWhollyAlike();
    markMarksOfSpelt();
  }

  private void markCharacters() {
    int marks = 0;
    for (int i = 0; i < text.length; i++) {
      int c = text[i];
      boolean blank = CodePoints.isBlank(c);
      boolean mark = CodePoints.isStackingMark(c);
      boolean onNothing = mark && (i == 0 || CodePoints.isBlank(text[i - 1]));
      marks = mark ? marks + 1 : 0;
      spelt[i] =
          blank
              ? c != ' ' || isOuterBlank(i)
              : !CodePoints.isVisible(c)
                  || onNothing
                  || SafeText.isTooManyMarks(marks)
                  || isEscape(i)
                  || isLikeAscii(c);
    }
  }

  private boolean isOuterBlank(int i) {
    return i == 0
        || i == text.length - 1
        || CodePoints.isBlank(text[i - 1])
        || CodePoints.isBlank(text[i + 1]);
  }

  private boolean isEscape(int i) {
    return text[i] == '\\' && i + 2 < text.length && text[i + 1] == 'u' && text[i + 2] == '{';
  }

  /** Full-width, mathematical and other variants, phonetic letters, foreign points and strokes. */
  private static boolean isLikeAscii(int c) {
    if (c < 0xa0) {
      return false;
    }
    boolean phonetic = (c >= 0x250 && c <= 0x2af) || (c >= 0x1d00 && c <= 0x1d7f);
    if (phonetic || LIKE_PUNCTUATION.indexOf(c) >= 0) {
      return true;
    }
    String plain = Normalizer.normalize(Character.toString(c), Form.NFKC);
    return plain.codePointAt(0) != c
        && plain.chars().allMatch(p -> p < 0x7f)
        && plain.chars().anyMatch(p -> Character.isLetterOrDigit(p) || ".@-_/:\\|".indexOf(p) >= 0);
  }

  /** A letter with a mark that has a composed form, or marks in another order, look the same. */
  private void markDecomposed(String whole) {
    if (Normalizer.isNormalized(whole, Form.NFC)) {
      return;
    }
    for (int start = 0; start < text.length; ) {
      int end = start + 1;
      while (end < text.length && isMark(text[end])) {
        end++;
      }
      spelt[start] |= !isComposed(start, start + 1);
      if (!isComposed(start, end)) {
        Arrays.fill(spelt, start + 1, end, true);
      }
      start = end;
    }
    // What composes with a letter before it without being a mark: parts of Hangul syllables.
    for (int i = 0; i < text.length; i++) {
      spelt[i] |= text[i] >= 0x1100 && text[i] <= 0x11ff;
    }
  }

  private boolean isComposed(int start, int end) {
    return Normalizer.isNormalized(new String(text, start, end - start), Form.NFC);
  }

  private static boolean isMark(int c) {
    return CodePoints.isStackingMark(c) || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }

  private void markWords() {
    for (int start = 0; start < text.length; ) {
      int end = start;
      while (end < text.length && !CodePoints.isBlank(text[end])) {
        end++;
      }
      markDirections(start, end);
      start = end + 1;
    }
    for (int start = 0; start < text.length; ) {
      int end = start;
      while (end < text.length && isOfWord(text[end])) {
        end++;
      }
      markMixture(start, end);
      start = end + 1;
    }
  }

  private static boolean isOfWord(int c) {
    return Character.isLetterOrDigit(c) || isMark(c) || c == '-' || c == '_';
  }

  private void markDirections(int start, int end) {
    boolean leftToRight = false;
    boolean rightToLeft = false;
    for (int i = start; i < end; i++) {
      leftToRight |= Character.isLetterOrDigit(text[i]) && !isRightToLeft(text[i]);
      rightToLeft |= isRightToLeft(text[i]);
    }
    for (int i = start; leftToRight && rightToLeft && i < end; i++) {
      spelt[i] |= isRightToLeft(text[i]);
    }
  }

  private static boolean isRightToLeft(int c) {
    if (c < 0x590) {
      return false;
    }
    int direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC
        || direction == Character.DIRECTIONALITY_ARABIC_NUMBER;
  }

  private void markMixture(int start, int end) {
    String word = new String(text, start, end - start);
    int first = Scripts.mixture(word);
    if (first < 0) {
      return;
    }
    boolean ofDigits = Character.isDigit(word.codePointAt(first));
    UnicodeScript main = mainScript(start, end);
    for (int i = start; i < end; i++) {
      UnicodeScript script = UnicodeScript.of(text[i]);
      spelt[i] |=
          ofDigits
              ? text[i] >= 0x80 && Character.isDigit(text[i])
              : Scripts.isOfOneScript(script) && script != main;
    }
  }

  private UnicodeScript mainScript(int start, int end) {
    UnicodeScript main = UnicodeScript.COMMON;
    for (int i = start; i < end; i++) {
      UnicodeScript script = UnicodeScript.of(text[i]);
      if (Scripts.isOfOneScript(script)
          && (main == UnicodeScript.COMMON || script == UnicodeScript.LATIN)) {
        main = script;
      }
    }
    return main;
  }

  /** Real text of a script has letters that no Latin letter looks like. */
  private void markWhollyAlike() {
    Set<UnicodeScript> alike = EnumSet.noneOf(UnicodeScript.class);
    Set<UnicodeScript> unlike = EnumSet.of(UnicodeScript.LATIN);
    for (int c : text) {
      UnicodeScript script = UnicodeScript.of(c);
      if (Scripts.isOfOneScript(script)) {
        (LOOK_ALIKES.indexOf(c) >= 0 ? alike : unlike).add(script);
      }
    }
    alike.removeAll(unlike);
    for (int i = 0; !alike.isEmpty() && i < text.length; i++) {
      spelt[i] |= alike.contains(UnicodeScript.of(text[i]));
    }
  }

  /** They would be drawn on the brace. */
  private void markMarksOfSpelt() {
    for (int i = 1; i < text.length; i++) {
      spelt[i] |= spelt[i - 1] && isMark(text[i]);
    }
  }

  @Override
  public String toString() {
    StringBuilder marked = new StringBuilder(2 * text.length);
    for (int i = 0; i < text.length; i++) {
      if (spelt[i]) {
        String hex = Integer.toHexString(text[i]).toUpperCase(Locale.ROOT);
        marked.append("\\u{").append(hex).append('}');
      } else {
        marked.appendCodePoint(text[i]);
      }
    }
    return marked.toString();
  }
}
