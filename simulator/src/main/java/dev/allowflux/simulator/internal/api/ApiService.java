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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Makes the response to a request: route, credential, quota, operation, headers, compression. */
public final class ApiService {
  private static final int MIN_GZIP_BYTES = 512;

  private final Authenticator authenticator;
  private final AccountListing accounts;
  private final boolean compresses;
  private final Gzip gzip = new Gzip();
  private volatile @Nullable ContraryFaults contrary;
  private volatile FaultSelector faults = new FaultSelector(FaultScript.none());

  /** Counts resets: what is late from before one must not change the account after it. */
  private final AtomicInteger generation = new AtomicInteger();

  /**
   * Makes a service.
   *
   * @param contrary the faults of requests that have none by script, or null
   */
  public ApiService(
      Authenticator authenticator, boolean compresses, @Nullable ContraryFaults contrary) {
    this.authenticator = authenticator;
    this.accounts = new AccountListing(authenticator.accounts());
    this.compresses = compresses;
    this.contrary = contrary;
  }

  /** Drops late writes and starts a script and the random faults from their beginning. */
  public void reset(FaultScript script) {
    generation.incrementAndGet();
    contrary = contrary == null ? null : contrary.fromStart();
    faults(script);
  }

  /** Starts a script, which replaces the one before. */
  public void faults(FaultScript script) {
    faults = new FaultSelector(script);
  }

  /** Selects the fault of a request, checks its credential and counts it. */
  public Call accept(Exchange exchange) {
    Request request = exchange.request();
    int current = generation.get();
    Route route = null;
    User user = null;
    try {
      if (request.refusal() != null) {
        throw request.refusal();
      }
      route = Route.of(request.method(), request.target());
      exchange.operation(route.operation());
      exchange.selectedFault(fault(request, route.operation()));
      if (!route.account().isEmpty()) {
        exchange.accountId(route.account());
      }
      Authenticator.Identity identity = authenticator.authenticate(request.headers());
      user = identity.user();
      exchange.userToken(user.credentials().token());
      takeFromQuota(exchange, user.quota());
      Account account =
          route.operation() == Operation.LIST_ACCOUNTS
              ? null
              : authenticator.authorize(identity, route);
      return new Call(exchange, route, user, account, null, current);
    } catch (Refusal refusal) {
      if (route == null) {
        exchange.selectedFault(faults.next(request, null));
      }
      return new Call(exchange, route, user, null, refusal, current);
    }
  }

  private Fault fault(Request request, Operation operation) {
    Fault fault = faults.next(request, operation);
    ContraryFaults source = contrary;
    return fault == Exchange.NO_FAULT && source != null ? source.next(request, operation) : fault;
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
    addHeaders(response, exchange, call.user());
    Account account = call.account();
    FaultApplier.changeContent(
        response, fault, id -> account == null ? null : account.api().otherThan(id));
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
    Fault fault = call.exchange().selectedFault();
    return evaluate(call, fault.isDone() && fault.delay().isZero(), allocator);
  }

  private Response evaluate(Call call, boolean commit, ByteBufAllocator allocator) {
    if (call.generation() != generation.get()) {
      return Response.of(Refusal.of(503, "the simulator was reset"));
    }
    Route route = Objects.requireNonNull(call.route(), "route");
    Account account = call.account();
    try {
      if (account == null) {
        return accounts.list(
            Objects.requireNonNull(call.user(), "user"),
            call.exchange().request().target(),
            call.exchange().selectedFault().effect());
      }
      Response response = account.api().respond(call.exchange(), route, commit, allocator);
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
      evaluate(call, true, allocator).body().release();
    }
  }

  private static void takeFromQuota(Exchange exchange, @Nullable Quota quota) {
    if (quota == null) {
      return;
    }
    QuotaState state = quota.take();
    exchange.quota(state);
    if (state.refused()) {
      throw Refusal.of(429, 10_100, "Rate limited: too many requests, try again later");
    }
  }

  /** Adds the headers that every response has; a request without user gets the first user's. */
  private void addHeaders(Response response, Exchange exchange, @Nullable User user) {
    Map<String, String> headers = response.headers();
    headers.put("cf-ray", HexFormat.of().toHexDigits(SplitMix.mix(exchange.number())) + "-SIM");
    Quota quota = (user == null ? authenticator.users().get(0) : user).quota();
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
