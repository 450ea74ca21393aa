package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Processes that call in virtual time, and a service that counts each call at any moment between
 * its sending and its response.
 */
final class TrafficModel {

  private static final long FOREVER = Long.MAX_VALUE / 8;

  private final VirtualTime time;
  private final Random random;
  private final Limits limits;
  private final @Nullable QuotaStore store;
  private final List<Long> counted = new ArrayList<>();
  private final Profile profile;

  /**
   * How calls go.
   *
   * @param delay the longest time from the permit to the sending, and from there to the response
   * @param lateShare how many permits are used only after their lease
   * @param lostShare how many calls get no response and are given up
   */
  record Profile(Duration delay, double lateShare, double lostShare) {
    static final Profile QUICK = new Profile(Duration.ofMillis(100), 0, 0);
  }

  TrafficModel(
      VirtualTime time, Random random, Limits limits, @Nullable QuotaStore store, Profile profile) {
    this.time = time;
    this.random = random;
    this.limits = limits;
    this.store = store;
    this.profile = profile;
  }

  /** One process. */
  @SuppressWarnings("JavaLangClash")
  final class Process {

    private final CallGate gate =
        new CallGate(limits, new BurstLimit(150, false), 20_000, time.nanos(), store);
    private final Disposable underWay = gate.during(Mono.never()).subscribe();
    private boolean killed;
    private int ended;

    /** Nothing that it has under way goes on, and nothing is reported. */
    void kill() {
      killed = true;
      underWay.dispose();
    }

    int waiting() {
      return gate.waiting();
    }

    int outstanding() {
      return gate.outstanding();
    }

    int ended() {
      return ended;
    }

    /** Makes calls one after the other, so that one always waits. */
    void saturate(Caller caller) {
      call(caller, waited -> saturate(caller));
    }

    /** Makes a call; notified when it is let in, of how long it has waited. */
    Disposable call(Caller caller, LongConsumer letIn) {
      long start = now();
      return gate.acquire(caller, FOREVER, (reason, wait) -> {})
          .subscribe(
              permit -> {
                if (!killed) {
                  letIn.accept(now() - start);
                  granted(caller, permit);
                }
              });
    }

    private void granted(Caller caller, Permit permit) {
      long late = random.nextDouble() < profile.lateShare ? 2 * caller.hold() : 0;
      long delay = late + upTo(profile.delay.toNanos());
      Disposable sending = Schedulers.parallel().schedule(() -> send(permit), delay, NANOS);
      permit
          .recall()
          .subscribe(
              nothing -> {},
              failure -> {},
              () -> {
                sending.dispose();
                permit.close();
                gate.acquireAgain(caller, permit, FOREVER, (reason, wait) -> {})
                    .subscribe(again -> granted(caller, again));
              });
    }

    private void send(Permit permit) {
      if (killed || !permit.send()) {
        return;
      }
      permit.written();
      long response = upTo(profile.delay.toNanos());
      counted.add(now() + upTo(response));
      boolean lost = random.nextDouble() < profile.lostShare;
      Schedulers.parallel().schedule(() -> end(permit, lost), response, NANOS);
    }

    private void end(Permit permit, boolean lost) {
      if (killed) {
        return;
      }
      ended++;
      if (lost) {
        permit.close(profile.delay);
      } else {
        permit.passed(null);
        permit.close();
      }
    }
  }

  private static final TimeUnit NANOS = TimeUnit.NANOSECONDS;

  long upTo(long most) {
    return (long) (random.nextDouble() * most);
  }

  long now() {
    return time.nanos().getAsLong();
  }

  int counted() {
    return counted.size();
  }

  /** In how many spans of a window's length more calls counted than the quota allows. */
  int spansOver() {
    List<Long> times = counted.stream().sorted().toList();
    int over = 0;
    for (int i = limits.calls(); i < times.size(); i++) {
      over += times.get(i) - times.get(i - limits.calls()) < limits.window().toNanos() ? 1 : 0;
    }
    return over;
  }
}
