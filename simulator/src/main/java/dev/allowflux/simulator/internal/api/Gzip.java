package dev.allowflux.simulator.internal.api;

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
 * Compresses bodies, fast rather than small, and caches the last ones.
 *
 * <p>To compress a page takes longer than a client needs to decompress and read it. Without the
 * cache a benchmark that reads the same pages again and again would measure the simulator.
 */
final class Gzip {
  private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0};
  private static final int MIN_CACHED_BODY = 32 << 10;
  private static final int MAX_CACHED_BYTES = 64 << 20;

  /** Identifies a body: two checksums of different polynomials, and the length. */
  private record Key(long crc32, long crc32c, int length) {}

  private final Map<Key, byte[]> cache = new LinkedHashMap<>(16, 0.75f, true);
  private int cachedBytes;

  /** Returns a body in gzip; the plain one, which must have an array, stays as it is. */
  ByteBuf compress(ByteBuf plain) {
    byte[] bytes = plain.array();
    int start = plain.arrayOffset() + plain.readerIndex();
    int length = plain.readableBytes();
    long crc32 = checksum(new CRC32(), bytes, start, length);
    if (length < MIN_CACHED_BODY) {
      return Unpooled.wrappedBuffer(compress(bytes, start, length, crc32));
    }
    Key key = new Key(crc32, checksum(new CRC32C(), bytes, start, length), length);
    byte[] compressed = find(key);
    if (compressed == null) {
      compressed = compress(bytes, start, length, crc32);
      cache(key, compressed);
    }
    return Unpooled.wrappedBuffer(compressed);
  }

  private synchronized byte @Nullable [] find(Key key) {
    return cache.get(key);
  }

  private synchronized void cache(Key key, byte[] compressed) {
    byte[] before = cache.put(key, compressed);
    cachedBytes += compressed.length - (before == null ? 0 : before.length);
    var eldest = cache.values().iterator();
    while (cachedBytes > MAX_CACHED_BYTES) {
      cachedBytes -= eldest.next().length;
      eldest.remove();
    }
  }

  private static long checksum(Checksum checksum, byte[] bytes, int start, int length) {
    checksum.update(bytes, start, length);
    return checksum.getValue();
  }

  private static byte[] compress(byte[] plain, int start, int length, long crc32) {
    byte[] compressed = Arrays.copyOf(HEADER, length / 4 + 64);
    int at = HEADER.length;
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(plain, start, length);
      deflater.finish();
      while (!deflater.finished()) {
        if (at == compressed.length) {
          compressed = Arrays.copyOf(compressed, at * 2);
        }
        at += deflater.deflate(compressed, at, compressed.length - at);
      }
    } finally {
      deflater.end();
    }
    compressed = Arrays.copyOf(compressed, at + 8);
    for (int i = 0; i < 4; i++) {
      compressed[at + i] = (byte) (crc32 >>> (8 * i));
      compressed[at + 4 + i] = (byte) (length >>> (8 * i));
    }
    return compressed;
  }
}
