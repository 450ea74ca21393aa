package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.quota.CallQuota;
import dev.allowflux.internal.quota.CallQuota.Turn;
import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What a gate knows of its store: the places that it was granted and not handed on yet, what has to
 * be reported, and when to ask again. Guarded by the gate. All times are readings of its clock.
 */
final class StoreLink {

  private static final Turn REPLY_IS_DUE = new Turn(CallQuota.UNKNOWN, CallQuota.Reason.QUOTA);

  /** How many places are asked for at once, and how many reports are sent at once. */
  private static final int MOST = 1_000;

  /** Places whose report was lost stay open for their lease, which costs some of the quota. */
  private static final int MOST_KEPT = 100 * MOST;

  /** A store that does not reply in this time is taken for one that fails. */
  static final Duration LONGEST_EXCHANGE = Duration.ofSeconds(5);

  private static final long SHORTEST_WAIT = 1_000_000;
  private static final long LONGEST_WAIT = 1_000_000_000;

  private final QuotaStore store;
  private final Limits limits;

  /** How soon to look whether another process has given a place back. */
  private final long patience;

  private final Deque<Held> interactive = new ArrayDeque<>();
  private final Deque<Held> bulk = new ArrayDeque<>();

  /** Each makes a report at the moment when it is sent. */
  private final Deque<LongFunction<Report>> reports = new ArrayDeque<>();

  private Turn interactiveTurn = REPLY_IS_DUE;
  private Turn bulkTurn = REPLY_IS_DUE;
  private long hold = 1;
  private boolean underWay;
  private long exchanges;

  /** After a failure: reports alone are no reason to ask again before. */
  private long reportsAt = Long.MIN_VALUE;

  StoreLink(QuotaStore store, Limits limits) {
    this.store = store;
    this.limits = limits;
    this.patience =
        Math.max(SHORTEST_WAIT, Math.min(LONGEST_WAIT, limits.window().toNanos() / 300));
  }

  /**
   * A place that this process holds.
   *
   * @param leaseEnd when its lease ends at the latest
   */
  record Held(Place place, long leaseEnd) {}

  /**
   * An exchange under way.
   *
   * @param number which one it is
   * @param exchange what is sent
   * @param reports what it reports
   * @param leaseEnd when the lease of its places ends at the latest
   */
  record Asked(long number, Exchange exchange, List<LongFunction<Report>> reports, long leaseEnd) {}

  /** A call waits whose request may be on its way for so long. */
  void knows(long callHold) {
    hold = Math.max(hold, callHold);
  }

  @Nullable Held take(boolean ofBulk) {
    return (ofBulk ? bulk : interactive).poll();
  }

  boolean has(boolean ofBulk) {
    return !(ofBulk ? bulk : interactive).isEmpty();
  }

  /** When the store is asked again for a call of a kind for which no place is there; never now. */
  Turn turn(boolean ofBulk, long now) {
    Turn turn = ofBulk ? bulkTurn : interactiveTurn;
    return underWay || turn.at() <= now ? REPLY_IS_DUE : turn;
  }

  void ended(Place place, long at) {
    report(now -> new QuotaStore.Ended(place, Duration.ofNanos(now - at)));
  }

  void unused(Place place) {
    report(now -> new QuotaStore.Unused(place));
  }

  void counted(long remaining, long resetAt) {
    report(now -> new QuotaStore.Counted(remaining, Duration.ofNanos(Math.max(0, resetAt - now))));
  }

  void paused(long until) {
    report(now -> new QuotaStore.Paused(Duration.ofNanos(Math.max(0, until - now))));
  }

  private void report(LongFunction<Report> report) {
    if (reports.size() == MOST_KEPT) {
      reports.remove();
    }
    reports.add(report);
  }

  /**
   * Begins an exchange, if there is something to report or to ask.
   *
   * @param room how many calls may go now but for the store
   * @return null if there is nothing, or if an exchange is under way
   */
  @Nullable Asked ask(long now, int waitingInteractive, int waitingBulk, int room) {
    giveBack(interactive, waitingInteractive);
    giveBack(bulk, waitingBulk);
    if (underWay) {
      return null;
    }
    int held = interactive.size() + bulk.size();
    int most = Math.max(0, Math.min(MOST, room - held));
    int first = Math.min(waitingInteractive - interactive.size(), most);
    int second = Math.min(waitingBulk - bulk.size(), most - first);
    boolean due =
        (first > 0 && isDue(interactiveTurn, now)) || (second > 0 && isDue(bulkTurn, now));
    if (!due && (reports.isEmpty() || now < reportsAt)) {
      return null;
    }
    underWay = true;
    List<LongFunction<Report>> sent = new ArrayList<>();
    List<Report> made = new ArrayList<>();
    while (sent.size() < MOST && !reports.isEmpty()) {
      LongFunction<Report> report = reports.remove();
      sent.add(report);
      made.add(report.apply(now));
    }
    long lease = 2 * hold;
    return new Asked(
        exchanges++,
        new Exchange(limits, first, second, Duration.ofNanos(lease), made),
        sent,
        now + lease);
  }

  private static boolean isDue(Turn turn, long now) {
    return turn.at() <= now || turn.at() == CallQuota.UNKNOWN;
  }

  private void giveBack(Deque<Held> places, int needed) {
    while (places.size() > needed) {
      unused(places.removeLast().place);
    }
  }

  /** What the store replies; to be subscribed to outside the gate's monitor. */
  Mono<Reply> exchange(Asked asked) {
    return Mono.defer(() -> store.exchange(asked.exchange))
        .timeout(LONGEST_EXCHANGE)
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("the store did not reply")));
  }

  /** Takes what the store has granted, and notes when to ask again for the rest. */
  void replied(Asked asked, Reply reply, long askAgain, long now) {
    underWay = false;
    reportsAt = Long.MIN_VALUE;
    reply.interactive().forEach(place -> interactive.add(new Held(place, asked.leaseEnd)));
    reply.bulk().forEach(place -> bulk.add(new Held(place, asked.leaseEnd)));
    long wait = Math.max(SHORTEST_WAIT, Math.min(patience, askAgain));
    WaitReason reason = reply.reason();
    Turn later = new Turn(now + wait, reason == null ? CallQuota.Reason.QUOTA : reason(reason));
    Exchange exchange = asked.exchange;
    if (reply.interactive().size() < exchange.interactive()) {
      interactiveTurn = later;
      bulkTurn = later;
    } else {
      interactiveTurn = REPLY_IS_DUE;
      bulkTurn = reply.bulk().size() < exchange.bulk() ? later : REPLY_IS_DUE;
    }
  }

  /** The exchange has failed: what it reported is reported again. */
  void failed(Asked asked, long now) {
    underWay = false;
    reportsAt = now + LONGEST_WAIT;
    for (int i = asked.reports.size() - 1; i >= 0; i--) {
      reports.addFirst(asked.reports.get(i));
    }
    interactiveTurn = REPLY_IS_DUE;
    bulkTurn = REPLY_IS_DUE;
  }

  static CallQuota.Reason reason(WaitReason reason) {
    return switch (reason) {
      case QUOTA -> CallQuota.Reason.QUOTA;
      case SERVER_QUOTA -> CallQuota.Reason.SERVER_COUNT;
      case THROTTLED -> CallQuota.Reason.PAUSE;
    };
  }
}
