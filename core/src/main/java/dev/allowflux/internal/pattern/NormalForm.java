package dev.allowflux.internal.pattern;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import org.jspecify.annotations.Nullable;

/**
 * The one text that stands for all spellings of a pattern; every text has one, and it is its own.
 *
 * <p>A service that normalises stores a pattern in one of these spellings: a domain in lower case,
 * without the dot at its end, its labels as A-labels; a network without the bits behind its prefix.
 */
public final class NormalForm {
  private NormalForm() {}

  /** Brings the domain behind the last {@code @} to its normal form; the rest stays. */
  public static String ofAddress(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return address;
    }
    String domain = address.substring(at + 1);
    String normal = ofDomain(domain);
    return normal.equals(domain) ? address : address.substring(0, at + 1) + normal;
  }

  /** The normal form of an address, its local part in lower case. */
  public static String ofAddressInAnyCase(String address) {
    String normal = ofAddress(address);
    int at = normal.lastIndexOf('@');
    String local = normal.substring(0, Math.max(0, at));
    String lower = lowerCase(local);
    return lower.equals(local) ? normal : lower + normal.substring(at);
  }

  /** Lower case, A-labels, no dot at the end; what cannot be a domain is in lower case. */
  public static String ofDomain(String domain) {
    boolean lower = true;
    for (int i = 0; i < domain.length(); i++) {
      char c = domain.charAt(i);
      if (c >= 0x80) {
        String name = aLabels(domain);
        return name != null ? name : withoutDot(lowerCase(domain));
      }
      lower &= c < 'A' || c > 'Z';
    }
    return withoutDot(lower ? domain : lowerCase(domain));
  }

  /** The canonical text of an address or network; what is none stands for itself. */
  public static String ofNetwork(String text) {
    IpNetwork network = IpNetwork.parse(text);
    return network == null ? text : network.toString();
  }

  private static @Nullable String aLabels(String domain) {
    String dotted = domain.replace('\u3002', '.').replace('\uff0e', '.').replace('\uff61', '.');
    String[] labels = withoutDot(dotted).split("\\.", -1);
    for (int i = 0; i < labels.length; i++) {
      String label = mapped(labels[i]);
      String ascii = UnicodeLabel.isAscii(label) ? label : UnicodeLabel.toAscii(label);
      // A label that only the mapping makes an ASCII one must be sound; others are as they are.
      if (ascii == null
          || (!UnicodeLabel.isAscii(labels[i]) && DomainName.flaw(ascii, true) != null)) {
        return null;
      }
      labels[i] = ascii;
    }
    return String.join(".", labels);
  }

  /**
   * The mapping of Unicode Technical Standard 46 for what registries take (its non-transitional
   * form): ß and ς stay letters of their own.
   */
  private static String mapped(String label) {
    if (UnicodeLabel.isAscii(label)) {
      return lowerCase(label);
    }
    return Normalizer.normalize(lowerCase(Normalizer.normalize(label, Form.NFKC)), Form.NFKC);
  }

  /** By character: {@link String#toLowerCase} writes a Σ at the end of a word as another letter. */
  static String lowerCase(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c == 'İ') {
        lower.append("i\u0307");
      } else {
        lower.appendCodePoint(Character.toLowerCase(c));
      }
      i += Character.charCount(c);
    }
    return lower.toString();
  }

  private static String withoutDot(String domain) {
    int length = domain.length();
    return length > 1 && domain.charAt(length - 1) == '.' && domain.charAt(length - 2) != '.'
        ? domain.substring(0, length - 1)
        : domain;
  }
}
