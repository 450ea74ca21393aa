package dev.allowflux.simulator.internal.fault;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultEffect;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Request;
import dev.allowflux.simulator.internal.random.SplitMix;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs a {@link FaultScript}: selects the fault of each request, and counts what rules took. */
public final class FaultSelector {
  private final List<FaultRule> rules;

  /** How many requests matched each rule, until the rule is used up. */
  private final int[] matches;

  private final double rate;
  private final SplitMix random;

  private final FaultStreaks streaks = new FaultStreaks();

  public FaultSelector(FaultScript script) {
    rules = script.rules();
    matches = new int[rules.size()];
    rate = script.rate();
    random = new SplitMix(SplitMix.mix(script.seed()));
  }

  /**
   * Selects the fault of the next request.
   *
   * @param operation null for a request without route
   * @return the fault, or {@link Exchange#NO_FAULT}
   */
  public synchronized Fault next(Request request, @Nullable Operation operation) {
    boolean listing = operation != null && operation.isListing();
    int page = listing && matches.length > 0 ? page(request) : 0;
    for (int i = 0; i < matches.length; i++) {
      FaultRule rule = rules.get(i);
      // Written as a difference, since nth + "always" is more than an int holds.
      if (matches(rule, operation, page) && matches[i] - rule.nth() < rule.times() - 1) {
        if (++matches[i] >= rule.nth()) {
          return rule.fault();
        }
      }
    }
    return rate == 0 || operation == null ? Exchange.NO_FAULT : random(request, operation);
  }

  private static boolean matches(FaultRule rule, @Nullable Operation operation, int page) {
    boolean listing = operation != null && operation.isListing();
    return (rule.operation() == null || rule.operation() == operation)
        && (rule.page() == null || (listing && rule.page() == page))
        && (listing || !(rule.fault().effect() instanceof FaultEffect.PageChange));
  }

  /** The requested page of a listing, or 0 if it cannot be read. */
  private static int page(Request request) {
    try {
      List<String> values = new QueryStringDecoder(request.target()).parameters().get("page");
      return values == null ? 1 : Integer.parseInt(values.get(0));
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  private Fault random(Request request, Operation operation) {
    return streaks.allows(request, random.fraction() < rate)
        ? RecoverableFaults.draw(random, operation)
        : Exchange.NO_FAULT;
  }
}
