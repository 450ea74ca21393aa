package dev.allowflux.redis;

import dev.allowflux.internal.quota.TimeRing;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of the window that this process holds, as it knows them itself: what it tells a server
 * that has lost them, and what it goes by while it is cut off. All times are readings of one clock,
 * in nanoseconds. Guarded by its owner.
 */
final class HeldPlaces {

  /** Interactive places are of kind 1, bulk places of kind 2. */
  static final int INTERACTIVE = 1;

  static final int BULK = 2;

  /** A place whose call may still count at the service, at the latest when its lease ends. */
  private record Open(int kind, long leaseEnd) {}

  private final Map<Long, Open> open = new HashMap<>();
  private final TimeRing interactive = new TimeRing();
  private final TimeRing bulk = new TimeRing();

  /** The numbers of open places, by kind. */
  private final int[] openOf = new int[3];

  private TimeRing dated(int kind) {
    return kind == INTERACTIVE ? interactive : bulk;
  }

  void open(long number, int kind, long leaseEnd) {
    openOf[kind]++;
    open.put(number, new Open(kind, leaseEnd));
  }

  /** Returns the kind of an open place, or null if it is not open any more. */
  @Nullable Integer kind(long number) {
    Open place = open.get(number);
    return place == null ? null : place.kind;
  }

  /** A call cannot count any later than at {@code time}, which may be to come. */
  void ended(long number, long time, long now) {
    Open place = open.remove(number);
    if (place != null) {
      openOf[place.kind]--;
      if (time > now) {
        open(number, place.kind, time);
      } else {
        dated(place.kind).add(time);
      }
    }
  }

  /** Nothing was sent with a place. */
  void unused(long number) {
    Open place = open.remove(number);
    if (place != null) {
      openOf[place.kind]--;
    }
  }

  /** Dates what was open until now at the latest, and forgets what was dated a window ago. */
  void advance(long now, long window) {
    for (Iterator<Open> places = open.values().iterator(); places.hasNext(); ) {
      Open place = places.next();
      if (place.leaseEnd <= now) {
        places.remove();
        openOf[place.kind]--;
        dated(place.kind).add(place.leaseEnd);
      }
    }
    interactive.forgetUntil(now - window);
    bulk.forgetUntil(now - window);
  }

  int held(int kind) {
    return openOf[kind] + dated(kind).size();
  }

  int held() {
    return held(INTERACTIVE) + held(BULK);
  }

  /** Returns when the first dated place ends, or {@code otherwise} if there is none. */
  long firstEnd(long window, long otherwise) {
    long first = Long.MAX_VALUE;
    for (int kind = INTERACTIVE; kind <= BULK; kind++) {
      if (dated(kind).size() > 0) {
        first = Math.min(first, dated(kind).get(0) + window);
      }
    }
    return first == Long.MAX_VALUE ? otherwise : first;
  }

  /** Writes all of it as the script reads it: open places, then ages. */
  String describe(long now) {
    StringBuilder text = new StringBuilder(16 * held() + 2);
    open.forEach(
        (number, place) ->
            text.append("o ")
                .append(place.kind)
                .append(' ')
                .append(number)
                .append(' ')
                .append(micros(place.leaseEnd - now))
                .append(' '));
    for (int kind = INTERACTIVE; kind <= BULK; kind++) {
      for (int i = 0; i < dated(kind).size(); i++) {
        text.append("d ")
            .append(kind)
            .append(' ')
            .append((now - dated(kind).get(i)) / 1000)
            .append(' ');
      }
    }
    return text.length() == 0 ? "nothing" : text.toString();
  }

  /** Rounds up. */
  static long micros(long nanos) {
    return -Math.floorDiv(-nanos, 1000);
  }
}
