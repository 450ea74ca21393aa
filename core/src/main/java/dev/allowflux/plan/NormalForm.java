package dev.allowflux.plan;

import java.net.IDN;
import java.util.Locale;

/** The one text that stands for all spellings of a pattern; every text has one. */
final class NormalForm {
  /** The API allows no longer pattern, and the time that an A-label takes grows with its square. */
  private static final int LONGEST_NAME = 1024;

  private NormalForm() {}

  static String ofAddress(String address) {
    int at = address.lastIndexOf('@');
    if (at < 0) {
      return address;
    }
    String domain = address.substring(at + 1);
    String normal = ofDomain(domain);
    return normal.equals(domain) ? address : address.substring(0, at + 1) + normal;
  }

  static String ofDomain(String domain) {
    boolean lower = true;
    for (int i = 0; i < domain.length(); i++) {
      char c = domain.charAt(i);
      if (c >= 0x80) {
        return aLabels(domain);
      }
      lower &= c < 'A' || c > 'Z';
    }
    return lower ? domain : domain.toLowerCase(Locale.ROOT);
  }

  private static String aLabels(String domain) {
    String verbatim = domain.toLowerCase(Locale.ROOT);
    if (domain.length() > LONGEST_NAME || hasDeviation(domain)) {
      return verbatim;
    }
    try {
      return IDN.toASCII(domain, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (RuntimeException e) {
      // Not only IllegalArgumentException: some texts make the JDK run out of an array.
      return verbatim;
    }
  }

  /**
   * The JDK follows the rules of 2003, by which ß reads as ss; by those of 2008, which registries
   * and mail follow, it is a letter of its own. To take one domain for another would be the worst
   * mistake here, so names with one of the four such characters are compared as they are.
   */
  private static boolean hasDeviation(String domain) {
    for (int i = 0; i < domain.length(); i++) {
      char c = domain.charAt(i);
      if (c == 'ß' || c == 'ẞ' || c == 'ς' || c == '\u200c' || c == '\u200d') {
        return true;
      }
    }
    return false;
  }

  static String ofNetwork(String text) {
    IpNetwork network = IpNetwork.parse(text);
    return network == null ? text : network.toString();
  }
}
