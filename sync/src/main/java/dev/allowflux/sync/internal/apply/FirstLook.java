package dev.allowflux.sync.internal.apply;

import dev.allowflux.internal.text.CountText;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.ApplySettings;
import dev.allowflux.sync.internal.apply.ChangeLedger.State;
import dev.allowflux.sync.internal.journal.JournalLine.Found;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Reads before the first batch what the plan touches: what need not or can no longer be made. */
final class FirstLook {
  /** How recent a reading must be to stand for this look. */
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final ChangeLedger ledger;
  private final OpenJournal journal;
  private final AccountLook look;
  private final BatchForming forming;
  private final ApplySettings settings;
  private final Clock clock;

  FirstLook(
      ChangeLedger ledger,
      OpenJournal journal,
      AccountLook look,
      BatchForming forming,
      ApplySettings settings,
      Clock clock) {
    this.ledger = ledger;
    this.journal = journal;
    this.look = look;
    this.forming = forming;
    this.settings = settings;
    this.clock = clock;
  }

  /** Looks and records what was seen, unless the reading for the plan is fresh enough. */
  Mono<Void> run(Publisher<?> stop) {
    List<Integer> pending = ledger.withState(State.PENDING);
    if (pending.isEmpty() || isFresh()) {
      return Mono.empty();
    }
    return look.everywhere(pending).takeUntilOther(stop).flatMap(this::record);
  }

  /**
   * Looks for what an earlier run sent and saw not done: it may have been carried out late, as
   * often as it was sent.
   */
  Mono<Void> late() {
    List<Integer> sent =
        ledger.withState(State.PENDING).stream().filter(i -> ledger.sends(i) > 0).toList();
    return sent.isEmpty()
        ? Mono.empty()
        : look.sent(sent)
            .map(looks -> sent.stream().filter(i -> looks.get(i) == ChangeStatus.DONE).toList())
            .filter(found -> !found.isEmpty())
            .flatMap(found -> journal.append(new Found(found, clock.instant())));
  }

  private boolean isFresh() {
    AccountRead read = ledger.plan().accountRead();
    Duration age = Duration.between(read.endedAt(), clock.instant());
    // What a reading may have missed would be created a second time.
    return settings.trustsFreshReading()
        && read.complete()
        && journal.isNew()
        && !age.isNegative()
        && age.compareTo(FRESH) < 0;
  }

  private Mono<Void> record(Map<Integer, ChangeStatus> looks) {
    Map<Integer, ChangeStatus> statuses =
        BatchForming.withPartners(forming.units(new ArrayList<>(looks.keySet())), looks);
    List<Integer> found = new ArrayList<>();
    Map<Integer, ChangeStatus> obsolete = new TreeMap<>();
    statuses.forEach(
        (change, status) -> {
          if (status == ChangeStatus.DONE) {
            found.add(change);
          } else if (status.isObsolete()) {
            obsolete.put(change, status);
          }
        });
    if (!obsolete.isEmpty() && settings.stopsOnChange()) {
      return Mono.error(() -> changed(obsolete));
    }
    Mono<Void> done =
        found.isEmpty() ? Mono.empty() : journal.append(new Found(found, clock.instant()));
    return done.then(Mono.defer(() -> journal.skip(obsolete, clock.instant())));
  }

  private ApplyRefusedException changed(Map<Integer, ChangeStatus> obsolete) {
    int count = obsolete.size();
    Map.Entry<Integer, ChangeStatus> first = obsolete.entrySet().iterator().next();
    return new ApplyRefusedException(
        "the account has changed since the plan was made, nothing more was applied: "
            + CountText.of(count, "change, ", "changes, first ")
            + ledger.change(first.getKey()).key()
            + ": "
            + first.getValue().why
            + "; make a new plan");
  }
}
