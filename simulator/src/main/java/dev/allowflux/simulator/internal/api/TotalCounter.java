package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.TotalCount;
import dev.allowflux.simulator.internal.store.PolicyStore;
import dev.allowflux.simulator.internal.store.Selection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The {@code total_count} of listings, which may be cached and so be older than the page. */
public final class TotalCounter {
  private static final int MAX_CACHED = 1000;

  private final TotalCount meaning;
  private final long cacheNanos;
  private final LongSupplier clock;
  private final Map<Selection, CachedTotal> cache = new HashMap<>();

  private record CachedTotal(int total, long nanos) {}

  /**
   * Makes a counter.
   *
   * @param cacheTime how long a total is kept; zero for totals that are never old
   */
  public TotalCounter(TotalCount meaning, Duration cacheTime, LongSupplier clock) {
    this.meaning = meaning;
    this.cacheNanos = cacheTime.toNanos();
    this.clock = clock;
  }

  void reset() {
    synchronized (cache) {
      cache.clear();
    }
  }

  /** Returns the total for a page, or null if listings have none. */
  @Nullable Integer total(Selection selection, PolicyStore.Slice slice) {
    return switch (meaning) {
      case ABSENT -> null;
      case ALL -> cached(Selection.EVERYTHING, slice.total());
      case FILTERED -> cached(selection, slice.selected());
    };
  }

  private int cached(Selection key, int current) {
    if (cacheNanos == 0) {
      return current;
    }
    synchronized (cache) {
      long now = clock.getAsLong();
      CachedTotal known = cache.get(key);
      if (known != null && now - known.nanos < cacheNanos) {
        return known.total;
      }
      if (cache.size() == MAX_CACHED) {
        cache.clear();
      }
      cache.put(key, new CachedTotal(current, now));
      return current;
    }
  }
}
