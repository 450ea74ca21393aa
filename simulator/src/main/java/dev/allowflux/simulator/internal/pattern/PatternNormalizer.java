package dev.allowflux.simulator.internal.pattern;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes patterns as a service may store them: one spelling for all that mean the same. */
public final class PatternNormalizer {
  private PatternNormalizer() {}

  /**
   * Returns a domain in lower case, with A-labels and without trailing dot (also behind the at sign
   * of an address), and a network without host bits. A regular expression, and what is no pattern
   * of its type, stays as it is.
   *
   * @param type EMAIL, DOMAIN or IP
   */
  public static String normalize(String pattern, String type, boolean regex) {
    if (regex) {
      return pattern;
    }
    return switch (type) {
      case "EMAIL" -> {
        int at = pattern.lastIndexOf('@');
        yield pattern.substring(0, at + 1) + domain(pattern.substring(at + 1));
      }
      case "DOMAIN" -> domain(pattern);
      default -> network(pattern);
    };
  }

  private static String domain(String domain) {
    String name = domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain;
    if (!PatternRules.isDomain(name)) {
      return domain;
    }
    try {
      return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return domain;
    }
  }

  private static String network(String pattern) {
    byte @Nullable [] network = PatternRules.network(pattern);
    int slash = pattern.indexOf('/');
    return network == null ? pattern : text(network) + (slash < 0 ? "" : pattern.substring(slash));
  }

  private static String text(byte[] address) {
    try {
      // An address of 16 bytes that is IPv4 in IPv6 would lose its form otherwise.
      InetAddress made =
          address.length == 16
              ? Inet6Address.getByAddress(null, address, -1)
              : InetAddress.getByAddress(address);
      return NetUtil.toAddressString(made);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("neither 4 nor 16 bytes", e);
    }
  }
}
