package dev.allowflux.reactor;

import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.internal.store.MemoryStore;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Where several processes keep one quota: the part of {@link ApiQuota} that a file or a database
 * takes over. To be implemented by whoever connects another store.
 *
 * <p>{@link ApiQuota} queues the calls of its process, orders them by priority and account, gives
 * up on those whose deadline is too near, and hands out permits. Before it hands one out it asks
 * the store for a <em>place</em>. A place is held from its grant until one window after the moment
 * up to which its call may have counted at the service, so no span of the window's length holds
 * more calls than there are places.
 *
 * <p>The life of a place:
 *
 * <ol>
 *   <li>{@link Exchange#interactive()} and {@link Exchange#bulk()} say how many calls wait, and
 *       {@link Reply} holds a place for as many of them as the quota has room for. The store dates
 *       a place by the end of its lease, {@code now + lease}: the latest moment at which its call
 *       can count at the service if nothing more is heard of it.
 *   <li>The call that got it sends its request. A permit that is not used within the lease less the
 *       attempt limit, counted from <em>before</em> the exchange was sent, is void: {@link
 *       ApiQuota} calls it back and sends nothing with it.
 *   <li>{@link Ended} dates the place anew, by the moment at which the response began to come; for
 *       a call that was given up, a moment in the future, since its request may be on the way.
 *   <li>{@link Unused} frees it at once. A place that nothing is reported of keeps the date of its
 *       lease: that is what becomes of a process that was killed.
 * </ol>
 *
 * <p>What the service says is for all processes: the store refuses places until the end of the
 * longest {@link Paused}, and while the service's own count that {@link Counted} reports has run
 * out and its reset has not come. Reports of one exchange come before its request for places, in
 * their order. Reports may come twice, and about places whose lease has ended: the store ignores
 * these.
 *
 * <p>Times in an exchange are spans and never readings of a clock, so that clocks of processes need
 * not agree. A store keeps one clock of its own, which must never fall or jump.
 *
 * @since 0.1
 */
public interface QuotaStore {

  /**
   * Reports what became of places, and asks for more.
   *
   * <p>Each exchange is subscribed to once, and the next one only after it has ended. It is part of
   * the subscriptions of the calls that are under way, and sees the Reactor context of one of them.
   * The cancel of a call leaves it to the others; without any, it may still take the five seconds
   * after which it is given up. Nothing happens before subscription. A subscription must neither
   * block nor take long; it may be signalled on any thread.
   *
   * @param exchange what happened, and what is requested
   * @return one reply within a bounded time, well under a second; or an error, which refuses the
   *     calls that wait, with its message. The reports of an exchange that failed are sent again
   *     with the next one. A store that can go on by itself while it is cut off replies from what
   *     it knows instead of failing
   */
  Mono<Reply> exchange(Exchange exchange);

  /**
   * A store in memory, whose places are those of this process: what another store can go on with
   * while it is cut off, and what its tests can be compared with.
   *
   * @return a new store, all of its places free
   */
  static QuotaStore inMemory() {
    return inMemory(System::nanoTime);
  }

  /**
   * A store in memory with a clock, for tests in virtual time.
   *
   * @param nanos gives a reading in nanoseconds that never falls
   * @return a new store, all of its places free
   */
  static QuotaStore inMemory(LongSupplier nanos) {
    return new MemoryStore(nanos);
  }

  /**
   * One exchange with the store.
   *
   * @param limits the quota; the same in each exchange of a process
   * @param interactive how many interactive calls wait for a place; never negative
   * @param bulk how many bulk calls wait for a place; never negative
   * @param lease how long from now a place may be held of which nothing is heard; positive
   * @param reports what happened since the last exchange, oldest first
   * @since 0.1
   */
  record Exchange(Limits limits, int interactive, int bulk, Duration lease, List<Report> reports) {

    /**
     * Makes an exchange with a copy of the reports.
     *
     * @param limits the quota
     * @param interactive how many interactive calls wait for a place
     * @param bulk how many bulk calls wait for a place
     * @param lease how long from now a place may be held
     * @param reports what happened since the last exchange
     */
    public Exchange {
      reports = List.copyOf(reports);
    }
  }

  /**
   * What all processes together may send. Processes that share a store must agree on it.
   *
   * @param calls how many calls any window may hold; at least 1
   * @param window how long the window is, its margin included
   * @param kept how many of the calls only interactive calls may use: bulk calls may hold {@code
   *     calls - kept} places, interactive ones all; less than {@code calls}
   * @param reserve how many of the calls that the service counts are left to others; what is left
   *     is used up when the service says that no more than these remain
   * @since 0.1
   */
  record Limits(int calls, Duration window, int kept, int reserve) {}

  /**
   * A place in the window that a call holds. What the numbers mean is the store's own business; no
   * two places that are held at once are equal.
   *
   * @param id which place
   * @param stamp which of its holders
   * @since 0.1
   */
  record Place(long id, long stamp) {}

  /**
   * What happened in a process.
   *
   * @since 0.1
   */
  sealed interface Report permits Ended, Unused, Counted, Paused {}

  /**
   * A call cannot count at the service any later.
   *
   * @param place its place
   * @param age how long ago that was when the exchange was made; negative for a moment to come
   * @since 0.1
   */
  record Ended(Place place, Duration age) implements Report {}

  /**
   * Nothing was sent with a place.
   *
   * @param place the place
   * @since 0.1
   */
  record Unused(Place place) implements Report {}

  /**
   * The service said how many calls are left. Calls that hold a place and have not ended may not be
   * counted in that yet.
   *
   * @param remaining how many calls are left, by its count
   * @param reset how long from the exchange until its window starts anew; never negative
   * @since 0.1
   */
  record Counted(long remaining, Duration reset) implements Report {}

  /**
   * The service responded with 429: nobody may call.
   *
   * @param left how long from the exchange the pause goes on; never negative
   * @since 0.1
   */
  record Paused(Duration left) implements Report {}

  /**
   * What the store grants.
   *
   * @param interactive places for interactive calls, at most as many as wait
   * @param bulk places for bulk calls, at most as many as wait
   * @param askAgain when to ask again if fewer places were granted than calls wait: at least how
   *     long no further place can become free, as far as the store knows; zero where all were
   *     granted
   * @param reason what holds the other calls back, or null where all were granted
   * @since 0.1
   */
  record Reply(
      List<Place> interactive, List<Place> bulk, Duration askAgain, @Nullable WaitReason reason) {

    /**
     * Makes a reply with copies of the places.
     *
     * @param interactive places for interactive calls
     * @param bulk places for bulk calls
     * @param askAgain when to ask again
     * @param reason what holds the other calls back, or null
     */
    public Reply {
      interactive = List.copyOf(interactive);
      bulk = List.copyOf(bulk);
    }
  }
}
