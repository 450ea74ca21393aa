package dev.allowflux.internal.pattern;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An IP address or CIDR block, read without asking any name service. */
public final class IpNetwork {
  private static final int GROUPS = 8;

  /** 0:0:0:0:0:ffff, in front of an IPv4 address within an IPv6 one. */
  private static final int MAPPED_BITS = 96;

  /** Four or sixteen bytes; those behind the prefix are zero. */
  private final byte[] address;

  private final int prefix;

  private IpNetwork(byte[] address, int prefix) {
    this.address = address;
    this.prefix = prefix;
    for (int bit = prefix; bit < 8 * address.length; bit++) {
      address[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
  }

  /**
   * Reads an address, or an address and the length of a prefix behind a slash. Forms that systems
   * read differently (leading zeros, fewer than four parts, zones) are none.
   */
  public static @Nullable IpNetwork parse(String text) {
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    byte[] address = host.indexOf(':') < 0 ? parseV4(host) : parseV6(host);
    if (address == null) {
      return null;
    }
    int bits = 8 * address.length;
    int prefix = slash < 0 ? bits : number(text.substring(slash + 1), bits);
    return prefix < 0 ? null : new IpNetwork(address, prefix);
  }

  /**
   * Tells whether it is a network of IPv4.
   *
   * @return false for IPv6
   */
  public boolean isV4() {
    return address.length == 4;
  }

  public int prefix() {
    return prefix;
  }

  /** The length of the prefix within IPv4 if this is a block of IPv4 addresses in IPv6 clothes. */
  public int mappedPrefix() {
    if (isV4() || prefix < MAPPED_BITS) {
      return -1;
    }
    for (int i = 0; i < 12; i++) {
      if (address[i] != (i < 10 ? 0 : (byte) 0xff)) {
        return -1;
      }
    }
    return prefix - MAPPED_BITS;
  }

  /**
   * Names the kind of address that the service refuses, if all of the network is of that kind; an
   * IPv4 address within an IPv6 one is judged as what it is.
   *
   * @return for instance {@code "private"}, or {@code null} for addresses that may be reachable
   */
  public @Nullable String unreachable() {
    int mapped = mappedPrefix();
    if (isV4() || mapped >= 0) {
      int start = isV4() ? 0 : 12;
      return unreachableV4(
          (uint16(address, start) << 16) | uint16(address, start + 2), isV4() ? prefix : mapped);
    }
    int first = uint16(address, 0);
    boolean low = prefix == 8 * address.length && isZero(15);
    if (low && address[15] <= 1 && address[15] >= 0) {
      return address[15] == 0 ? "unspecified" : "loopback";
    }
    if (prefix >= 7 && (first & 0xfe00) == 0xfc00) {
      return "private";
    }
    return prefix >= 10 && (first & 0xffc0) == 0xfe80 ? "link-local" : null;
  }

  private boolean isZero(int length) {
    for (int i = 0; i < length; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String unreachableV4(int address, int prefix) {
    boolean isPrivate =
        (prefix >= 8 && address >>> 24 == 10)
            || (prefix >= 12 && address >>> 20 == 0xac1)
            || (prefix >= 16 && address >>> 16 == 0xc0a8);
    if (isPrivate) {
      return "private";
    }
    if (prefix >= 8 && address >>> 24 == 127) {
      return "loopback";
    }
    if (prefix >= 16 && address >>> 16 == 0xa9fe) {
      return "link-local";
    }
    if (prefix == 32 && address == 0) {
      return "unspecified";
    }
    return prefix == 32 && address == -1 ? "broadcast" : null;
  }

  private static byte @Nullable [] parseV4(String text) {
    byte[] address = new byte[4];
    int from = 0;
    for (int i = 0; i < address.length; i++) {
      int to = i + 1 < address.length ? text.indexOf('.', from) : text.length();
      int value = to < 0 ? -1 : number(text.substring(from, to), 255);
      if (value < 0) {
        return null;
      }
      address[i] = (byte) value;
      from = to + 1;
    }
    return address;
  }

  private static byte @Nullable [] parseV6(String text) {
    String groups = text;
    int lastColon = text.lastIndexOf(':');
    if (text.indexOf('.', lastColon) >= 0) {
      byte[] tail = parseV4(text.substring(lastColon + 1));
      if (tail == null) {
        return null;
      }
      groups =
          text.substring(0, lastColon + 1)
              + Integer.toHexString(uint16(tail, 0))
              + ':'
              + Integer.toHexString(uint16(tail, 2));
    }
    int gap = groups.indexOf("::");
    if (gap < 0) {
      int[] all = groups(groups);
      return all == null || all.length != GROUPS ? null : bytes(all, new int[0]);
    }
    int[] head = groups(groups.substring(0, gap));
    int[] tail = groups(groups.substring(gap + 2));
    return head == null || tail == null || head.length + tail.length >= GROUPS
        ? null
        : bytes(head, tail);
  }

  private static int @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new int[0];
    }
    String[] parts = text.split(":", -1);
    int[] groups = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      groups[i] = group(parts[i]);
      if (groups[i] < 0) {
        return null;
      }
    }
    return groups;
  }

  private static int group(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static byte[] bytes(int[] head, int[] tail) {
    byte[] address = new byte[2 * GROUPS];
    for (int i = 0; i < head.length; i++) {
      put(address, i, head[i]);
    }
    for (int i = 0; i < tail.length; i++) {
      put(address, GROUPS - tail.length + i, tail[i]);
    }
    return address;
  }

  private static void put(byte[] address, int group, int value) {
    address[2 * group] = (byte) (value >> 8);
    address[2 * group + 1] = (byte) value;
  }

  private static int uint16(byte[] bytes, int start) {
    return ((bytes[start] & 0xff) << 8) | (bytes[start + 1] & 0xff);
  }

  /** Reads a decimal number without leading zeros, or returns -1. */
  private static int number(String text, int max) {
    if (text.isEmpty() || text.length() > 3 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = 10 * value + c - '0';
    }
    return value > max ? -1 : value;
  }

  /** The canonical text; the prefix of a single address is left out. */
  @Override
  public String toString() {
    String text = isV4() ? textV4(0) : textV6();
    return prefix == 8 * address.length ? text : text + '/' + prefix;
  }

  private String textV4(int start) {
    return (address[start] & 0xff)
        + "."
        + (address[start + 1] & 0xff)
        + "."
        + (address[start + 2] & 0xff)
        + "."
        + (address[start + 3] & 0xff);
  }

  /** RFC 5952: the first longest run of two or more zero groups is left out. */
  private String textV6() {
    if (mappedPrefix() >= 0) {
      return "::ffff:" + textV4(12);
    }
    int[] groups = new int[GROUPS];
    Arrays.setAll(groups, i -> uint16(address, 2 * i));
    int gap = -1;
    int gapLength = 1;
    int run = 0;
    for (int i = 0; i < GROUPS; i++) {
      run = groups[i] == 0 ? run + 1 : 0;
      if (run > gapLength) {
        gapLength = run;
        gap = i - run + 1;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == gap) {
        text.append("::");
        i += gapLength - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
