package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.QuotaState;
import dev.allowflux.simulator.internal.exchange.Refusal;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.exchange.Response;
import dev.allowflux.simulator.internal.fault.ContraryFaults;
import dev.allowflux.simulator.internal.fault.FaultApplier;
import dev.allowflux.simulator.internal.fault.FaultSelector;
import dev.allowflux.simulator.internal.random.SplitMix;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the response to a request: route, credential, quota, operation, headers, compression. */
public final class ApiService {
  private static final int MIN_GZIP_BYTES = 512;

  private final Authenticator authenticator;
  private final AllowPolicyApi api;
  private final @Nullable Quota quota;
  private final boolean compresses;
  private final Gzip gzip = new Gzip();
  private final FaultApplier applier;
  private final @Nullable ContraryFaults contrary;
  private volatile FaultSelector faults = new FaultSelector(FaultScript.none());

  /**
   * Makes a service.
   *
   * @param quota null for no rate limit
   * @param contrary the faults of requests that have none by script, or null
   */
  public ApiService(
      Authenticator authenticator,
      AllowPolicyApi api,
      @Nullable Quota quota,
      boolean compresses,
      @Nullable ContraryFaults contrary) {
    this.authenticator = authenticator;
    this.api = api;
    this.quota = quota;
    this.compresses = compresses;
    this.contrary = contrary;
    applier = new FaultApplier(api::otherThan);
  }

  /** Starts a script, which replaces the one before. */
  public void faults(FaultScript script) {
    faults = new FaultSelector(script);
  }

  /** Selects the fault of a request, checks its credential and counts it. */
  public Call accept(Exchange exchange) {
    Request request = exchange.request();
    Route route = null;
    try {
      if (request.refusal() != null) {
        throw request.refusal();
      }
      route = Route.of(request.method(), request.target());
      exchange.operation(route.operation());
      exchange.selectedFault(fault(request, route.operation()));
      boolean mayWrite = authenticator.mayWrite(request.headers());
      takeFromQuota(exchange);
      authenticator.authorize(mayWrite, route);
      return new Call(exchange, route, null);
    } catch (Refusal refusal) {
      if (route == null) {
        exchange.selectedFault(faults.next(request, null));
      }
      return new Call(exchange, route, refusal);
    }
  }

  private Fault fault(Request request, Operation operation) {
    Fault fault = faults.next(request, operation);
    return fault == Exchange.NO_FAULT && contrary != null
        ? contrary.next(request, operation)
        : fault;
  }

  /**
   * Carries out a call and makes its response, with what its fault does before it is written.
   *
   * @param allocator allocates the buffer of a long body
   */
  public Response respond(Call call, ByteBufAllocator allocator) {
    Exchange exchange = call.exchange();
    FaultEffect fault = exchange.selectedFault().effect();
    Response response = trueResponse(call, allocator);
    if (fault instanceof FaultEffect.Replacement replacement) {
      response.body().release();
      response = FaultApplier.replacement(replacement);
    }
    addHeaders(response, exchange);
    applier.changeContent(response, fault);
    if (fault == FaultEffect.WrongFraming.BROKEN_GZIP) {
      compress(response);
      FaultApplier.breakGzip(response);
    } else if (compresses
        && exchange.request().acceptsGzip()
        && response.body().readableBytes() >= MIN_GZIP_BYTES) {
      compress(response);
    }
    return response;
  }

  private Response trueResponse(Call call, ByteBufAllocator allocator) {
    Refusal earlier = call.refusal();
    if (earlier != null) {
      return Response.of(earlier);
    }
    Route route = Objects.requireNonNull(call.route(), "route");
    Fault fault = call.exchange().selectedFault();
    return evaluate(call, route, fault.isDone() && fault.delay().isZero(), allocator);
  }

  private Response evaluate(Call call, Route route, boolean commit, ByteBufAllocator allocator) {
    try {
      Response response = api.respond(call.exchange(), route, commit, allocator);
      if (route.operation().isWrite() && commit) {
        call.exchange().setCarriedOut();
      }
      return response;
    } catch (Refusal refusal) {
      return Response.of(refusal);
    }
  }

  /** Carries out a write whose response was made before; nothing happens if it is refused now. */
  public void carryOut(Call call, ByteBufAllocator allocator) {
    if (call.refusal() == null) {
      evaluate(call, Objects.requireNonNull(call.route(), "route"), true, allocator)
          .body()
          .release();
    }
  }

  private void takeFromQuota(Exchange exchange) {
    if (quota == null) {
      return;
    }
    QuotaState state = quota.take();
    exchange.quota(state);
    if (state.refused()) {
      throw Refusal.of(429, 10_100, "Rate limited: too many requests, try again later");
    }
  }

  /** Adds the headers that every response has. */
  private void addHeaders(Response response, Exchange exchange) {
    Map<String, String> headers = response.headers();
    headers.put("cf-ray", HexFormat.of().toHexDigits(SplitMix.mix(exchange.number())) + "-SIM");
    if (quota != null) {
      QuotaState taken = exchange.quota();
      QuotaState state = taken == null ? quota.peek() : taken;
      if (quota.rule().headers()) {
        headers.put("ratelimit", "\"default\";r=" + state.left() + ";t=" + state.resetSeconds());
        headers.put(
            "ratelimit-policy",
            "\"default\";q="
                + quota.rule().quota()
                + ";w="
                + Math.max(1, quota.rule().window().toSeconds()));
      }
      if (state.refused() && response.status() == 429) {
        headers.put("retry-after", Long.toString(state.resetSeconds()));
      }
    }
  }

  private void compress(Response response) {
    ByteBuf plain = response.body();
    response.headers().put("content-encoding", "gzip");
    response.body(gzip.compress(plain));
    plain.release();
  }
}
