package dev.allowflux.internal.pattern;

import dev.allowflux.internal.text.SafeText;
import org.jspecify.annotations.Nullable;

/**
 * A host name of the DNS (RFC 1123): labels of letters, digits and hyphens, or of other letters as
 * RFC 5890 to 5893 allow them (U-labels), or their A-labels. One label is enough.
 */
public final class DomainName {
  static final int MAX_LABEL = 63;
  static final int MAX_NAME = 253;

  private DomainName() {}

  /**
   * Returns what keeps the text from being a domain name.
   *
   * @param text any text
   * @param allowMixture whether scripts may be mixed within a label
   * @return a flaw, or {@code null} for a domain name
   */
  public static @Nullable Flaw flaw(String text, boolean allowMixture) {
    if (text.isEmpty()) {
      return Flaw.of("it has no domain");
    }
    int length = -1;
    int start = 0;
    while (start <= text.length()) {
      int dot = text.indexOf('.', start);
      int end = dot < 0 ? text.length() : dot;
      if (start == end) {
        return emptyLabel(text, start);
      }
      String label = text.substring(start, end);
      Flaw flaw = labelFlaw(label, allowMixture);
      if (flaw != null) {
        return flaw.within(start);
      }
      length += 1 + encodedLength(label);
      start = end + 1;
    }
    if (length > MAX_NAME) {
      return Flaw.of(
          "it has "
              + length
              + " characters in its encoded form, and a name has "
              + MAX_NAME
              + " at most");
    }
    return endsInNumber(text) ? Flaw.of("its last label is a number, as in no domain") : null;
  }

  static boolean isLetterDigitHyphen(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  }

  static Flaw badCharacter(int index) {
    return Flaw.at(index, "a domain name cannot have this character");
  }

  private static Flaw emptyLabel(String text, int start) {
    if (start == 0) {
      return Flaw.at(0, "its domain begins with a dot");
    }
    return start == text.length()
        ? Flaw.at(start - 1, "its domain ends with a dot")
        : Flaw.at(start, "its domain has two dots in a row");
  }

  private static @Nullable Flaw labelFlaw(String label, boolean allowMixture) {
    boolean ascii = UnicodeLabel.isAscii(label);
    Flaw flaw = ascii ? asciiFlaw(label) : UnicodeLabel.flaw(label, allowMixture);
    if (flaw != null) {
      return flaw;
    }
    int last = label.length() - 1;
    if (label.charAt(0) == '-' || label.charAt(last) == '-') {
      return Flaw.at(label.charAt(0) == '-' ? 0 : last, "a label begins or ends with a hyphen");
    }
    if (ascii) {
      return UnicodeLabel.isALabel(label) ? aLabelFlaw(label, allowMixture) : null;
    }
    if (label.startsWith("--", 2)) {
      return Flaw.at(2, "a label with other letters than ASCII has two hyphens at this place");
    }
    return UnicodeLabel.toAscii(NormalForm.lowerCase(label)) == null ? tooLong() : null;
  }

  private static @Nullable Flaw asciiFlaw(String label) {
    for (int i = 0; i < label.length(); i++) {
      if (!isLetterDigitHyphen(label.charAt(i))) {
        return badCharacter(i);
      }
    }
    return label.length() > MAX_LABEL ? tooLong() : null;
  }

  private static Flaw tooLong() {
    return Flaw.of("a label is longer than " + MAX_LABEL + " characters in its encoded form");
  }

  private static @Nullable Flaw aLabelFlaw(String label, boolean allowMixture) {
    String text = UnicodeLabel.fromAscii(label);
    if (text == null) {
      return Flaw.of("its label " + label + " is the encoded form (xn--) of no label");
    }
    Flaw flaw = labelFlaw(text, allowMixture);
    return flaw == null
        ? null
        : Flaw.of(
            "its label "
                + label
                + " stands for "
                + SafeText.marked(text)
                + ", and "
                + flaw.reason(),
            flaw.advice());
  }

  private static int encodedLength(String label) {
    String encoded =
        UnicodeLabel.isAscii(label) ? label : UnicodeLabel.toAscii(NormalForm.lowerCase(label));
    return encoded == null ? 0 : encoded.length();
  }

  private static boolean endsInNumber(String text) {
    for (int i = text.length() - 1; i >= 0 && text.charAt(i) != '.'; i--) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
