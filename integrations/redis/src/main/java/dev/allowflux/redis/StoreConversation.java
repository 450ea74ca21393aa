package dev.allowflux.redis;

import static java.util.Objects.requireNonNull;

import dev.allowflux.reactor.CallEvents.WaitReason;
import dev.allowflux.reactor.QuotaStore.Counted;
import dev.allowflux.reactor.QuotaStore.Ended;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Paused;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import dev.allowflux.reactor.QuotaStore.Unused;
import dev.allowflux.redis.OwnShare.Allowance;
import dev.allowflux.redis.StoreLink.NotSentException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * What this process and the server tell each other, one exchange at a time: the state behind {@link
 * RedisQuota}. Longer than most, since all of that is guarded by one monitor.
 *
 * <p>Each section under the monitor is short and calls nobody; commands and signals are sent
 * outside it. While no call makes this process talk, a heartbeat does: it tells the server that the
 * process is alive, and finds out if the server has lost what it knew.
 */
final class StoreConversation {

  /** Named by the public type, which users know and configure. */
  @SuppressWarnings("Slf4jLoggerDeclaration")
  private static final Logger LOG = LoggerFactory.getLogger(RedisQuota.class);

  private static final long MILLI = 1_000_000L;

  /** How long calls wait for a server that is away before they fail, where none may be sent. */
  private static final long PATIENCE = 1_000 * MILLI;

  /** The same for the first connection, which takes longer. */
  private static final long FIRST_PATIENCE = 5_000 * MILLI;

  /** How long the first reply may take, since there is a connection to open before. */
  private static final long FIRST_TIMEOUT = 3_000 * MILLI;

  /** When a server that did not respond in time is asked again. */
  private static final long PAUSE_AFTER_TIMEOUT = 250 * MILLI;

  /** When calls that wait look whether the server is back. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final int MAX_REPORTS = 3;

  /** A generation that no server has: it will ask for everything. */
  private static final String FORGOTTEN = "forgotten";

  private final StoreLink link;
  private final WhenAway whenAway;
  private final int processes;
  private final long timeout;
  private final boolean startsUnused;
  private final LongSupplier nanos;
  private final Scheduler timers;
  private final String name;

  private final Sinks.Empty<Void> ended = Sinks.empty();
  private final HeldPlaces held = new HeldPlaces();
  private final PendingReports pending = new PendingReports();
  private final OwnShare share;
  private final Queue<Turn> queue = new ArrayDeque<>();
  private @Nullable Turn current;
  private @Nullable Disposable heartbeat;

  private long sequence;
  private long number = 1;
  private String generation = "";
  private String version = "";
  private String members = "";
  private boolean mustReport;
  private @Nullable Limits limits;
  private long lease;
  private long pausedUntil;
  private long lastAsked;
  private long nextAttempt;
  private int empty;
  private boolean away;
  private long awaySince;
  private boolean closed;

  /**
   * Makes a conversation that has not begun.
   *
   * @param name a name that no other process has
   * @param settings how it behaves
   * @param nanos the clock
   * @param timers runs timeouts and heartbeats
   */
  StoreConversation(
      StoreLink link, String name, Settings settings, LongSupplier nanos, Scheduler timers) {
    this.link = link;
    this.name = name;
    this.whenAway = settings.whenAway;
    this.processes = settings.processes;
    this.timeout = settings.timeout.toNanos();
    this.startsUnused = settings.startsUnused;
    this.nanos = nanos;
    this.timers = timers;
    this.share = new OwnShare(settings.processes, nanos.getAsLong());
    this.pausedUntil = nanos.getAsLong();
    this.nextAttempt = nanos.getAsLong();
  }

  /**
   * How a conversation behaves.
   *
   * @param whenAway what happens while the server is away
   * @param processes among how many the quota is shared then; 0 for as many as are registered
   * @param timeout how long the server may take to reply
   * @param startsUnused whether a server that does not know the quota may grant at once
   */
  record Settings(WhenAway whenAway, int processes, Duration timeout, boolean startsUnused) {}

  /** One exchange, or a heartbeat. Guarded by the conversation. */
  private static final class Turn {

    private final @Nullable Exchange exchange;
    private final @Nullable MonoSink<Reply> sink;
    private boolean begun;
    private boolean cancelled;

    /** It is the last one of a conversation that was closed. */
    private boolean last;

    private int reports;

    /** Which sending of it is under way. */
    private int attempt;

    private long asked;
    private int interactive;
    private int bulk;
    private long first;
    private @Nullable Disposable timer;

    Turn(@Nullable Exchange exchange, @Nullable MonoSink<Reply> sink) {
      this.exchange = exchange;
      this.sink = sink;
    }
  }

  Mono<Reply> exchange(Exchange exchange) {
    return Mono.create(
        sink -> {
          Turn turn = new Turn(exchange, sink);
          sink.onCancel(() -> cancel(turn));
          take(turn);
        });
  }

  /** Completes once the conversation has ended after a close. */
  Mono<Void> whenClosed() {
    return ended.asMono();
  }

  /** Tells the server what is left to tell, if it is there, and gives the connection back. */
  void close() {
    List<Turn> waiting;
    boolean idle;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      stopHeartbeat();
      waiting = new ArrayList<>(queue);
      queue.clear();
      idle = current == null;
    }
    waiting.forEach(turn -> fail(turn, closedFailure()));
    if (idle) {
      take(farewell());
    }
  }

  private static Turn farewell() {
    Turn turn = new Turn(null, null);
    turn.last = true;
    return turn;
  }

  private void take(Turn turn) {
    boolean refused;
    synchronized (this) {
      refused = closed && turn.sink != null;
      if (!refused && current != null) {
        queue.add(turn);
        return;
      }
      if (!refused) {
        current = turn;
      }
    }
    if (refused) {
      fail(turn, closedFailure());
    } else {
      send(turn);
    }
  }

  private synchronized void cancel(Turn turn) {
    turn.cancelled = true;
    queue.remove(turn);
  }

  private void send(Turn turn) {
    List<String> arguments;
    int attempt;
    synchronized (this) {
      long now = nanos.getAsLong();
      begin(turn, now);
      attempt = ++turn.attempt;
      if (limits == null || now < nextAttempt) {
        arguments = List.of();
      } else {
        turn.asked = now;
        arguments = arguments(turn, now);
        long limit = generation.isEmpty() ? Math.max(timeout, FIRST_TIMEOUT) : timeout;
        turn.timer =
            timers.schedule(() -> timedOut(turn, attempt, limit), limit, TimeUnit.NANOSECONDS);
      }
    }
    if (arguments.isEmpty()) {
      ended(turn, attempt, null, new NotSentException("it did not respond in time"));
    } else {
      run(arguments).whenComplete((reply, failure) -> ended(turn, attempt, reply, failure));
    }
  }

  private CompletionStage<List<Object>> run(List<String> arguments) {
    try {
      return link.run(arguments);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void timedOut(Turn turn, int attempt, long limit) {
    ended(
        turn,
        attempt,
        null,
        new TimeoutException("no reply in " + Duration.ofNanos(limit).toMillis() + " ms"));
  }

  /** Takes in what an exchange reports, once. */
  private void begin(Turn turn, long now) {
    Exchange exchange = turn.exchange;
    if (turn.begun || exchange == null) {
      return;
    }
    turn.begun = true;
    limits = exchange.limits();
    lease = exchange.lease().toNanos();
    turn.interactive = Math.min(exchange.interactive(), exchange.limits().calls());
    turn.bulk = Math.min(exchange.bulk(), exchange.limits().calls());
    for (Report report : exchange.reports()) {
      if (report instanceof Ended ended) {
        Integer kind = held.kind(ended.place().id());
        if (kind != null) {
          long time = now - ended.age().toNanos();
          held.ended(ended.place().id(), time, now);
          pending.ended(kind, ended.place().id(), time);
        }
      } else if (report instanceof Unused unused) {
        giveBack(unused.place().id());
      } else if (report instanceof Counted counted) {
        pending.counted(counted.remaining(), now + counted.reset().toNanos());
      } else if (report instanceof Paused paused) {
        pausedUntil = Math.max(pausedUntil, now + paused.left().toNanos());
        pending.paused(now + paused.left().toNanos());
      }
    }
  }

  private void giveBack(long place) {
    Integer kind = held.kind(place);
    if (kind != null) {
      held.unused(place);
      pending.unused(kind, place);
    }
  }

  private List<String> arguments(Turn turn, long now) {
    Limits agreed = requireNonNull(limits);
    long window = agreed.window().toNanos();
    held.advance(now, window);
    if (away && now - awaySince > window + lease) {
      // Nothing of what it holds can count any more.
      generation = generation.isEmpty() ? generation : FORGOTTEN;
      mustReport = !generation.isEmpty();
    }
    String memory = "";
    if (mustReport) {
      pending.forgetPlaces();
      share.forgetStandby();
      memory = held.describe(now);
    }
    turn.first = number;
    number += turn.interactive + turn.bulk;
    int among = processes > 0 ? processes : -1;
    return List.of(
        name,
        Long.toString(++sequence),
        generation,
        Integer.toString(agreed.calls()),
        Long.toString(HeldPlaces.micros(window)),
        Integer.toString(agreed.kept()),
        Integer.toString(agreed.reserve()),
        Long.toString(HeldPlaces.micros(lease)),
        Long.toString(beat() / 1000),
        startsUnused ? "1" : "0",
        Integer.toString(whenAway == WhenAway.CLOSED || closed ? 0 : among),
        Integer.toString(turn.interactive),
        Integer.toString(turn.bulk),
        Long.toString(turn.first),
        Integer.toString(closed ? 0 : share.standby(now)),
        Long.toString(20_000L << Math.min(empty, 4)),
        version,
        pending.describe(now),
        memory,
        mustReport ? members : "");
  }

  private void ended(
      Turn turn, int attempt, @Nullable List<Object> reply, @Nullable Throwable failure) {
    Runnable signal;
    Turn next = null;
    synchronized (this) {
      if (turn != current || attempt != turn.attempt) {
        return;
      }
      turn.attempt++;
      if (turn.timer != null) {
        turn.timer.dispose();
      }
      long now = nanos.getAsLong();
      signal = outcome(turn, reply, failure, now);
      if (signal != null) {
        next = closed && !turn.last ? farewell() : queue.poll();
        current = next;
        if (next == null) {
          startHeartbeat(beat());
        }
      }
    }
    if (signal == null) {
      send(turn);
      return;
    }
    signal.run();
    if (next != null) {
      send(next);
    } else if (turn.last) {
      link.close();
      ended.tryEmitEmpty();
    }
  }

  /** Returns what follows, or null if the server asks for what this process holds. */
  private @Nullable Runnable outcome(
      Turn turn, @Nullable List<Object> raw, @Nullable Throwable failure, long now) {
    if (raw == null) {
      return failed(turn, failure, now);
    }
    StoreReply reply;
    try {
      reply = StoreReply.read(raw);
    } catch (RuntimeException e) {
      return failed(turn, e, now);
    }
    if (reply == null) {
      mustReport = true;
      return ++turn.reports > MAX_REPORTS
          ? failed(turn, new IllegalStateException("Redis keeps losing the quota"), now)
          : null;
    }
    return replied(turn, reply, now);
  }

  private Runnable replied(Turn turn, StoreReply reply, long now) {
    pending.arrived();
    generation = reply.generation();
    mustReport = false;
    version = reply.version();
    if (!reply.members().isEmpty()) {
      members = reply.members();
    }
    pausedUntil = Math.max(pausedUntil, now + reply.pause() * 1000);
    lastAsked = turn.asked;
    share.asked(turn.asked);
    share.replied(reply, turn.asked, requireNonNull(limits).window().toNanos());
    boolean back = away;
    away = false;
    int granted = reply.interactive() + reply.bulk();
    empty = granted == 0 && turn.interactive + turn.bulk > 0 ? empty + 1 : 0;
    List<Place> interactive = open(HeldPlaces.INTERACTIVE, turn.first, reply.interactive(), now);
    List<Place> bulk = open(HeldPlaces.BULK, turn.first + reply.interactive(), reply.bulk(), now);
    boolean all = turn.interactive + turn.bulk == granted;
    Reply places =
        reply(
            interactive,
            bulk,
            all ? Duration.ZERO : Duration.ofNanos(reply.askAgain() * 1000),
            all ? null : reply.reason());
    Runnable delivery = delivery(turn, places);
    return () -> {
      if (back) {
        LOG.info("Redis at {} is back: the quota is shared again", link.address());
      }
      delivery.run();
    };
  }

  private List<Place> open(int kind, long first, int count, long now) {
    List<Place> places = new ArrayList<>(count);
    for (long i = first; i < first + count; i++) {
      held.open(i, kind, now + lease);
      places.add(new Place(i, 0));
    }
    return places;
  }

  private Runnable delivery(Turn turn, Reply reply) {
    if (turn.cancelled) {
      reply.interactive().forEach(place -> giveBack(place.id()));
      reply.bulk().forEach(place -> giveBack(place.id()));
    }
    MonoSink<Reply> sink = turn.sink;
    return sink == null ? () -> {} : () -> sink.success(reply);
  }

  private Runnable failed(Turn turn, @Nullable Throwable failure, long now) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    boolean mayHaveRun = !(cause instanceof NotSentException);
    if (mayHaveRun || !away) {
      // Until now it may have granted places to others.
      share.asked(now);
    }
    if (mayHaveRun) {
      if (turn.interactive + turn.bulk > 0) {
        pending.lost(turn.first, turn.first + turn.interactive + turn.bulk);
      }
      if (mustReport) {
        share.forgetStandby();
      }
    }
    if (cause instanceof TimeoutException) {
      nextAttempt = now + PAUSE_AFTER_TIMEOUT;
    }
    boolean first = !away;
    if (first) {
      away = true;
      awaySince = now;
    }
    boolean shares = whenAway == WhenAway.LOCAL_SHARE && share.isKnown();
    Exchange exchange = turn.exchange;
    Runnable delivery = exchange == null ? () -> {} : withoutServer(turn, exchange, cause, now);
    return () -> {
      if (first && exchange != null) {
        LOG.warn(
            "Redis at {} is away, {}: {}",
            link.address(),
            shares ? "calls go on within the share of this process" : "calls wait",
            message(cause));
      }
      delivery.run();
    };
  }

  private Runnable withoutServer(
      Turn turn, Exchange exchange, @Nullable Throwable cause, long now) {
    boolean shares = whenAway == WhenAway.LOCAL_SHARE && share.isKnown();
    long patience = generation.isEmpty() ? FIRST_PATIENCE : PATIENCE;
    if (!shares && now - awaySince >= patience && turn.interactive + turn.bulk > 0) {
      return () ->
          fail(
              turn,
              new IllegalStateException(
                  "Redis at "
                      + link.address()
                      + ", which keeps the quota, is away: "
                      + message(cause),
                  cause));
    }
    held.advance(now, exchange.limits().window().toNanos());
    if (!shares || now < pausedUntil) {
      WaitReason reason = now < pausedUntil ? WaitReason.THROTTLED : WaitReason.QUOTA;
      return delivery(turn, new Reply(List.of(), List.of(), LOOK_AGAIN, reason));
    }
    Allowance allowance =
        share.take(turn.interactive, turn.bulk, held, exchange.limits(), lease, now);
    List<Place> interactive = openHere(HeldPlaces.INTERACTIVE, allowance.interactive(), now);
    List<Place> bulk = openHere(HeldPlaces.BULK, allowance.bulk(), now);
    boolean all = interactive.size() + bulk.size() == turn.interactive + turn.bulk;
    return delivery(
        turn,
        reply(interactive, bulk, all ? Duration.ZERO : LOOK_AGAIN, all ? null : WaitReason.QUOTA));
  }

  /** The compiler of JDK 17 loses the annotation of the component that may be null. */
  @SuppressWarnings("NullAway")
  private static Reply reply(
      List<Place> interactive, List<Place> bulk, Duration askAgain, @Nullable WaitReason reason) {
    return new Reply(interactive, bulk, askAgain, reason);
  }

  private List<Place> openHere(int kind, int count, long now) {
    List<Place> places = open(kind, number, count, now);
    number += count;
    places.forEach(place -> pending.opened(kind, place.id(), now + lease));
    return places;
  }

  private static void fail(Turn turn, RuntimeException failure) {
    if (turn.sink != null) {
      turn.sink.error(failure);
    }
  }

  private static RuntimeException closedFailure() {
    return new IllegalStateException("the shared quota is closed");
  }

  private static String message(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    return message == null ? String.valueOf(cause) : message;
  }

  /** How often this process is heard of at least, in nanoseconds. */
  private long beat() {
    long window = limits == null ? 0 : limits.window().toNanos();
    return Math.max(100 * MILLI, Math.min(2_000 * MILLI, window / 150));
  }

  private void startHeartbeat(long delay) {
    boolean needed = whenAway == WhenAway.LOCAL_SHARE || held.held() > 0 || !pending.isEmpty();
    if (heartbeat == null && needed && !closed && limits != null) {
      heartbeat = timers.schedule(this::beatNow, delay, TimeUnit.NANOSECONDS);
    }
  }

  private void stopHeartbeat() {
    if (heartbeat != null) {
      heartbeat.dispose();
      heartbeat = null;
    }
  }

  private void beatNow() {
    synchronized (this) {
      heartbeat = null;
      long since = nanos.getAsLong() - lastAsked;
      if (current != null || closed) {
        return;
      }
      if (!away && since < beat() / 2) {
        startHeartbeat(beat() - since);
        return;
      }
    }
    take(new Turn(null, null));
  }
}
