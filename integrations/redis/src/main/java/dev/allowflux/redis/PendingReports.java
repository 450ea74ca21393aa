package dev.allowflux.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * What the server was not told yet, oldest first. Each report is written when it is sent, since
 * times are sent as spans from then. Guarded by its owner.
 */
final class PendingReports {

  /**
   * A report.
   *
   * @param ofPlace whether it is about a place, which a server that has lost the places learns
   *     otherwise
   * @param text writes it, given the time
   */
  private record Pending(boolean ofPlace, LongFunction<String> text) {}

  private final List<Pending> pending = new ArrayList<>();
  private int sent;

  /** A place was opened here that the server does not know. */
  void opened(int kind, long number, long leaseEnd) {
    add(true, now -> "o " + kind + " " + number + " " + HeldPlaces.micros(leaseEnd - now));
  }

  void ended(int kind, long number, long time) {
    add(true, now -> "e " + kind + " " + number + " " + Math.floorDiv(now - time, 1000));
  }

  void unused(int kind, long number) {
    add(true, now -> "u " + kind + " " + number);
  }

  /** The server may have granted places whose numbers nobody will use. */
  void lost(long from, long to) {
    add(true, now -> "l " + from + " " + to);
  }

  void counted(long remaining, long reset) {
    add(false, now -> "c " + remaining + " " + HeldPlaces.micros(Math.max(0, reset - now)));
  }

  void paused(long until) {
    add(false, now -> "p " + HeldPlaces.micros(Math.max(0, until - now)));
  }

  private void add(boolean ofPlace, LongFunction<String> text) {
    pending.add(new Pending(ofPlace, text));
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Forgets the reports about places. */
  void forgetPlaces() {
    pending.removeIf(Pending::ofPlace);
  }

  /** Writes all reports as the script reads them. */
  String describe(long now) {
    sent = pending.size();
    StringBuilder text = new StringBuilder(16 * sent);
    for (Pending report : pending) {
      text.append(report.text.apply(now)).append(' ');
    }
    return text.toString();
  }

  /** The reports that were written last have arrived. */
  void arrived() {
    pending.subList(0, sent).clear();
    sent = 0;
  }
}
