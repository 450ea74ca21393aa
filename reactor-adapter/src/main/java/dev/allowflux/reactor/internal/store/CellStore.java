package dev.allowflux.reactor.internal.store;

import dev.allowflux.internal.quota.CallQuota;
import dev.allowflux.internal.quota.PlaceTable;
import dev.allowflux.internal.quota.PlaceTable.Cells;
import dev.allowflux.internal.quota.PlaceTable.Taken;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Carries out exchanges on cells. Used by one thread at a time; others may share the cells. */
public final class CellStore {

  private final Limits limits;
  private final LongSupplier nanos;
  private final PlaceTable table;

  /**
   * Makes a view of cells.
   *
   * @param cells as many as {@link #cells} says
   * @param limits the quota that they hold
   * @param nanos the clock that all owners of the cells read
   */
  public CellStore(Cells cells, Limits limits, LongSupplier nanos) {
    this.limits = limits;
    this.nanos = nanos;
    this.table =
        new PlaceTable(
            cells, limits.calls(), limits.kept(), limits.window().toNanos(), limits.reserve());
  }

  /** Returns how many cells a quota needs. */
  public static int cells(Limits limits) {
    return PlaceTable.HEAD + limits.calls();
  }

  /** Takes all places, as if calls had counted now. */
  public void useUp() {
    table.useUp(nanos.getAsLong());
  }

  /**
   * Carries out an exchange.
   *
   * @throws IllegalStateException if it is about another quota
   */
  public Reply exchange(Exchange exchange) {
    if (!exchange.limits().equals(limits)) {
      throw new IllegalStateException(
          "it holds a quota of " + text(limits) + ", and this one is " + text(exchange.limits()));
    }
    long now = nanos.getAsLong();
    exchange.reports().forEach(report -> take(report, now));
    Taken taken =
        table.take(exchange.interactive(), exchange.bulk(), now, exchange.lease().toNanos());
    return new Reply(
        places(taken.interactive()),
        places(taken.bulk()),
        Duration.ofNanos(taken.untilFree()),
        reason(taken.reason()));
  }

  private static String text(Limits limits) {
    return limits.calls() + " calls in " + limits.window();
  }

  private static @Nullable WaitReason reason(CallQuota.@Nullable Reason reason) {
    if (reason == null) {
      return null;
    }
    return switch (reason) {
      case QUOTA -> WaitReason.QUOTA;
      case SERVER_COUNT -> WaitReason.SERVER_QUOTA;
      case PAUSE -> WaitReason.THROTTLED;
    };
  }

  private static List<Place> places(List<PlaceTable.Place> places) {
    return places.stream().map(place -> new Place(place.id(), place.stamp())).toList();
  }

  private void take(Report report, long now) {
    if (report instanceof QuotaStore.Ended ended) {
      table.ended(ended.place().id(), ended.place().stamp(), now - ended.age().toNanos());
    } else if (report instanceof QuotaStore.Unused unused) {
      table.unused(unused.place().id(), unused.place().stamp(), now);
    } else if (report instanceof QuotaStore.Counted counted) {
      table.counted(counted.remaining(), counted.reset().toNanos(), now);
    } else if (report instanceof QuotaStore.Paused paused) {
      table.paused(paused.left().toNanos(), now);
    }
  }
}
