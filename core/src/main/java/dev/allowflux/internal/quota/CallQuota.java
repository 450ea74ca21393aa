package dev.allowflux.internal.quota;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call now, and how long the others wait: the quota as the service sees it.
 *
 * <p>Four rules hold a call back: the pause after a 429, the service's own count, the quota in any
 * window, and the burst in any second. A call counts at the service at some moment between its
 * sending and its response, so its place in the window is open until the response comes and ends
 * one window later; the burst is counted when the request was written. Both are exact whatever the
 * network and the processor do.
 *
 * <p>All times are nanoseconds since any one moment and never fall. Not safe for use by several
 * threads: the owner guards it.
 *
 * @param <P> the owner's kind of permit
 */
public final class CallQuota<P extends QuotaPermit> {

  /** A moment that is not known yet: a call that is under way must end first. */
  public static final long UNKNOWN = SpanLimit.UNKNOWN;

  private final SpanLimit window;

  /** What bulk calls may use of the window, if that is less than all of it. */
  private final SpanLimit bulkWindow;

  private final BurstLimit burst;
  private final ServerCount server;
  private final PauseAfter429 pause = new PauseAfter429();

  /** Permits granted whose request is not sent yet. */
  private final Set<P> unsent = new LinkedHashSet<>();

  /**
   * Makes a quota, all of it free.
   *
   * @param calls how many calls any window may hold; the largest integer for no limit
   * @param kept how many of them only interactive calls may use
   * @param window how long a window is, in nanoseconds
   * @param burst how many calls any second may hold
   * @param reserve how many of the service's calls are left to others
   */
  public CallQuota(int calls, int kept, long window, BurstLimit burst, int reserve) {
    this.window = new SpanLimit(calls, window);
    this.bulkWindow = new SpanLimit(kept == 0 ? Integer.MAX_VALUE : calls - kept, window);
    this.burst = burst;
    this.server = new ServerCount(reserve, calls);
  }

  /** What holds a call back. */
  public enum Reason {
    /** The quota of this client, or its burst. */
    QUOTA,
    /** The service's own count. */
    SERVER_COUNT,
    /** The pause after a 429. */
    PAUSE
  }

  /**
   * When a call may go.
   *
   * @param at the moment, past or {@link #UNKNOWN} too
   * @param reason what holds it back until then
   */
  public record Turn(long at, Reason reason) {}

  /**
   * Returns when the call may go that stands behind {@code ahead} others.
   *
   * @param bulk whether the call is one of many, from which a share of the window is kept
   */
  public Turn next(long now, int ahead, boolean bulk) {
    if (now < pause.until()) {
      return new Turn(pause.until(), Reason.PAUSE);
    }
    long at = server.next(now, ahead);
    if (at > now) {
      return new Turn(at, Reason.SERVER_COUNT);
    }
    at = window.next(now, ahead);
    if (bulk) {
      at = Math.max(at, bulkWindow.next(now, ahead));
    }
    return new Turn(at > now ? at : burst.next(now, ahead), Reason.QUOTA);
  }

  /** Returns the earliest moment at which the window has room for a call behind others. */
  public long estimate(long now, int ahead, boolean bulk) {
    return bulk
        ? Math.max(window.estimate(now, ahead), bulkWindow.estimate(now, ahead))
        : window.estimate(now, ahead);
  }

  /**
   * Grants a permit to a call whose turn has come.
   *
   * @return false if another quota that shares the burst was quicker
   */
  public boolean grant(P permit, long now) {
    if (!burst.open(now)) {
      return false;
    }
    unsent.add(permit);
    window.open();
    if (permit.bulk) {
      bulkWindow.open();
    }
    server.taken(permit);
    return true;
  }

  /**
   * Calls a permit back whose request was not sent yet.
   *
   * @return false if it was sent or is over
   */
  public boolean recall(P permit) {
    if (permit.closed || permit.recalled || !unsent.remove(permit)) {
      return false;
    }
    permit.recalled = true;
    giveBack(permit);
    server.notSent();
    return true;
  }

  private void giveBack(P permit) {
    window.giveBack();
    burst.giveBack();
    if (permit.bulk) {
      bulkWindow.giveBack();
    }
  }

  private void date(P permit, long time) {
    window.date(time);
    if (permit.bulk) {
      bulkWindow.date(time);
    }
  }

  /**
   * The request is about to be handed to its connection.
   *
   * @return false if it must not be: the permit was called back or closed meanwhile
   */
  public boolean send(P permit, long now) {
    if (permit.closed || permit.recalled) {
      return false;
    }
    if (!permit.sent) {
      permit.sent = true;
      permit.sentAt = now;
      unsent.remove(permit);
      server.sent(permit);
    }
    return true;
  }

  /** The request was written to the network. */
  public void written(P permit, long now) {
    if (permit.sent && !permit.written) {
      permit.written = true;
      burst.date(now);
    }
  }

  /** The response begins to come: the service has counted the call. */
  public void responded(P permit, long now) {
    written(permit, now);
    if (permit.sent && !permit.responded) {
      permit.responded = true;
      date(permit, now);
    }
  }

  /**
   * The attempt is over. A permit that was not used goes back. One that was used and got no
   * response keeps its place for {@code hold} and a window, since its request may still be on the
   * way.
   *
   * @return false if it was over before
   */
  public boolean close(P permit, long now, long hold) {
    if (permit.closed) {
      return false;
    }
    permit.closed = true;
    if (!permit.sent) {
      if (unsent.remove(permit)) {
        giveBack(permit);
      }
    } else {
      written(permit, now);
      if (!permit.responded) {
        permit.responded = true;
        date(permit, now + hold);
      }
    }
    server.closed(permit, !permit.sent && !permit.recalled);
    return true;
  }

  /**
   * The service responded with another status than 429.
   *
   * @param remaining how many calls it says are left, or null if it does not say
   * @param untilReset the nanoseconds until its reset
   */
  public void passed(P permit, long now, @Nullable Long remaining, long untilReset) {
    responded(permit, now);
    pause.passed(permit.sentAt);
    if (remaining == null) {
      server.silent(permit);
    } else {
      server.learn(now, remaining, untilReset, permit);
    }
  }

  /**
   * The service responded with 429. Permits whose request was not sent yet are called back: the
   * service accepts no calls now.
   *
   * @param wait the nanoseconds that it names, or null
   * @return the permits that were called back, in the order of their grants
   */
  public List<P> refused(P permit, long now, @Nullable Long wait) {
    responded(permit, now);
    pause.refused(now, wait);
    server.exhausted(pause.until());
    return recallUnsent();
  }

  /**
   * Somebody else was refused with 429: nobody calls for {@code wait}.
   *
   * @return the permits that were called back, in the order of their grants
   */
  public List<P> paused(long now, long wait) {
    if (!pause.pausedBy(now, wait)) {
      return List.of();
    }
    List<P> recalled = recallUnsent();
    recalled.forEach(unused -> server.notSent());
    return recalled;
  }

  private List<P> recallUnsent() {
    List<P> recalled = List.copyOf(unsent);
    unsent.clear();
    for (P unused : recalled) {
      unused.recalled = true;
      giveBack(unused);
    }
    return recalled;
  }

  /** Returns how long the pause after a 429 goes on, or 0. */
  public long pauseLeft(long now) {
    return Math.max(0, pause.until() - now);
  }

  /**
   * Counts calls that nobody watches as sent, all or none.
   *
   * @return false if they may not all go now
   */
  public boolean sendUnwatched(int calls, long now) {
    for (int i = 0; i < calls; i++) {
      if (next(now, i, false).at > now) {
        return false;
      }
    }
    if (!burst.add(calls, now)) {
      return false;
    }
    for (int i = 0; i < calls; i++) {
      window.add(now);
      server.spent();
    }
    return true;
  }

  /** Returns how many interactive calls may go now. */
  public int room(long now) {
    return next(now, 0, false).at > now ? 0 : Math.min(window.free(now), burst.free(now));
  }

  /** Uses up what the window still has room for. */
  public void useUp(long now) {
    for (int left = window.isUnlimited() ? 0 : window.free(now); left > 0; left--) {
      window.add(now);
    }
  }

  /** Changes how many calls any window may hold, and how many only interactive calls may use. */
  public void changeLimit(int calls, int kept) {
    window.change(calls);
    bulkWindow.change(kept == 0 ? Integer.MAX_VALUE : calls - kept);
  }

  /** Returns how many more calls the window has room for. */
  public int available(long now) {
    return window.free(now);
  }

  /** Returns how many permits are granted whose attempt is not over. */
  public int outstanding() {
    return server.outstanding();
  }
}
