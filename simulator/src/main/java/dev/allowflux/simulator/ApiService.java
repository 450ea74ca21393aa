package dev.allowflux.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/** Makes the answer to a request: route, credential, quota, operation, headers, compression. */
final class ApiService {
  private static final int MIN_GZIP_BYTES = 512;
  private static final byte[] GZIP_HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0};

  private final Access access;
  private final AllowPolicyApi api;
  private final @Nullable Quota quota;
  private final boolean gzip;
  private volatile FaultDraw faults = new FaultDraw(FaultScript.none());

  ApiService(Access access, AllowPolicyApi api, @Nullable Quota quota, boolean gzip) {
    this.access = access;
    this.api = api;
    this.quota = quota;
    this.gzip = gzip;
  }

  /** Lets a script begin; it ends the one before. */
  void faults(FaultScript script) {
    faults = new FaultDraw(script);
  }

  /**
   * Answers a request, spoilt as far as that happens before it is written.
   *
   * @param allocator what makes the buffer of a long body
   */
  Answer answer(Exchange exchange, ByteBufAllocator allocator) {
    Request request = exchange.request();
    Answer answer = trueAnswer(exchange, allocator);
    Fault fault = exchange.scriptedFault();
    if (fault.kind().replacesAnswer()) {
      answer.body().release();
      answer = Damage.replacement(fault);
    }
    addHeaders(answer, exchange.number());
    Damage.apply(answer, fault);
    if (fault.kind() == Fault.Kind.BROKEN_GZIP) {
      compress(answer, allocator);
      Damage.spoilGzip(answer.body());
    } else if (gzip && request.acceptsGzip() && answer.body().readableBytes() >= MIN_GZIP_BYTES) {
      compress(answer, allocator);
    }
    return answer;
  }

  private Answer trueAnswer(Exchange exchange, ByteBufAllocator allocator) {
    Request request = exchange.request();
    try {
      if (request.refusal() != null) {
        throw request.refusal();
      }
      Route route = Route.of(request.method(), request.target());
      exchange.operation(route.operation());
      exchange.scriptedFault(faults.next(request, route.operation()));
      return carryOut(exchange, route, allocator);
    } catch (Refusal refusal) {
      if (exchange.operation() == null) {
        exchange.scriptedFault(faults.next(request, null));
      }
      return AllowPolicyApi.refusal(refusal);
    }
  }

  private Answer carryOut(Exchange exchange, Route route, ByteBufAllocator allocator) {
    Request request = exchange.request();
    Fault fault = exchange.scriptedFault();
    boolean mayWrite = access.mayWrite(request.headers());
    spend();
    access.admit(mayWrite, route);
    Answer answer = api.answer(request, route, fault, allocator);
    if (route.operation().isWrite() && fault.isDone()) {
      exchange.setCarriedOut();
    }
    return answer;
  }

  private void spend() {
    if (quota != null && quota.take().refused()) {
      throw Refusal.of(429, 10_100, "Rate limited: too many requests, try again later");
    }
  }

  /** The headers of every answer, whatever it is. */
  private void addHeaders(Answer answer, long number) {
    Map<String, String> headers = answer.headers();
    headers.put("cf-ray", "%016x-SIM".formatted(SplitMix.mix(number)));
    if (quota != null) {
      Quota.State state = quota.look();
      if (quota.rule().headers()) {
        headers.put("ratelimit", "\"default\";r=" + state.left() + ";t=" + state.resetSeconds());
        headers.put(
            "ratelimit-policy",
            "\"default\";q="
                + quota.rule().quota()
                + ";w="
                + Math.max(1, quota.rule().window().toSeconds()));
      }
      if (state.refused() && answer.status() == 429) {
        headers.put("retry-after", Long.toString(state.resetSeconds()));
      }
    }
  }

  private static void compress(Answer answer, ByteBufAllocator allocator) {
    ByteBuf plain = answer.body();
    answer.headers().put("content-encoding", "gzip");
    answer.body(gzip(plain, allocator));
    plain.release();
  }

  /** Compresses a buffer that has an array, fast rather than small, and leaves it as it is. */
  static ByteBuf gzip(ByteBuf plain, ByteBufAllocator allocator) {
    int length = plain.readableBytes();
    int start = plain.arrayOffset() + plain.readerIndex();
    CRC32 checksum = new CRC32();
    checksum.update(plain.array(), start, length);
    ByteBuf packed = allocator.heapBuffer(length / 4 + 64);
    packed.writeBytes(GZIP_HEADER);
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(plain.array(), start, length);
      deflater.finish();
      while (!deflater.finished()) {
        packed.ensureWritable(4096);
        int written =
            deflater.deflate(
                packed.array(),
                packed.arrayOffset() + packed.writerIndex(),
                packed.writableBytes());
        packed.writerIndex(packed.writerIndex() + written);
      }
    } finally {
      deflater.end();
    }
    return packed.writeIntLE((int) checksum.getValue()).writeIntLE(length);
  }
}
