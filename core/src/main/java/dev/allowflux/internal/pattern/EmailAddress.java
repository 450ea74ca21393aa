package dev.allowflux.internal.pattern;

import dev.allowflux.internal.text.CodePoints;
import dev.allowflux.internal.text.Scripts;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An e-mail address: a local part (RFC 5321, with the other letters of RFC 6531) and a domain name.
 *
 * <p>Narrower than the RFC where the text is more likely something else: an asterisk, a vertical
 * bar and the like outside quotes are taken for an expression, and a domain in brackets is refused.
 */
public final class EmailAddress {
  private static final int MAX_LOCAL_BYTES = 64;
  private static final int MAX_BYTES = 254;
  private static final String OTHER_ATEXT = "!#$%&'*+-/=?^_`{|}~";

  /** What in a local part is hardly ever meant, but in an expression or a wildcard. */
  private static final Pattern EXPRESSION =
      Pattern.compile("[*|]|^\\^|[.][+?]|[}?]\\+|\\{\\d+(,\\d*)?}|\\?\\?");

  /** Each match of {@link #EXPRESSION} has one of these, and an ordinary address has none. */
  private static final String OF_EXPRESSION = "*|^+?{}";

  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  private EmailAddress() {}

  /**
   * Returns what keeps the text from being an e-mail address.
   *
   * @param text any text
   * @param allowMixture whether scripts may be mixed within a word
   * @return a flaw, or {@code null} for an address
   */
  public static @Nullable Flaw flaw(String text, boolean allowMixture) {
    int at = at(text);
    if (at < 0) {
      return Flaw.of("it has no @");
    }
    if (at == 0) {
      return Flaw.at(0, "it has nothing in front of the @");
    }
    String local = text.substring(0, at);
    Flaw flaw =
        text.charAt(0) == '"' ? quotedFlaw(text, at, allowMixture) : atomsFlaw(local, allowMixture);
    if (flaw != null) {
      return flaw;
    }
    if (text.indexOf('@', at + 1) >= 0) {
      return Flaw.at(text.indexOf('@', at + 1), "it has more than one @");
    }
    if (bytes(local) > MAX_LOCAL_BYTES) {
      return Flaw.of("its local part is longer than " + MAX_LOCAL_BYTES + " bytes");
    }
    flaw = DomainName.flaw(text.substring(at + 1), allowMixture);
    if (flaw != null) {
      return flaw.within(at + 1);
    }
    return bytes(text) > MAX_BYTES ? Flaw.of("it is longer than " + MAX_BYTES + " bytes") : null;
  }

  static boolean looksLikeExpression(String local) {
    for (int i = 0; i < local.length(); i++) {
      if (OF_EXPRESSION.indexOf(local.charAt(i)) >= 0) {
        return EXPRESSION.matcher(local).find();
      }
    }
    return false;
  }

  /** The index of the @ behind the local part, or -1. */
  private static int at(String text) {
    if (!text.startsWith("\"")) {
      return text.indexOf('@');
    }
    for (int i = 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == '"') {
        return i + 1 < text.length() && text.charAt(i + 1) == '@' ? i + 1 : text.indexOf('@', i);
      }
    }
    return text.indexOf('@');
  }

  private static @Nullable Flaw atomsFlaw(String local, boolean allowMixture) {
    int start = 0;
    for (int i = 0; i <= local.length(); ) {
      int c = i == local.length() ? '.' : local.codePointAt(i);
      if (c == '.') {
        if (i == start) {
          return dotFlaw(local, i);
        }
        Flaw flaw = wordFlaw(local.substring(start, i), allowMixture);
        if (flaw != null) {
          return flaw.within(start);
        }
        start = i + 1;
      } else if (!isOfAtom(c)) {
        return Flaw.at(i, "a local part cannot have this character outside quotes");
      }
      i += Character.charCount(c);
    }
    return looksLikeExpression(local) ? Flaw.of("it looks like a regular expression") : null;
  }

  private static Flaw dotFlaw(String local, int i) {
    String what =
        i == 0
            ? "its local part begins with a dot"
            : i == local.length()
                ? "its local part ends with a dot"
                : "its local part has two dots in a row";
    return new Flaw(
        what, i == local.length() ? i - 1 : i, "put the local part in quotes if it is really so");
  }

  private static boolean isOfAtom(int c) {
    if (c < 0x80) {
      return Character.isLetterOrDigit(c) || OTHER_ATEXT.indexOf(c) >= 0;
    }
    return isOfOtherLanguage(c);
  }

  /** RFC 6531 allows everything; what no mailbox has is left out: punctuation and variants. */
  private static boolean isOfOtherLanguage(int c) {
    return CodePoints.isVisible(c)
        && !CodePoints.isBlank(c)
        && Normalizer.isNormalized(Character.toString(c), Form.NFKC)
        && switch (Character.getType(c)) {
          case Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION,
              Character.CONNECTOR_PUNCTUATION ->
              c == '·' || c == '・';
          default -> true;
        };
  }

  private static @Nullable Flaw wordFlaw(String word, boolean allowMixture) {
    if (UnicodeLabel.isAscii(word)) {
      return null;
    }
    if (UnicodeLabel.isMark(word.codePointAt(0))) {
      return Flaw.at(0, "a word begins with a mark that needs a letter before it");
    }
    if (!Normalizer.isNormalized(word, Form.NFC)) {
      return Flaw.of("its letters are not composed (NFC)");
    }
    int mixture = allowMixture ? -1 : Scripts.mixture(word);
    return mixture < 0 ? null : UnicodeLabel.mixture(mixture);
  }

  private static @Nullable Flaw quotedFlaw(String text, int at, boolean allowMixture) {
    int end = at - 1;
    if (end < 1 || text.charAt(end) != '"') {
      return Flaw.at(0, "its local part begins with a quote that is not closed in front of the @");
    }
    if (end == 1) {
      return Flaw.at(0, "it has nothing in front of the @");
    }
    for (int i = 1; i < end; ) {
      int c = text.codePointAt(i);
      if (c == '\\') {
        i++;
        c = text.codePointAt(i);
      }
      boolean inner = c == ' ' && i > 1 && i + 1 < end && text.charAt(i - 1) != ' ';
      if (!inner && (CodePoints.isBlank(c) || !CodePoints.isVisible(c))) {
        return Flaw.at(i, "a local part cannot have this character here");
      }
      i += Character.charCount(c);
    }
    for (String word : BETWEEN_WORDS.split(text.substring(1, end), -1)) {
      Flaw flaw = word.isEmpty() ? null : wordFlaw(word, allowMixture);
      if (flaw != null) {
        return flaw.within(text.indexOf(word));
      }
    }
    return null;
  }

  private static int bytes(String text) {
    return UnicodeLabel.isAscii(text)
        ? text.length()
        : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
