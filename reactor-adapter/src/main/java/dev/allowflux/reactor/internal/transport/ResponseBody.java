package dev.allowflux.reactor.internal.transport;

import dev.allowflux.internal.http.ApiResponse;
import dev.allowflux.internal.http.ResponseHeaders;
import dev.allowflux.internal.text.SecretMask;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The body of one response while it arrives: the connection's own buffers, kept and not copied.
 *
 * <p>When it is whole it is copied once, into an array that the thread uses again for the next
 * body, and read there. So a page costs no garbage beyond its policies, and pages in flight cost no
 * heap.
 */
final class ResponseBody {

  private static final int LARGEST_KEPT = 2 << 20;
  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[64 << 10];
        }
      };

  private final int maxBytes;
  private final List<ByteBuf> pieces = new ArrayList<>();
  private int size;
  private boolean released;

  ResponseBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Keeps a piece.
   *
   * @return false if the body is too large; the piece is not kept then
   */
  synchronized boolean add(ByteBuf piece) {
    // A cancel may come from another thread while the event loop delivers a piece.
    if (released) {
      return true;
    }
    if (piece.readableBytes() > maxBytes - size) {
      return false;
    }
    size += piece.readableBytes();
    pieces.add(piece.retain());
    return true;
  }

  /** Hands what has arrived to a reader that borrows it until it returns. */
  synchronized <R> R read(
      int status, ResponseHeaders headers, SecretMask mask, Function<ApiResponse, R> reader) {
    byte[] bytes = SCRATCH.get();
    if (bytes.length < size) {
      bytes = new byte[Math.max(size, Math.min(LARGEST_KEPT, Integer.highestOneBit(size) * 2))];
      if (bytes.length <= LARGEST_KEPT) {
        SCRATCH.set(bytes);
      }
    }
    int at = 0;
    for (ByteBuf piece : pieces) {
      int length = piece.readableBytes();
      piece.getBytes(piece.readerIndex(), bytes, at, length);
      at += length;
    }
    return reader.apply(new ApiResponse(status, headers, bytes, 0, at, mask));
  }

  synchronized void release() {
    released = true;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
  }
}
