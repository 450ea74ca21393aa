package dev.allowflux.internal.quota;

import java.util.Arrays;

/**
 * Times in nanoseconds, oldest first, in a ring. Times mostly come in order; one that does not is
 * moved to its position from the end.
 */
public final class TimeRing {

  private long[] times = new long[64];
  private int head;
  private int size;

  /** Returns how many times are held. */
  public int size() {
    return size;
  }

  /** Returns the n-th oldest time, counted from 0. */
  public long get(int n) {
    return times[(head + n) & (times.length - 1)];
  }

  /** Adds a time at its position. */
  public void add(long time) {
    if (size == times.length) {
      long[] grown = Arrays.copyOfRange(times, head, head + size * 2);
      System.arraycopy(times, 0, grown, times.length - head, head);
      times = grown;
      head = 0;
    }
    int at = size++;
    for (; at > 0 && get(at - 1) > time; at--) {
      times[(head + at) & (times.length - 1)] = get(at - 1);
    }
    times[(head + at) & (times.length - 1)] = time;
  }

  /** Forgets the times at or before {@code time}. */
  public void forgetUntil(long time) {
    while (size > 0 && times[head] <= time) {
      head = (head + 1) & (times.length - 1);
      size--;
    }
  }

  /** Returns how many times are after {@code time}. */
  int countAfter(long time) {
    int old = 0;
    while (old < size && get(old) <= time) {
      old++;
    }
    return size - old;
  }
}
