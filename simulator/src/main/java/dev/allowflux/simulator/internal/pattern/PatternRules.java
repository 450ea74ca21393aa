package dev.allowflux.simulator.internal.pattern;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The patterns that the service accepts for each type. */
public final class PatternRules {
  private static final int MAX_LOCAL_PART = 64;
  private static final int MAX_DOMAIN = 253;
  private static final int MAX_LABEL = 63;
  private static final String LOCAL_PUNCTUATION = ".!#$%&'*+-/=?^_`{|}~";

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
    return at >= 1
        && at <= MAX_LOCAL_PART
        && text.chars()
            .limit(at)
            .allMatch(c -> Character.isLetterOrDigit(c) || LOCAL_PUNCTUATION.indexOf(c) >= 0)
        && isDomain(text.substring(at + 1));
  }

  static boolean isDomain(String text) {
    String[] labels = text.split("\\.", -1);
    if (labels.length < 2 || text.length() > MAX_DOMAIN) {
      return false;
    }
    for (String label : labels) {
      if (label.isEmpty()
          || label.length() > MAX_LABEL
          || label.startsWith("-")
          || label.endsWith("-")
          || !label.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '-')) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String addressViolation(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    boolean plain = NetUtil.isValidIpV4Address(host) || isPlainIpV6(host);
    byte[] bytes = plain ? NetUtil.createByteArrayFromIpAddressString(host) : null;
    if (bytes == null || (slash >= 0 && !isPrefixLength(text.substring(slash + 1), bytes.length))) {
      return "is not an IP address or CIDR block";
    }
    return isGloballyReachable(bytes) ? null : "is not a globally reachable address";
  }

  /** Whether the text is an IPv4 or IPv6 address or network, reachable or not. */
  static boolean isNetwork(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    boolean plain = NetUtil.isValidIpV4Address(host) || isPlainIpV6(host);
    int bytes = NetUtil.isValidIpV4Address(host) ? 4 : 16;
    return plain && (slash < 0 || isPrefixLength(text.substring(slash + 1), bytes));
  }

  private static boolean isPlainIpV6(String host) {
    return host.indexOf('%') < 0 && host.indexOf('[') < 0 && NetUtil.isValidIpV6Address(host);
  }

  private static boolean isPrefixLength(String text, int addressBytes) {
    return text.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(text) <= addressBytes * 8;
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
