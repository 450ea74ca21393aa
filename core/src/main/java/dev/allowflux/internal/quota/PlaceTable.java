package dev.allowflux.internal.quota;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A quota that several owners share without a lock: as many cells as the window may hold calls.
 *
 * <p>A cell holds the moment from which its place is free: one window after the moment up to which
 * the call that took it may have counted. Whoever finds a free cell takes it by one comparison and
 * exchange, so no more calls than cells can ever be under way, whoever stops or ends where. Nobody
 * holds anything that another one waits for.
 *
 * <p>Bulk calls find places only in the cells before the kept ones. Two more cells hold the end of
 * the pause after a 429, and what the service says is left.
 *
 * <p>All times are nanoseconds of one clock that all owners read, which never falls. The values of
 * {@link Place#stamp()} are such times.
 */
public final class PlaceTable {

  /** How many cells stand before those of the places. */
  public static final int HEAD = 2;

  private static final int PAUSE = 0;
  private static final int SERVICE = 1;
  private static final long SECOND = 1_000_000_000L;

  private final Cells cells;
  private final int calls;
  private final int common;
  private final long window;
  private final int reserve;

  /** Where the last free cell was found: the next one is mostly behind it. */
  private int hint;

  /**
   * Makes a view of cells.
   *
   * @param cells {@link #HEAD} cells and one for each call, all 0 at first
   * @param calls how many calls any window may hold
   * @param kept how many of them only interactive calls may use
   * @param window how long a window is, in nanoseconds
   * @param reserve how many of the service's calls are left to others
   */
  public PlaceTable(Cells cells, int calls, int kept, long window, int reserve) {
    this.cells = cells;
    this.calls = calls;
    this.common = calls - kept;
    this.window = window;
    this.reserve = reserve;
  }

  /** Numbers that several threads or processes change, each as a whole. */
  public interface Cells {
    /** Reads a number. */
    long get(int index);

    /** Replaces a number if it is the expected one. */
    boolean compareAndSet(int index, long expected, long value);

    /**
     * Tells whether a place may be taken that is free by its number: not if its holder has reported
     * nothing and may still send its call.
     *
     * @param index its cell
     * @param overdue for how long it has been free
     */
    default boolean isAbandoned(int index, long overdue) {
      return true;
    }

    /** The owner of this view has taken a place. */
    default void taken(int index) {}

    /** The owner of this view has reported the end of a place that it held. */
    default void released(int index) {}
  }

  /**
   * A place that was taken.
   *
   * @param id its cell
   * @param stamp what its holder wrote there
   */
  public record Place(int id, long stamp) {}

  /**
   * What was taken.
   *
   * @param interactive places for interactive calls
   * @param bulk places for bulk calls
   * @param untilFree how long no further place can become free, as far as is known; 0 if all were
   *     taken
   * @param reason what holds the others back, or null if all were taken
   */
  public record Taken(
      List<Place> interactive,
      List<Place> bulk,
      long untilFree,
      CallQuota.@Nullable Reason reason) {}

  /**
   * Takes as many places as there are, at most as many as are requested.
   *
   * @param lease how long from now a call may count of which nothing more is heard
   */
  public Taken take(int interactive, int bulk, long now, long lease) {
    int requested = interactive + bulk;
    if (requested == 0) {
      return new Taken(List.of(), List.of(), 0, null);
    }
    long pause = cells.get(PAUSE) - now;
    if (pause > 0) {
      return new Taken(List.of(), List.of(), pause, CallQuota.Reason.PAUSE);
    }
    int allowed = Service.reserve(cells, requested, now);
    List<Place> first = new ArrayList<>();
    List<Place> second = new ArrayList<>();
    take(first, Math.min(interactive, allowed), common, calls, now, lease);
    take(first, Math.min(interactive, allowed), 0, common, now, lease);
    take(second, Math.min(bulk, allowed - first.size()), 0, common, now, lease);
    int taken = first.size() + second.size();
    Service.giveBack(cells, allowed - taken, now);
    if (taken == requested) {
      return new Taken(first, second, 0, null);
    }
    if (taken == allowed) {
      return new Taken(
          first, second, Service.untilReset(cells, now), CallQuota.Reason.SERVER_COUNT);
    }
    int end = first.size() < interactive ? calls : common;
    return new Taken(first, second, untilOneIsFree(end, now), CallQuota.Reason.QUOTA);
  }

  private void take(List<Place> into, int requested, int from, int to, long now, long lease) {
    int length = to - from;
    int start = Math.floorMod(hint - from, Math.max(1, length));
    for (int i = 0; i < length && into.size() < requested; i++) {
      int at = from + (start + i) % length;
      long free = cells.get(HEAD + at);
      long stamp = now + lease + window;
      if (free <= now
          && cells.isAbandoned(HEAD + at, now - free)
          && cells.compareAndSet(HEAD + at, free, stamp)) {
        cells.taken(HEAD + at);
        into.add(new Place(at, stamp));
        hint = at + 1;
      }
    }
  }

  /** How long none of the first cells can become free: a call that is under way may end now. */
  private long untilOneIsFree(int end, long now) {
    long earliest = now + window;
    for (int i = 0; i < end; i++) {
      long free = cells.get(HEAD + i);
      // One that is free and could not be taken is held by a process that does not go on.
      earliest = free > now ? Math.min(earliest, free) : earliest;
    }
    // Nobody asks again at once: another owner may have been quicker.
    return Math.max(1, earliest - now);
  }

  /** The call of a place cannot count after {@code time}, which may be to come. */
  public void ended(long id, long stamp, long time) {
    replace(id, stamp, time + window);
  }

  /** Nothing was sent with a place. */
  public void unused(long id, long stamp, long now) {
    replace(id, stamp, now);
  }

  private void replace(long id, long stamp, long value) {
    int index = HEAD + (int) id;
    if (id >= 0 && id < calls && cells.compareAndSet(index, stamp, value)) {
      cells.released(index);
    }
  }

  /** The service said 429: nobody calls for so long. */
  public void paused(long left, long now) {
    long until = now + BelievableWait.ofService(left);
    for (long old = cells.get(PAUSE);
        old < until && !cells.compareAndSet(PAUSE, old, until);
        old = cells.get(PAUSE)) {
      // Another owner has changed it meanwhile.
    }
  }

  /** The service said how many calls are left until its reset. */
  public void counted(long remaining, long untilReset, long now) {
    int open = 0;
    for (int i = 0; i < calls; i++) {
      // Calls under way may not be counted in it yet.
      open += cells.get(HEAD + i) > now + window ? 1 : 0;
    }
    Service.learn(cells, remaining, remaining - open - reserve, untilReset, now);
  }

  /** Takes all places that are free, as if calls had counted now. */
  public void useUp(long now) {
    for (int i = 0; i < calls; i++) {
      long free = cells.get(HEAD + i);
      if (free <= now) {
        cells.compareAndSet(HEAD + i, free, now + window);
      }
    }
  }

  /** Returns how many places are free. */
  public int free(long now) {
    int free = 0;
    for (int i = 0; i < calls; i++) {
      free += cells.get(HEAD + i) <= now ? 1 : 0;
    }
    return free;
  }

  /**
   * What the service says is left, in one number: the second of its reset, the lowest count that it
   * has said for that window, and how many calls are left.
   */
  private static final class Service {

    private static final int BITS = 17;
    private static final long MOST = (1L << BITS) - 1;

    private Service() {}

    private static long pack(long reset, long lowest, long left) {
      return reset << (2 * BITS) | bounded(lowest) << BITS | bounded(left);
    }

    private static long bounded(long count) {
      return Math.max(0, Math.min(MOST, count));
    }

    private static long reset(long packed) {
      return packed >>> (2 * BITS);
    }

    private static long left(long packed) {
      return packed & MOST;
    }

    private static long lowest(long packed) {
      return packed >>> BITS & MOST;
    }

    /** Whether it says anything: its window has not ended. */
    private static boolean holds(long packed, long now) {
      return now < reset(packed) * SECOND && left(packed) < MOST;
    }

    static int reserve(Cells cells, int requested, long now) {
      while (true) {
        long packed = cells.get(SERVICE);
        if (!holds(packed, now)) {
          return requested;
        }
        int allowed = (int) Math.min(requested, left(packed));
        if (allowed == 0 || cells.compareAndSet(SERVICE, packed, packed - allowed)) {
          return allowed;
        }
      }
    }

    static void giveBack(Cells cells, int calls, long now) {
      while (calls > 0) {
        long packed = cells.get(SERVICE);
        if (!holds(packed, now) || cells.compareAndSet(SERVICE, packed, packed + calls)) {
          return;
        }
      }
    }

    static long untilReset(Cells cells, long now) {
      return Math.max(1, reset(cells.get(SERVICE)) * SECOND - now);
    }

    static void learn(Cells cells, long remaining, long left, long untilReset, long now) {
      // Whole seconds, which may have been rounded down.
      long reset = (now + BelievableWait.ofService(untilReset)) / SECOND + 2;
      while (true) {
        long packed = cells.get(SERVICE);
        boolean fresh = bounded(remaining) <= lowest(packed);
        boolean later = now >= reset(packed) * SECOND || reset > reset(packed) + 1;
        if ((!fresh && !later)
            || cells.compareAndSet(SERVICE, packed, pack(reset, remaining, left))) {
          return;
        }
      }
    }
  }
}
