package dev.allowflux.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses bodies, fast rather than small, and keeps the last ones.
 *
 * <p>To compress a page takes longer than a client needs to unpack and read it. Without the memory
 * a benchmark that reads the same pages again and again would measure the simulator.
 */
final class Gzip {
  private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0};
  private static final int MIN_KEPT_BODY = 32 << 10;
  private static final int MAX_KEPT_BYTES = 64 << 20;

  /** What stands for a body: two checksums of different polynomials, and the length. */
  private record Key(long crc32, long crc32c, int length) {}

  private final Map<Key, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);
  private int keptBytes;

  /** Gives a body in gzip, and leaves the plain one, which must have an array, as it is. */
  ByteBuf pack(ByteBuf plain) {
    byte[] bytes = plain.array();
    int start = plain.arrayOffset() + plain.readerIndex();
    int length = plain.readableBytes();
    long crc32 = checksum(new CRC32(), bytes, start, length);
    if (length < MIN_KEPT_BODY) {
      return Unpooled.wrappedBuffer(pack(bytes, start, length, crc32));
    }
    Key key = new Key(crc32, checksum(new CRC32C(), bytes, start, length), length);
    byte[] packed = find(key);
    if (packed == null) {
      packed = pack(bytes, start, length, crc32);
      keep(key, packed);
    }
    return Unpooled.wrappedBuffer(packed);
  }

  private synchronized byte @Nullable [] find(Key key) {
    return kept.get(key);
  }

  private synchronized void keep(Key key, byte[] packed) {
    byte[] before = kept.put(key, packed);
    keptBytes += packed.length - (before == null ? 0 : before.length);
    var eldest = kept.values().iterator();
    while (keptBytes > MAX_KEPT_BYTES) {
      keptBytes -= eldest.next().length;
      eldest.remove();
    }
  }

  private static long checksum(Checksum checksum, byte[] bytes, int start, int length) {
    checksum.update(bytes, start, length);
    return checksum.getValue();
  }

  private static byte[] pack(byte[] plain, int start, int length, long crc32) {
    byte[] packed = Arrays.copyOf(HEADER, length / 4 + 64);
    int at = HEADER.length;
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(plain, start, length);
      deflater.finish();
      while (!deflater.finished()) {
        if (at == packed.length) {
          packed = Arrays.copyOf(packed, at * 2);
        }
        at += deflater.deflate(packed, at, packed.length - at);
      }
    } finally {
      deflater.end();
    }
    packed = Arrays.copyOf(packed, at + 8);
    for (int i = 0; i < 4; i++) {
      packed[at + i] = (byte) (crc32 >>> (8 * i));
      packed[at + 4 + i] = (byte) (length >>> (8 * i));
    }
    return packed;
  }
}
