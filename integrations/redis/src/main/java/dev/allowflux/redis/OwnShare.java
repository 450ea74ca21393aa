package dev.allowflux.redis;

import dev.allowflux.reactor.QuotaStore.Limits;

/**
 * What this process may send while it is cut off from the server. Times are readings of one clock,
 * in nanoseconds. Guarded by its owner.
 *
 * <p>For one window it may use its standby, which the server keeps for it for as long. From then on
 * that may be given to others. A window and a lease after the last moment at which the server may
 * have granted anything, all of that has ended, and the quota is shared in equal parts.
 */
final class OwnShare {

  private static final int INTERACTIVE_IN_A_ROW = 9;

  /** Among how many the quota is shared; 0 if that is what the server says. */
  private final int processes;

  private int registered;
  private int standby;
  private long standbyUntil;

  /** No place that the server granted before is held after this moment and a window and a lease. */
  private long asked;

  private int row;

  OwnShare(int processes, long now) {
    this.processes = processes;
    this.standbyUntil = now;
    this.asked = now;
  }

  /**
   * How many places may be taken now.
   *
   * @param interactive for interactive calls
   * @param bulk for bulk calls
   */
  record Allowance(int interactive, int bulk) {}

  /** The server was asked, and may have granted places to others until now. */
  void asked(long now) {
    asked = now;
  }

  /** The server replied to what was asked at {@code asked}. */
  void replied(StoreReply reply, long asked, long window) {
    standby = reply.standby();
    standbyUntil = asked + window;
    registered = reply.live();
  }

  /** Returns what the server keeps for this process, as far as this process may still use it. */
  int standby(long now) {
    return now < standbyUntil ? standby : 0;
  }

  void forgetStandby() {
    standby = 0;
  }

  /** Tells whether anything can ever be sent before the server is back. */
  boolean isKnown() {
    return processes > 0 || registered > 0;
  }

  /** Takes places for calls that wait, as far as there is room. */
  Allowance take(int interactive, int bulk, HeldPlaces held, Limits limits, long lease, long now) {
    boolean onStandby = now < standbyUntil;
    int room;
    int roomForBulk;
    if (onStandby) {
      room = standby;
      roomForBulk = standby;
    } else if (now >= asked + limits.window().toNanos() + lease && isKnown()) {
      int among = processes > 0 ? processes : registered;
      room = limits.calls() / among - held.held();
      int kept = (limits.kept() + among - 1) / among;
      roomForBulk = limits.calls() / among - kept - held.held(HeldPlaces.BULK);
    } else {
      return new Allowance(0, 0);
    }
    int interactiveTaken = 0;
    int bulkTaken = 0;
    for (; room > 0; room--) {
      boolean bulkWaits = bulkTaken < Math.min(bulk, roomForBulk);
      if (interactiveTaken < interactive && !(bulkWaits && row >= INTERACTIVE_IN_A_ROW)) {
        interactiveTaken++;
        row = bulkWaits ? row + 1 : 0;
      } else if (bulkWaits) {
        bulkTaken++;
        row = 0;
      } else {
        break;
      }
    }
    if (onStandby) {
      standby -= interactiveTaken + bulkTaken;
    }
    return new Allowance(interactiveTaken, bulkTaken);
  }
}
