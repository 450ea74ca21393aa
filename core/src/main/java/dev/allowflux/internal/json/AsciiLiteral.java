package dev.allowflux.internal.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A short fixed text that is compared with bytes eight at a time: a name with its quotes and colon
 * takes one to three comparisons, whatever its length.
 *
 * <p>A record, because the compiler takes the parts of a constant record for constants.
 *
 * @param text the text, ASCII
 * @param length how many bytes it has, up to {@link #MAX_LENGTH}
 * @param mask which bits of the first eight bytes belong to it
 * @param head its first eight bytes
 * @param middle eight bytes from {@code middleAt} on, for a text that head and tail do not cover
 * @param tail its last eight bytes
 */
record AsciiLiteral(
    String text,
    int length,
    long mask,
    long head,
    int middleAt,
    long middle,
    int tailAt,
    long tail) {
  private static final int MAX_LENGTH = 24;

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static AsciiLiteral of(String text) {
    byte[] padded = Arrays.copyOf(text.getBytes(US_ASCII), MAX_LENGTH);
    int length = text.length();
    int tailAt = Math.max(0, length - Long.BYTES);
    int middleAt = Math.min(Long.BYTES, tailAt);
    return new AsciiLiteral(
        text,
        length,
        length >= Long.BYTES ? -1 : -1L >>> (Long.SIZE - Byte.SIZE * length),
        eightBytes(padded, 0),
        middleAt,
        eightBytes(padded, middleAt),
        tailAt,
        eightBytes(padded, tailAt));
  }

  /** Returns eight bytes as a number whose lowest byte is the first one. */
  static long eightBytes(byte[] bytes, int at) {
    return (long) EIGHT_BYTES.get(bytes, at);
  }

  /**
   * Tells whether the text stands at an index of the bytes; nothing from the end on is looked at.
   */
  boolean isAt(byte[] bytes, int at, int end) {
    if (end - at < MAX_LENGTH) {
      return end - at >= length && text.equals(new String(bytes, at, length, ISO_8859_1));
    }
    return ((eightBytes(bytes, at) ^ head) & mask) == 0
        && (tailAt == 0 || eightBytes(bytes, at + tailAt) == tail)
        && (tailAt <= Long.BYTES || eightBytes(bytes, at + middleAt) == middle);
  }
}
