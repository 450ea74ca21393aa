package dev.allowflux.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the answer to a request: route, credential, quota, operation, headers, compression. */
final class ApiService {
  private static final int MIN_GZIP_BYTES = 512;

  private final Access access;
  private final AllowPolicyApi api;
  private final @Nullable Quota quota;
  private final boolean compresses;
  private final Gzip gzip = new Gzip();
  private volatile FaultDraw faults = new FaultDraw(FaultScript.none());

  ApiService(Access access, AllowPolicyApi api, @Nullable Quota quota, boolean compresses) {
    this.access = access;
    this.api = api;
    this.quota = quota;
    this.compresses = compresses;
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
    addHeaders(answer, exchange);
    Damage.apply(answer, fault);
    if (fault.kind() == Fault.Kind.BROKEN_GZIP) {
      compress(answer);
      Damage.spoilGzip(answer);
    } else if (compresses
        && request.acceptsGzip()
        && answer.body().readableBytes() >= MIN_GZIP_BYTES) {
      compress(answer);
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
    spend(exchange);
    access.admit(mayWrite, route);
    Answer answer = api.answer(request, route, fault, allocator);
    if (route.operation().isWrite() && fault.isDone()) {
      exchange.setCarriedOut();
    }
    return answer;
  }

  private void spend(Exchange exchange) {
    if (quota == null) {
      return;
    }
    Quota.State state = quota.take();
    exchange.quota(state);
    if (state.refused()) {
      throw Refusal.of(429, 10_100, "Rate limited: too many requests, try again later");
    }
  }

  /** The headers of every answer, whatever it is. */
  private void addHeaders(Answer answer, Exchange exchange) {
    Map<String, String> headers = answer.headers();
    headers.put("cf-ray", "%016x-SIM".formatted(SplitMix.mix(exchange.number())));
    if (quota != null) {
      Quota.State spent = exchange.quota();
      Quota.State state = spent == null ? quota.look() : spent;
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

  private void compress(Answer answer) {
    ByteBuf plain = answer.body();
    answer.headers().put("content-encoding", "gzip");
    answer.body(gzip.pack(plain));
    plain.release();
  }
}
