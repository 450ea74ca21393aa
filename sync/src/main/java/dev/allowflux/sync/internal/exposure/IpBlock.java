package dev.allowflux.sync.internal.exposure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An IP network as bits, read without asking any name service. */
public final class IpBlock implements Comparable<IpBlock> {
  private static final int WIDEST_V4 = 16;
  private static final int WIDEST_V6 = 32;

  /** Prefixes within IPv6 that an IPv4 address follows, and their lengths in bits. */
  private static final IpBlock[] TRANSLATED = {
    known("::ffff:0:0/96"),
    known("64:ff9b::/96"),
    known("::/96"),
    known("::ffff:0:0:0/96"),
    known("2002::/16")
  };

  /** Four or sixteen; those behind the prefix are zero in a canonical text. */
  private final byte[] bytes;

  /** The number of leading bits that all its addresses share. */
  private final int prefix;

  private IpBlock(byte[] bytes, int prefix) {
    this.bytes = bytes;
    this.prefix = prefix;
  }

  /** Tells whether the network has more addresses than a sender can have for its own. */
  boolean isWide() {
    if (bytes.length == 4) {
      return prefix < WIDEST_V4;
    }
    for (IpBlock translated : TRANSLATED) {
      if (translated.contains(this)) {
        return prefix - translated.prefix < WIDEST_V4;
      }
      if (contains(translated)) {
        return true;
      }
    }
    return prefix < WIDEST_V6;
  }

  /** Tells whether each address of the other network is one of this one. */
  public boolean contains(IpBlock other) {
    if (other.bytes.length != bytes.length || other.prefix < prefix) {
      return false;
    }
    int whole = prefix / 8;
    if (!Arrays.equals(bytes, 0, whole, other.bytes, 0, whole)) {
      return false;
    }
    int mask = 0xFF00 >> prefix % 8 & 0xFF;
    return mask == 0 || ((bytes[whole] ^ other.bytes[whole]) & mask) == 0;
  }

  /** Returns the number of leading bits that all its addresses share. */
  public int prefix() {
    return prefix;
  }

  /** Orders IPv4 before IPv6, then by address, so that a network follows those around it. */
  @Override
  public int compareTo(IpBlock other) {
    if (bytes.length != other.bytes.length) {
      return Integer.compare(bytes.length, other.bytes.length);
    }
    int order = Arrays.compareUnsigned(bytes, other.bytes);
    return order != 0 ? order : Integer.compare(prefix, other.prefix);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpBlock that
        && prefix == that.prefix
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + prefix;
  }

  /** Reads an address or a network in CIDR form; null for everything else. */
  public static @Nullable IpBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = address.indexOf(':') < 0 ? ipv4(address) : ipv6(address);
    if (bytes == null) {
      return null;
    }
    int bits = 8 * bytes.length;
    int prefix = slash < 0 ? bits : decimal(text, slash + 1, text.length(), bits);
    return prefix < 0 ? null : new IpBlock(bytes, prefix);
  }

  private static IpBlock known(String text) {
    IpBlock block = parse(text);
    if (block == null) {
      throw new IllegalArgumentException(text);
    }
    return block;
  }

  private static byte @Nullable [] ipv4(String text) {
    byte[] bytes = new byte[4];
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      int to = i + 1 < bytes.length ? text.indexOf('.', from) : text.length();
      int value = to < 0 ? -1 : decimal(text, from, to, 255);
      if (value < 0) {
        return null;
      }
      bytes[i] = (byte) value;
      from = to + 1;
    }
    return bytes;
  }

  private static byte @Nullable [] ipv6(String text) {
    int gap = text.indexOf("::");
    byte[] head = gap < 0 ? groups(text, true) : groups(text.substring(0, gap), false);
    byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2), true);
    if (head == null || tail == null) {
      return null;
    }
    int length = head.length + tail.length;
    if (gap < 0 ? length != 16 : length > 14) {
      return null;
    }
    byte[] bytes = Arrays.copyOf(head, 16);
    System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
    return bytes;
  }

  /** Reads groups of 16 bits; the last one may be an IPv4 address if they are the end. */
  private static byte @Nullable [] groups(String text, boolean isEnd) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] groups = text.split(":", -1);
    byte[] bytes = new byte[2 * groups.length + 2];
    int size = 0;
    for (int i = 0; i < groups.length; i++) {
      if (isEnd && i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
        byte[] embedded = ipv4(groups[i]);
        if (embedded == null) {
          return null;
        }
        System.arraycopy(embedded, 0, bytes, size, 4);
        size += 4;
      } else if (isHex(groups[i])) {
        int value = Integer.parseInt(groups[i], 16);
        bytes[size++] = (byte) (value >> 8);
        bytes[size++] = (byte) value;
      } else {
        return null;
      }
    }
    return Arrays.copyOf(bytes, size);
  }

  private static boolean isHex(String group) {
    for (int i = 0; i < group.length(); i++) {
      char c = group.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F')) {
        return false;
      }
    }
    return !group.isEmpty() && group.length() <= 4;
  }

  /** Reads a decimal number without leading zeros; -1 for everything else. */
  private static int decimal(String text, int from, int to, int max) {
    int digits = to - from;
    if (digits < 1 || digits > 3 || (digits > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = 10 * value + c - '0';
    }
    return value > max ? -1 : value;
  }
}
