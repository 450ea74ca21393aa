package dev.allowflux.sync.internal.exposure;

import java.net.IDN;
import java.util.Locale;

/** The spelling in which names are compared. */
final class DomainNames {
  private static final int LONGEST_LABEL = 63;
  private static final int LONGEST_NAME = 253;

  private DomainNames() {}

  /**
   * Returns the name in lower case, its labels as A-labels; what has none stays as it is.
   *
   * <p>The JDK reads ß and three more characters by the rules of 2003, by which they vanish into
   * others; they are left alone, as a name with them is another one today.
   */
  static String toAscii(String name) {
    if (isAscii(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    StringBuilder result = new StringBuilder();
    for (String label : name.split("\\.", -1)) {
      result.append(result.isEmpty() ? "" : ".").append(labelToAscii(label));
    }
    return result.toString();
  }

  private static boolean isAscii(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 128) {
        return false;
      }
    }
    return true;
  }

  private static String labelToAscii(String label) {
    if (label.length() > LONGEST_LABEL || label.matches(".*[ßẞς\u200c\u200d].*")) {
      return label.toLowerCase(Locale.ROOT);
    }
    try {
      return IDN.toASCII(label, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (RuntimeException e) {
      // Not only IllegalArgumentException: some texts make the JDK run out of an array.
      return label.toLowerCase(Locale.ROOT);
    }
  }

  /** Tells whether this is a host name of letters, digits, hyphens and underscores. */
  static boolean isName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return false;
    }
    int start = 0;
    boolean number = true;
    for (int i = 0; i <= name.length(); i++) {
      int c = i < name.length() ? name.charAt(i) : '.';
      if (c == '.') {
        if (i == start || i - start > LONGEST_LABEL) {
          return false;
        }
        if (i < name.length()) {
          start = i + 1;
          number = true;
        }
      } else if ((c >= 'a' && c <= 'z') || c == '-' || c == '_') {
        number = false;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return !number;
  }
}
