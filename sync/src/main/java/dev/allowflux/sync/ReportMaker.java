package dev.allowflux.sync;

import dev.allowflux.plan.SyncPlan;
import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Duplicate;
import dev.allowflux.sync.ApplyReport.Open;
import dev.allowflux.sync.ApplyReport.Progress;
import dev.allowflux.sync.ApplyReport.State;
import dev.allowflux.sync.internal.apply.ApplyRun;
import dev.allowflux.sync.internal.apply.ChangeLedger;
import dev.allowflux.sync.internal.apply.RunEvent;
import dev.allowflux.sync.internal.journal.JournalLine.Ended;
import dev.allowflux.sync.internal.journal.JournalLine.Verified;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes events and the report from the ledger of a run. */
final class ReportMaker {
  private static final String NOT_SEEN =
      "it was reported as done, and could not be looked at; no more calls may be made by this run,"
          + " or they failed";

  private final ApplyRun run;
  private final ChangeLedger ledger;

  ReportMaker(ApplyRun run) {
    this.run = run;
    ledger = run.ledger();
  }

  ApplyEvent event(RunEvent event) {
    if (event instanceof RunEvent.BatchEnded ended) {
      return new ApplyEvent.BatchEnded(batch(ledger.ended(ended.batch())), progress());
    }
    return event instanceof RunEvent.Checked
        ? new ApplyEvent.Checked(progress())
        : new ApplyEvent.Finished(report());
  }

  private Batch batch(Ended ended) {
    return new Batch(
        ended.batch(),
        ledger.size(ended.batch()),
        ended.at(),
        ended.outcome(),
        ended.cfRay(),
        ended.why());
  }

  /** Returns why a change is open, or null if it is done. */
  private @Nullable State state(int change) {
    Verified verified = ledger.verified();
    return switch (ledger.state(change)) {
      case DONE ->
          verified != null && verified.unconfirmed().contains(change) ? State.UNCONFIRMED : null;
      case PENDING -> ledger.isMissing(change) ? State.MISSING : State.LEFT;
      case SENT -> State.UNCONFIRMED;
      case SKIPPED -> State.SKIPPED;
      case CHANGED -> State.CHANGED;
      case REFUSED -> State.REFUSED;
    };
  }

  private Progress progress() {
    int total = ledger.plan().changes().size();
    Map<State, Integer> counts = new EnumMap<>(State.class);
    int open = 0;
    for (int change = 0; change < total; change++) {
      State state = state(change);
      if (state != null) {
        open++;
        counts.merge(state, 1, Integer::sum);
      }
    }
    return new Progress(
        total,
        total - open,
        counts.getOrDefault(State.SKIPPED, 0),
        counts.getOrDefault(State.CHANGED, 0),
        counts.getOrDefault(State.REFUSED, 0),
        counts.getOrDefault(State.UNCONFIRMED, 0),
        counts.getOrDefault(State.MISSING, 0),
        counts.getOrDefault(State.LEFT, 0));
  }

  private ApplyReport report() {
    SyncPlan plan = ledger.plan();
    List<Open> open = new ArrayList<>();
    for (int change = 0; change < plan.changes().size(); change++) {
      State state = state(change);
      if (state != null) {
        String reason = ledger.reason(change);
        boolean notSeen = state == State.UNCONFIRMED && reason == null;
        open.add(new Open(plan.changes().get(change), state, notSeen ? NOT_SEEN : reason));
      }
    }
    List<Duplicate> duplicates = new ArrayList<>();
    Verified verified = ledger.verified();
    if (verified != null) {
      verified
          .duplicates()
          .forEach((change, ids) -> duplicates.add(new Duplicate(plan.changes().get(change), ids)));
    }
    return new ApplyReport(
        plan.account(),
        plan.digest(),
        run.id(),
        progress(),
        ledger.ended().stream().map(this::batch).toList(),
        open,
        duplicates,
        ledger.removed(),
        verified != null || ledger.ended().isEmpty());
  }
}
