package dev.allowflux.sync.internal.apply;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.sync.ApplyReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Finds out what became of a batch whose response was lost. As long as it may still be carried out
 * it is looked up, at most six times with growing pauses; only what is not done after that may be
 * sent again.
 */
final class BatchSettling {
  /** When it is looked up, in parts of the settle time. */
  private static final List<Integer> PAUSES = List.of(0, 1, 2, 4, 8, 16);

  private static final int PARTS = PAUSES.stream().mapToInt(i -> i).sum();

  private final AccountLook look;
  private final Duration settleTime;
  private final CallBudget budget;

  /** Whether a refused batch was seen to have done nothing. */
  private boolean refusesAsAWhole;

  BatchSettling(AccountLook look, Duration settleTime, CallBudget budget) {
    this.look = look;
    this.settleTime = settleTime;
    this.budget = budget;
  }

  /** What the looks showed: the last status of each change that could be looked at. */
  static final class Findings {
    private final List<Integer> changes;
    private final Map<Integer, ChangeStatus> statuses = new TreeMap<>();
    private boolean exhausted;

    Findings(List<Integer> changes) {
      this.changes = changes;
    }

    Map<Integer, ChangeStatus> statuses() {
      return statuses;
    }

    List<Integer> open() {
      return changes.stream().filter(i -> statuses.get(i) != ChangeStatus.DONE).toList();
    }

    List<Integer> done() {
      return changes.stream().filter(i -> statuses.get(i) == ChangeStatus.DONE).toList();
    }

    /** Changes that could not be looked at. */
    List<Integer> unknown() {
      return changes.stream().filter(i -> !statuses.containsKey(i)).toList();
    }

    Outcome outcome() {
      if (!unknown().isEmpty()) {
        return Outcome.UNCONFIRMED;
      }
      if (done().isEmpty()) {
        return Outcome.NOT_DONE;
      }
      return open().isEmpty() ? Outcome.FOUND_DONE : Outcome.PARTLY_DONE;
    }

    /** Whether the calls that a run may spend were spent before all was known. */
    boolean isExhausted() {
      return exhausted;
    }
  }

  /** Looks until all changes are done or the settle time is over. */
  Mono<Findings> settle(List<Integer> changes) {
    return look(changes, settleTime.isZero() ? List.of(0) : PAUSES);
  }

  /**
   * Looks again at changes that were just looked at: all of {@link #settle} but its first look.
   * Without a settle time there is nothing to wait for, so nothing is found.
   */
  Mono<Findings> settleLater(List<Integer> changes) {
    return settleTime.isZero() ? Mono.empty() : look(changes, PAUSES.subList(1, PAUSES.size()));
  }

  /**
   * Finds out what a refused batch has done all the same. The first one is watched for the whole
   * settle time, since reads may lag; a service that has done nothing of it refuses batches as a
   * whole, and one look at each of the later ones is enough.
   */
  Mono<Findings> settleRefused(List<Integer> changes) {
    if (changes.size() == 1 || refusesAsAWhole) {
      return once(changes);
    }
    return settle(changes)
        .doOnNext(findings -> refusesAsAWhole = findings.outcome() == Outcome.NOT_DONE);
  }

  /** Looks once, without a pause. */
  Mono<Findings> once(List<Integer> changes) {
    return look(changes, List.of(0));
  }

  private Mono<Findings> look(List<Integer> changes, List<Integer> pauses) {
    return Mono.defer(
        () -> {
          Findings findings = new Findings(new ArrayList<>(changes));
          return Flux.fromIterable(pauses)
              .concatMap(
                  pause ->
                      Mono.delay(settleTime.multipliedBy(pause).dividedBy(PARTS))
                          .takeUntilOther(look.closed())
                          .then(Mono.defer(() -> look(findings))),
                  0)
              .takeUntil(found -> found.open().isEmpty() || found.isExhausted())
              .then(Mono.just(findings));
        });
  }

  /** One look. Only what the last look shows as open may be sent again, so a failed one clears. */
  private Mono<Findings> look(Findings findings) {
    List<Integer> open = findings.open();
    findings.statuses.keySet().removeAll(open);
    if (!budget.take(look.callsForSent(open))) {
      findings.exhausted = true;
      return Mono.just(findings);
    }
    return look.sent(open)
        .doOnNext(findings.statuses::putAll)
        .thenReturn(findings)
        .onErrorReturn(EmailSecurityException.class, findings);
  }
}
