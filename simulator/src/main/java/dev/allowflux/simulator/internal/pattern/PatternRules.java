package dev.allowflux.simulator.internal.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The patterns that the service accepts for each type: an e-mail address, a domain name, an IP
 * address or network that the whole internet can reach.
 *
 * <p>Written apart from the grammar of the client, so that a mistake in one shows in the other.
 */
public final class PatternRules {
  private static final int MAX_LOCAL_PART = 64;
  private static final int MAX_DOMAIN = 253;
  private static final int MAX_LABEL = 63;
  private static final Pattern LOCAL_PART =
      Pattern.compile("[\\p{L}\\p{M}\\p{Nd}!#$%&'*+/=?^_`{|}~.-]+");

  /** Letters, marks and digits of any script; the hyphen only within. */
  private static final Pattern LABEL =
      Pattern.compile("[\\p{L}\\p{Nd}](?:[\\p{L}\\p{M}\\p{Nd}-]*[\\p{L}\\p{M}\\p{Nd}])?");

  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");

  /** The characters of an IPv6 address, with an IPv4 address at its end or without. */
  private static final Pattern IPV6 =
      Pattern.compile("[0-9A-Fa-f:]*:(?:[0-9A-Fa-f]*|" + IPV4.pattern() + ")");

  private PatternRules() {}

  /**
   * Why the pattern is refused, or null if it is accepted; a regular expression only has to
   * compile.
   *
   * @param type EMAIL, DOMAIN or IP
   */
  public static @Nullable String violation(String pattern, String type, boolean regex) {
    if (regex) {
      return expressionViolation(pattern);
    }
    return switch (type) {
      case "EMAIL" -> isEmail(pattern) ? null : "is not an email address";
      case "DOMAIN" -> isDomain(pattern) ? null : "is not a domain name";
      default -> addressViolation(pattern);
    };
  }

  private static @Nullable String expressionViolation(String pattern) {
    try {
      Pattern.compile(pattern);
      return null;
    } catch (PatternSyntaxException e) {
      return "is not a regular expression: " + e.getDescription() + " at index " + e.getIndex();
    }
  }

  private static boolean isEmail(String text) {
    int at = text.lastIndexOf('@');
    return at >= 0 && isLocalPart(text.substring(0, at)) && isDomain(text.substring(at + 1));
  }

  private static boolean isLocalPart(String text) {
    return LOCAL_PART.matcher(text).matches()
        && text.getBytes(UTF_8).length <= MAX_LOCAL_PART
        && !text.startsWith(".")
        && !text.endsWith(".")
        && !text.contains("..");
  }

  static boolean isDomain(String text) {
    String[] labels = text.split("\\.", -1);
    int length = labels.length - 1;
    for (String label : labels) {
      String ascii = LABEL.matcher(label).matches() ? ascii(label) : null;
      if (ascii == null || ascii.length() > MAX_LABEL) {
        return false;
      }
      length += ascii.length();
    }
    // A last label of digits makes it look like an address, which no domain may.
    boolean number = labels[labels.length - 1].matches("[0-9]+");
    return labels.length > 1 && length <= MAX_DOMAIN && !number;
  }

  /** The A-label of a label, or null if it has none. */
  private static @Nullable String ascii(String label) {
    try {
      String ascii = IDN.toASCII(label, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
      // The decoder returns a label that it cannot decode as it is.
      boolean undecodable =
          ascii.startsWith("xn--") && IDN.toUnicode(ascii, IDN.ALLOW_UNASSIGNED).equals(ascii);
      return undecodable ? null : ascii;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String addressViolation(String text) {
    byte @Nullable [] network = network(text);
    if (network == null) {
      return "is not an IP address or CIDR block";
    }
    return isGloballyReachable(network) ? null : "is not a globally reachable address";
  }

  /** The first address of a network, or null if the text is neither a network nor an address. */
  static byte @Nullable [] network(String text) {
    int slash = text.indexOf('/');
    byte @Nullable [] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null || slash < 0) {
      return address;
    }
    String prefix = text.substring(slash + 1);
    int bits = address.length * 8;
    if (!prefix.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(prefix) > bits) {
      return null;
    }
    for (int bit = Integer.parseInt(prefix); bit < bits; bit++) {
      address[bit / 8] &= (byte) ~(0x80 >>> (bit % 8));
    }
    return address;
  }

  /** An address without zone, brackets or numbers that begin with a zero; null for another text. */
  private static byte @Nullable [] address(String text) {
    boolean form = IPV4.matcher(text).matches() || IPV6.matcher(text).matches();
    return form ? NetUtil.createByteArrayFromIpAddressString(text) : null;
  }

  private static boolean isGloballyReachable(byte[] bytes) {
    InetAddress address;
    try {
      // Returns an IPv4 address for one that is mapped into IPv6.
      address = InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address", e);
    }
    byte[] plain = address.getAddress();
    boolean broadcast =
        plain.length == 4 && plain[0] == -1 && plain[1] == -1 && plain[2] == -1 && plain[3] == -1;
    boolean uniqueLocal = plain.length == 16 && (plain[0] & 0xFE) == 0xFC;
    return !broadcast
        && !uniqueLocal
        && !address.isSiteLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress()
        && !address.isAnyLocalAddress();
  }
}
