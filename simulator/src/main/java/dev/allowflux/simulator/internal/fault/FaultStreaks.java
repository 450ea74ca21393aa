package dev.allowflux.simulator.internal.fault;

import dev.allowflux.simulator.internal.exchange.Request;
import java.util.HashMap;
import java.util.Map;

/** Limits random faults in a row of the same request. Not thread-safe. */
final class FaultStreaks {
  private static final int MAX_IN_A_ROW = 3;

  /** The faults in a row, by method, path and query; without entry after a request without one. */
  private final Map<String, Integer> inARow = new HashMap<>();

  /**
   * Notes a request.
   *
   * @param selected whether it is to get a fault
   * @return whether it gets one
   */
  boolean allows(Request request, boolean selected) {
    String key = request.method() + " " + request.target();
    if (selected && inARow.merge(key, 1, Integer::sum) <= MAX_IN_A_ROW) {
      return true;
    }
    inARow.remove(key);
    return false;
  }
}
