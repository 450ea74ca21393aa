package dev.allowflux.reactor.internal.call;

import java.util.Arrays;

/** When the latest calls were sent, oldest first: a ring of nanosecond readings that never fall. */
public final class SendTimes {

  private long[] times = new long[64];
  private int head;
  private int size;

  public int size() {
    return size;
  }

  /** The time of the n-th oldest send, counted from 0. */
  long get(int n) {
    return times[(head + n) & (times.length - 1)];
  }

  public void add(long time) {
    if (size == times.length) {
      long[] grown = Arrays.copyOfRange(times, head, head + size * 2);
      System.arraycopy(times, 0, grown, times.length - head, head);
      times = grown;
      head = 0;
    }
    times[(head + size++) & (times.length - 1)] = time;
  }

  /** Forgets the sends at or before {@code time}. */
  public void forgetUntil(long time) {
    while (size > 0 && times[head] - time <= 0) {
      head = (head + 1) & (times.length - 1);
      size--;
    }
  }
}
