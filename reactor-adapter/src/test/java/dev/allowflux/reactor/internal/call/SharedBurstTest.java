package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** Two quotas of a process, which share how many calls any second may hold. */
class SharedBurstTest {

  private static final long FOREVER = Long.MAX_VALUE / 8;
  private static final Limits LIMITS = new Limits(100, Duration.ofMinutes(5), 0, 0);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final BurstLimit burst = new BurstLimit(1, true);
  private final Tasks tasks = new Tasks();
  private long now = 7 * SECOND;

  private CallGate gate(QuotaStore store) {
    return new CallGate(LIMITS, burst, 10, () -> now, tasks, store);
  }

  /** A call of another quota takes the one place of this second. */
  private void call(CallGate gate) {
    Permit permit = gate.tryAcquire(Callers.ANY);
    assertThat(permit).isNotNull();
    assertThat(permit.send()).isTrue();
    permit.written();
  }

  private List<Permit> acquire(CallGate gate) {
    List<Permit> permits = new ArrayList<>();
    Mono<Permit> call = gate.acquire(Callers.bulk("account", "job"), FOREVER, (reason, wait) -> {});
    gate.during(call.doOnNext(permits::add).then(Mono.never())).subscribe();
    return permits;
  }

  /** The other quota is quicker between the two looks of this one at what is free. */
  @Test
  void callThatAnotherQuotaOvertakesGoesWhenTheBurstIsFreeAgain() {
    CallGate other = gate(null);
    CallGate gate = gate(QuotaStore.inMemory(() -> now));
    call(other);
    List<Permit> first = acquire(gate);
    assertThat(first).isEmpty();
    now += SECOND;
    tasks.onDispose = () -> call(other);
    List<Permit> second = acquire(gate);
    assertThat(tasks.onDispose).as("the other call was made").isNull();
    assertThat(first).isEmpty();
    assertThat(second).isEmpty();
    now += SECOND;
    tasks.run();
    assertThat(first).hasSize(1);
    assertThat(second).isEmpty();
  }

  /** What the older one has sent long ago keeps no place from it, and what is new does. */
  @Test
  void quotaThatIsMadeLaterCountsFromTheSameZero() {
    CallGate older = gate(null);
    now += 3600 * SECOND;
    call(older);
    now += 2 * SECOND;
    CallGate younger = gate(null);
    call(younger);
    assertThat(older.tryAcquire(Callers.ANY)).isNull();
    now += SECOND;
    call(older);
    assertThat(younger.tryAcquire(Callers.ANY)).isNull();
  }

  /** Runs when the test says so, and lets something happen when a task is taken back. */
  private static final class Tasks implements Scheduler {
    private final List<Runnable> waiting = new ArrayList<>();
    private Runnable onDispose;

    @Override
    public Disposable schedule(Runnable task) {
      return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
      waiting.add(task);
      return () -> {
        waiting.remove(task);
        Runnable action = onDispose;
        onDispose = null;
        if (action != null) {
          action.run();
        }
      };
    }

    void run() {
      List<Runnable> due = List.copyOf(waiting);
      waiting.clear();
      due.forEach(Runnable::run);
    }

    @Override
    public Worker createWorker() {
      throw new UnsupportedOperationException();
    }
  }
}
