package dev.allowflux.sync.internal.exposure;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An IP network as bits, read without asking any name service. */
public final class IpBlock {
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

  /** Four or sixteen. */
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

  private boolean contains(IpBlock other) {
    if (other.bytes.length != bytes.length || other.prefix < prefix) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> bit % 8;
      if ((bytes[bit / 8] & mask) != (other.bytes[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the number of leading bits that all its addresses share. */
  public int prefix() {
    return prefix;
  }

  /** Returns the network of a shorter prefix that contains this one. */
  public IpBlock widenedTo(int shorter) {
    byte[] masked = new byte[bytes.length];
    for (int bit = 0; bit < shorter; bit++) {
      masked[bit / 8] |= (byte) (bytes[bit / 8] & 0x80 >> bit % 8);
    }
    return new IpBlock(masked, shorter);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpBlock that
        && prefix == that.prefix
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    // FNV-1a: neighbouring addresses, of which there may be many, must not share a hash.
    int hash = 0x811C9DC5 ^ prefix;
    for (byte part : bytes) {
      hash = (hash ^ (part & 0xFF)) * 0x01000193;
    }
    return hash;
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
    int prefix = slash < 0 ? bits : decimal(text.substring(slash + 1), bits);
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
    String[] parts = text.split("\\.", -1);
    byte[] bytes = new byte[4];
    for (int i = 0; i < parts.length; i++) {
      int value = decimal(parts[i], 255);
      if (value < 0 || parts.length != 4) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static byte @Nullable [] ipv6(String text) {
    int gap = text.indexOf("::");
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap));
    byte[] tail = gap < 0 ? new byte[0] : groups(text.substring(gap + 2));
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

  /** Reads groups of 16 bits; the last one may be an IPv4 address. */
  private static byte @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] groups = text.split(":", -1);
    byte[] bytes = new byte[2 * groups.length + 2];
    int size = 0;
    for (int i = 0; i < groups.length; i++) {
      if (i == groups.length - 1 && groups[i].indexOf('.') >= 0) {
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
  private static int decimal(String text, int max) {
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
}
