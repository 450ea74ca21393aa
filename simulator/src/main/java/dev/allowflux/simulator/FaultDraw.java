package dev.allowflux.simulator;

import static dev.allowflux.simulator.Fault.Content.EMPTY;
import static dev.allowflux.simulator.Fault.Content.HTML;
import static dev.allowflux.simulator.Fault.Content.JSON;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How far a simulator has got with a {@link FaultScript}: which request meets which fault. */
final class FaultDraw {
  private static final int MOST_IN_A_ROW = 3;
  private static final int THROTTLING_CODE = 10_100;
  private static final int[] EDGE_STATUSES = {502, 504, 520, 521, 522, 523, 524};

  private final List<FaultRule> rules;
  private final int[] fitting;
  private final double rate;
  private final SplitMix random;

  /** How many random faults the same request met in a row; without those that met none last. */
  private final Map<String, Integer> rows = new HashMap<>();

  FaultDraw(FaultScript script) {
    rules = script.rules();
    fitting = new int[rules.size()];
    rate = script.rate();
    random = new SplitMix(SplitMix.mix(script.seed()));
  }

  /** The fault that the next request meets. */
  synchronized Fault next(Request request, @Nullable Operation operation) {
    int page = operation == Operation.LIST && fitting.length > 0 ? page(request) : 0;
    for (int i = 0; i < fitting.length; i++) {
      FaultRule rule = rules.get(i);
      // The subtraction keeps "always" from running over.
      if (rule.fits(operation, page) && fitting[i] - rule.nth() < rule.times() - 1) {
        if (++fitting[i] >= rule.nth()) {
          return rule.fault();
        }
      }
    }
    return rate == 0 || operation == null ? Fault.NONE : random(request, operation);
  }

  /** The page that a listing asks for, or 0 if that cannot be read. */
  private static int page(Request request) {
    try {
      List<String> values = new QueryStringDecoder(request.target()).parameters().get("page");
      return values == null ? 1 : Integer.parseInt(values.get(0));
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  private Fault random(Request request, Operation operation) {
    boolean met = (random.next() >>> 11) * 0x1p-53 < rate;
    String key = request.method() + " " + request.target();
    if (!met || rows.merge(key, 1, Integer::sum) > MOST_IN_A_ROW) {
      rows.remove(key);
      return Fault.NONE;
    }
    boolean repeatable = operation != Operation.CREATE && operation != Operation.BATCH;
    return repeatable ? recoverable() : Fault.throttled(THROTTLING_CODE);
  }

  private Fault recoverable() {
    Fault.Point point = random.pick(Fault.Point.values());
    return switch (random.below(12)) {
      case 0 -> Fault.status(500 + 3 * random.below(2), random.percent(50) ? JSON : EMPTY);
      case 1 -> Fault.status(EDGE_STATUSES[random.below(EDGE_STATUSES.length)], HTML);
      case 2 -> Fault.throttled(THROTTLING_CODE);
      case 3 -> Fault.fin(point);
      case 4 -> Fault.reset(point);
      case 5 -> Fault.stall(point, Duration.ofMillis(20 + random.below(180)));
      case 6 -> Fault.pause(point, Duration.ofMillis(20 + random.below(180)));
      case 7 -> Fault.halfBody(random.percent(50));
      case 8 -> Fault.unendedChunks();
      case 9 -> Fault.brokenGzip();
      case 10 -> Fault.invalidUtf8();
      default -> Fault.invalidJson();
    };
  }
}
