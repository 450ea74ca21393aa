package dev.allowflux.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An account in virtual time: others add and delete policies at a rate, some policies show up late,
 * and a page is the list as it is at one moment. It knows nothing of how it is read.
 */
final class VirtualAccount {

  /** What the service reports as the total. */
  enum Totals {
    EXACT,
    ABSENT,
    /** The count of some seconds ago. */
    CACHED
  }

  /** How the service behaves. */
  record Service(
      int cap, boolean fixedSize, boolean reportsSize, Totals totals, boolean shufflesTies) {

    static final Service PLAIN = new Service(1000, false, true, Totals.EXACT, false);

    static Service draw(Random random, boolean mustOverlap) {
      boolean fixed = !mustOverlap && random.nextInt(6) == 0;
      return new Service(
          random.nextInt(4) == 0 ? (mustOverlap ? 20 : 3) + random.nextInt(20) : 1000,
          fixed,
          fixed || random.nextInt(5) > 0,
          random.nextInt(3) > 0 ? Totals.EXACT : List.of(Totals.values()).get(random.nextInt(3)),
          random.nextInt(4) == 0);
    }
  }

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final long LATE = Duration.ofSeconds(599).toNanos();
  private static final long CACHE = Duration.ofSeconds(4).toNanos();

  private final Random random;
  private final Service service;
  private final double addsPerNano;
  private double deletesPerNano;
  private long busyAt = Long.MAX_VALUE;
  private double busyDeletesPerNano;
  private final int latePercent;
  private final List<AllowPolicy> policies;
  private final Set<PolicyId> gone = new HashSet<>();
  private int nextId;
  private long now;
  private double nextAdd;
  private double nextDelete;
  private int cachedTotal;
  private long cachedAt = Long.MIN_VALUE / 2;

  /**
   * @param size how many policies there are at first
   * @param secondsApart how far apart they were created at most; a tie has none between
   */
  VirtualAccount(
      Random random,
      Service service,
      int size,
      int secondsApart,
      int tiePercent,
      double addsPerSecond,
      double deletesPerSecond,
      int latePercent) {
    this.random = random;
    this.service = service;
    this.addsPerNano = addsPerSecond / 1e9;
    this.deletesPerNano = deletesPerSecond / 1e9;
    this.latePercent = latePercent;
    this.policies = new ArrayList<>(size + 16);
    Instant created = START.minusSeconds((long) secondsApart * size);
    for (int i = 0; i < size; i++) {
      if (random.nextInt(100) >= tiePercent) {
        created = created.plusNanos(1 + random.nextLong(secondsApart * 1_000_000_000L));
      }
      policies.add(policy(created));
    }
    nextAdd = pause(addsPerNano);
    nextDelete = pause(deletesPerNano);
  }

  private double pause(double rate) {
    return rate == 0 ? Double.MAX_VALUE : -Math.log(1 - random.nextDouble()) / rate;
  }

  private AllowPolicy policy(Instant created) {
    return AllowPolicy.builder().id(new PolicyId("p" + nextId++)).createdAt(created).build();
  }

  int size() {
    return policies.size();
  }

  /** From a moment on, more policies are deleted. */
  void getsBusy(double second, double newDeletesPerSecond) {
    busyAt = (long) (second * 1e9);
    busyDeletesPerNano = newDeletesPerSecond / 1e9;
  }

  Set<PolicyId> ids() {
    Set<PolicyId> ids = new HashSet<>();
    policies.forEach(policy -> ids.add(policy.id()));
    return ids;
  }

  Set<PolicyId> gone() {
    return gone;
  }

  /** Lets others work until a moment. */
  void advance(long nanos) {
    if (nanos >= busyAt) {
      nextDelete = Math.min(nextDelete, busyAt + pause(busyDeletesPerNano));
      deletesPerNano = busyDeletesPerNano;
      busyAt = Long.MAX_VALUE;
    }
    while (Math.min(nextAdd, nextDelete) <= nanos) {
      if (nextAdd <= nextDelete) {
        now = (long) nextAdd;
        nextAdd += pause(addsPerNano);
        add();
      } else {
        now = (long) nextDelete;
        nextDelete += pause(deletesPerNano);
        if (!policies.isEmpty()) {
          gone.add(policies.remove(random.nextInt(policies.size())).id());
        }
      }
    }
    now = Math.max(now, nanos);
  }

  private void add() {
    Instant created = START.plusNanos(now);
    if (random.nextInt(100) < latePercent) {
      created = created.minusNanos(random.nextLong(LATE));
    }
    int at = policies.size();
    while (at > 0 && policies.get(at - 1).createdAt().isAfter(created)) {
      at--;
    }
    policies.add(at, policy(created));
  }

  /** The response to a request as of now. */
  ApiResult<PageBody> read(PageRequest request) {
    if (service.shufflesTies()) {
      shuffleTies();
    }
    int size = service.fixedSize() ? service.cap() : Math.min(service.cap(), request.perPage());
    int from = (int) Math.min(policies.size(), (request.page() - 1L) * size);
    return ChangingAccount.answer(
        policies.subList(from, Math.min(policies.size(), from + size)),
        request.page(),
        service.reportsSize() ? (Long) (long) size : null,
        total());
  }

  private @Nullable Long total() {
    switch (service.totals()) {
      case ABSENT -> {
        return null;
      }
      case CACHED -> {
        if (now - cachedAt > CACHE) {
          cachedAt = now;
          cachedTotal = policies.size();
        }
        return (long) cachedTotal;
      }
      default -> {
        return (long) policies.size();
      }
    }
  }

  private void shuffleTies() {
    int start = 0;
    for (int i = 1; i <= policies.size(); i++) {
      if (i == policies.size()
          || !policies.get(i).createdAt().equals(policies.get(start).createdAt())) {
        if (i - start > 1) {
          Collections.shuffle(policies.subList(start, i), random);
        }
        start = i;
      }
    }
  }
}
