package dev.allowflux.redis;

import dev.allowflux.reactor.QuotaStore.Ended;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Place;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import dev.allowflux.reactor.QuotaStore.Unused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A process in virtual time that calls as much as it may: it obeys its store as {@code ApiQuota}
 * does, its network is slow and loses things, and it can be stopped and killed.
 */
final class SimulatedProcess implements StoreLink, Scheduler {

  static final long MILLI = 1_000_000;

  private final SimulatedWorld world;
  private final StoreConversation conversation;
  private final Limits limits;
  private final Duration lease;
  private final long attemptLimit;
  private final Random random;
  private final List<Report> reports = new ArrayList<>();
  private final boolean bulk;
  private int interactive;
  private boolean asking;
  private long wakeAt = Long.MAX_VALUE;
  private boolean killed;
  private long stoppedUntil;

  /** Calls of this process that wait for an answer of people, and how long they waited. */
  final List<Long> waits = new ArrayList<>();

  private final List<Long> waitingSince = new ArrayList<>();
  int refusals;

  SimulatedProcess(
      SimulatedWorld world, String name, WhenAway whenAway, boolean bulk, Limits limits) {
    this.world = world;
    this.limits = limits;
    this.lease = world.lease;
    this.attemptLimit = world.attemptLimit.toNanos();
    this.random = new Random(world.random.nextLong());
    this.bulk = bulk;
    this.conversation =
        new StoreConversation(
            this,
            name,
            new StoreConversation.Settings(whenAway, 0, Duration.ofMillis(250), world.isNew()),
            this::now,
            this);
    ask();
  }

  private long now() {
    return world.time.now(TimeUnit.NANOSECONDS);
  }

  /** Runs something of this process: later if it is stopped then, never if it is killed. */
  private Disposable in(long nanos, Runnable task) {
    return world.time.schedule(() -> runOrWait(task), Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  private void runOrWait(Runnable task) {
    if (killed) {
      return;
    }
    if (now() < stoppedUntil) {
      in(stoppedUntil - now(), task);
    } else {
      task.run();
    }
  }

  void kill() {
    killed = true;
  }

  void stop(long nanos) {
    stoppedUntil = now() + nanos;
  }

  /** A person makes a call. */
  void callInteractively() {
    interactive++;
    waitingSince.add(now());
    ask();
  }

  private void ask() {
    if (asking || killed) {
      return;
    }
    asking = true;
    List<Report> now = new ArrayList<>(reports);
    reports.clear();
    long before = now();
    conversation
        .exchange(new Exchange(limits, interactive, bulk ? 40 : 0, lease, now))
        .subscribe(reply -> replied(reply, before), failure -> refused());
  }

  private void refused() {
    refusals++;
    interactive = 0;
    waitingSince.clear();
    asking = false;
    wake(100 * MILLI);
  }

  private void replied(Reply reply, long before) {
    asking = false;
    long voidAt = before + lease.toNanos() - attemptLimit;
    for (Place place : reply.interactive()) {
      interactive--;
      waits.add(now() - waitingSince.remove(0));
      in(random.nextInt(3) * MILLI, () -> send(place, voidAt));
    }
    for (Place place : reply.bulk()) {
      // Some wait for a connection for longer than their permit lives.
      long wait = random.nextInt(100) == 0 ? lease.toNanos() : random.nextInt(20) * MILLI;
      in(wait, () -> send(place, voidAt));
    }
    if (interactive > 0 || bulk) {
      wake(reply.askAgain().toNanos());
    }
  }

  private void wake(long nanos) {
    long at = now() + nanos;
    if (at < wakeAt || wakeAt <= now()) {
      wakeAt = at;
      in(
          nanos,
          () -> {
            if (wakeAt == at) {
              wakeAt = Long.MAX_VALUE;
              ask();
            }
          });
    }
  }

  private void send(Place place, long voidAt) {
    if (now() >= voidAt || random.nextInt(50) == 0) {
      // Void, or cancelled before it was sent.
      report(new Unused(place));
      return;
    }
    long latency = (20 + random.nextInt(150)) * MILLI;
    if (world.faults && random.nextInt(5) == 0) {
      // No response: it counts at any time until its end, or while its request is held for.
      world.count((long) (random.nextDouble() * 2 * attemptLimit));
      in(attemptLimit, () -> report(new Ended(place, Duration.ofNanos(-attemptLimit))));
      return;
    }
    world.count((long) (random.nextDouble() * latency));
    in(latency, () -> report(new Ended(place, Duration.ZERO)));
  }

  private void report(Report report) {
    reports.add(report);
    // Reports ride with requests for places, or wait a moment for more.
    wake(Math.min(20 * MILLI, limits.window().toNanos() / 1000));
  }

  @Override
  public CompletionStage<List<Object>> run(List<String> arguments) {
    CompletableFuture<List<Object>> reply = new CompletableFuture<>();
    if (!world.serverIsUp(now())) {
      reply.completeExceptionally(new NotSentException("the connection is lost"));
      return reply;
    }
    long out = random.nextInt(2 * 1_000_000);
    world.time.schedule(
        () ->
            world.execute(
                arguments, result -> in(random.nextInt(1_000_000), () -> reply.complete(result))),
        out,
        TimeUnit.NANOSECONDS);
    return reply;
  }

  @Override
  public String address() {
    return "simulated";
  }

  @Override
  public void close() {}

  @Override
  public Disposable schedule(Runnable task) {
    return in(0, task);
  }

  @Override
  public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
    return in(unit.toNanos(delay), task);
  }

  @Override
  public Worker createWorker() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dispose() {}
}
