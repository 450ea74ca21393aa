package dev.allowflux.simulator.internal.fault;

import static dev.allowflux.simulator.Fault.Content.EMPTY;
import static dev.allowflux.simulator.Fault.Content.HTML;
import static dev.allowflux.simulator.Fault.Content.JSON;

import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.internal.random.SplitMix;
import java.time.Duration;

/** The random faults that a careful client recovers from. */
final class RecoverableFaults {
  private static final int THROTTLING_CODE = 10_100;
  private static final int[] EDGE_STATUSES = {502, 504, 520, 521, 522, 523, 524};

  private RecoverableFaults() {}

  static Fault draw(SplitMix random, Operation operation) {
    if (operation == Operation.CREATE || operation == Operation.BATCH) {
      return Fault.throttled(THROTTLING_CODE);
    }
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
