package dev.allowflux.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** When calls counted at the service, in nanoseconds of one clock. */
final class WireRecord {

  private final List<Long> times = new ArrayList<>();

  synchronized void add(long time) {
    times.add(time);
  }

  synchronized int size() {
    return times.size();
  }

  /** Returns the most calls in any span of a length, wherever it starts. */
  synchronized int most(long span) {
    List<Long> sorted = new ArrayList<>(times);
    Collections.sort(sorted);
    int most = 0;
    int first = 0;
    for (int last = 0; last < sorted.size(); last++) {
      while (sorted.get(last) - sorted.get(first) >= span) {
        first++;
      }
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  /** Returns how many calls counted from one moment until before another. */
  synchronized long between(long from, long to) {
    return times.stream().filter(time -> time >= from && time < to).count();
  }
}
