package dev.allowflux.internal.quota;

/**
 * At most so many calls in every span of one length, wherever the span starts.
 *
 * <p>A call holds a place. The place is open from the grant until the moment is known up to which
 * the call may have counted at the service; from then on it is dated, and it ends one span after
 * its date. So no span can hold more calls than places, however late a call reaches the service.
 */
final class SpanLimit {

  /** A time that is not known yet. */
  static final long UNKNOWN = Long.MAX_VALUE / 4;

  private final long span;
  private final TimeRing dated = new TimeRing();
  private int limit;
  private int open;

  SpanLimit(int limit, long span) {
    this.limit = limit;
    this.span = span;
  }

  void change(int calls) {
    limit = calls;
  }

  boolean isUnlimited() {
    return limit == Integer.MAX_VALUE;
  }

  /** A call takes a place. */
  void open() {
    open++;
  }

  /** A call gives its place back: it was never sent. */
  void giveBack() {
    open--;
  }

  /** A call that holds a place cannot count at the service after {@code time}. */
  void date(long time) {
    open--;
    add(time);
  }

  /** A place is taken and dated in one. */
  void add(long time) {
    if (!isUnlimited()) {
      dated.add(time);
    }
  }

  /**
   * When the call that stands behind {@code ahead} others may take a place: not after {@code now}
   * if it may do so at once, {@link #UNKNOWN} if a call that is under way must end first.
   */
  long next(long now, int ahead) {
    if (isUnlimited()) {
      return now;
    }
    dated.forgetUntil(now - span);
    // The place that must have ended before this call may go.
    int before = dated.size() + open + ahead - limit;
    if (before < 0) {
      return now;
    }
    return before >= dated.size() ? UNKNOWN : dated.get(before) + span;
  }

  /** The earliest time at which a call may take a place that stands behind others. */
  long estimate(long now, int ahead) {
    if (isUnlimited() || dated.size() == 0) {
      return now;
    }
    int before = dated.size() + open + ahead - limit;
    return before < 0
        ? now
        : dated.get(before % dated.size()) + span * (1 + before / Math.max(1, limit));
  }

  /** How many places are free. */
  int free(long now) {
    return isUnlimited() ? limit : Math.max(0, limit - dated.countAfter(now - span) - open);
  }
}
