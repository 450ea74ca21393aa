package dev.allowflux.sync.internal.apply;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.ApplySettings;
import dev.allowflux.sync.internal.apply.ChangeLedger.State;
import dev.allowflux.sync.internal.journal.JournalLine;
import dev.allowflux.sync.internal.journal.JournalLine.Ended;
import dev.allowflux.sync.internal.journal.JournalLine.Sending;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * One run of a plan for one subscriber: look, send batch after batch, look again; one step after
 * another, each of them when demanded.
 */
public final class ApplyRun {
  /** How many batches in a row may be lost and not carried out, or not be looked up. */
  private static final int MAX_FRUITLESS = 5;

  /** The same for batches that were answered with other values, or by something in between. */
  private static final int MAX_CONTRADICTED = 2;

  private static final Boolean GO = Boolean.TRUE;

  private final AllowPolicyClient client;
  private final SyncPlan plan;
  private final ApplySettings settings;
  private final boolean sends;
  private final Clock clock;
  private final ChangeLedger ledger;
  private final OpenJournal journal;
  private final AccountLook look;
  private final CallBudget budget;
  private final BatchSettling settling;
  private final BatchForming forming;
  private final Deque<List<List<Integer>>> queue = new ArrayDeque<>();
  private final Sinks.Empty<Void> stopped = Sinks.empty();
  private volatile boolean stopping;
  private int fruitless;

  /**
   * Makes a run that has not begun.
   *
   * @param client makes the calls
   * @param plan what to change
   * @param settings the journal and the limits
   * @param sends whether batches are sent; if not, only what earlier runs sent is settled
   * @param clock the time for the journal
   */
  public ApplyRun(
      AllowPolicyClient client, SyncPlan plan, ApplySettings settings, boolean sends, Clock clock) {
    this.client = client;
    this.plan = plan;
    this.settings = settings;
    this.sends = sends;
    this.clock = clock;
    ledger = new ChangeLedger(plan);
    journal = new OpenJournal(settings.journal(), ledger);
    budget = new CallBudget(settings.maxExtraCalls());
    look = new AccountLook(client, plan, budget);
    settling = new BatchSettling(look, settings.settleTime(), budget);
    forming = new BatchForming(plan.changes());
  }

  /**
   * Returns the state of every change.
   *
   * @return the ledger, which changes as the run goes on
   */
  public ChangeLedger ledger() {
    return ledger;
  }

  /**
   * Returns the id that was made with the journal.
   *
   * @return the id, empty before the first event
   */
  public String id() {
    return journal.run();
  }

  /**
   * Returns what happens.
   *
   * @param stop ends the run after the batch in flight
   * @return the events, to be subscribed to once
   */
  public Flux<RunEvent> events(Publisher<?> stop) {
    return Flux.usingWhen(
            Mono.just(journal),
            opened -> steps(),
            OpenJournal::close,
            (opened, failure) -> opened.close(),
            OpenJournal::close)
        .takeUntilOther(
            Mono.from(stop).onErrorComplete().doOnTerminate(this::stop).then(Mono.never()));
  }

  private void stop() {
    stopping = true;
    stopped.tryEmitEmpty();
  }

  private Flux<RunEvent> steps() {
    return Flux.concat(
        onDemand(this::check),
        Flux.generate(this::nextBatch).concatMap(batch -> onDemand(() -> send(batch)), 0),
        onDemand(this::finish));
  }

  /** Starts work when its result is demanded, not when it is subscribed to. */
  private static Flux<RunEvent> onDemand(Supplier<Mono<RunEvent>> work) {
    return Flux.just(GO).hide().concatMap(go -> Mono.defer(work), 0);
  }

  private void nextBatch(SynchronousSink<List<List<Integer>>> sink) {
    List<List<Integer>> batch = stopping ? null : queue.poll();
    if (batch == null) {
      sink.complete();
    } else {
      sink.next(batch);
    }
  }

  private Mono<Void> append(JournalLine line) {
    return journal.append(line);
  }

  // ---------------------------------------------------------------- before the first batch

  private Mono<RunEvent> check() {
    return journal
        .open()
        .then(Mono.defer(this::settleUnconfirmed))
        .then(Mono.defer(this::firstLook))
        .publishOn(Schedulers.parallel())
        .then(
            Mono.fromSupplier(
                () -> {
                  if (sends) {
                    queue.addAll(
                        forming.batches(
                            forming.units(ledger.withState(State.PENDING)), settings.batchSize()));
                  }
                  return new RunEvent.Checked();
                }));
  }

  /** Batches that are unconfirmed are looked up before anything is sent, and at the end again. */
  private Mono<Void> settleUnconfirmed() {
    return Flux.fromIterable(ledger.unconfirmed().entrySet())
        .concatMap(
            batch ->
                lookUp(batch.getKey(), batch.getValue())
                    .takeUntilOther(stopped.asMono())
                    .filter(findings -> findings.outcome() != Outcome.UNCONFIRMED)
                    .flatMap(
                        findings ->
                            settled(
                                batch.getKey(),
                                findings,
                                null,
                                "its outcome was not recorded when it was sent")),
            0)
        .then();
  }

  /** Once its time is over, one look decides. */
  private Mono<BatchSettling.Findings> lookUp(int batch, List<Integer> changes) {
    Duration age = Duration.between(ledger.sent(batch).at(), clock.instant());
    return age.compareTo(settings.settleTime()) > 0
        ? settling.once(changes)
        : settling.settle(changes);
  }

  private Mono<Void> firstLook() {
    FirstLook first = new FirstLook(ledger, journal, look, forming, settings, clock);
    return sends ? first.run(stopped.asMono()) : first.late();
  }

  // ---------------------------------------------------------------- one batch

  private Mono<RunEvent> send(List<List<Integer>> units) {
    // Between the choice of this batch and the demand for it the stop may have come.
    if (stopping) {
      return Mono.empty();
    }
    BatchRequest request = new BatchRequest(plan.changes(), units);
    int number = ledger.lastBatch() + 1;
    return append(new Sending(number, request.changes, clock.instant()))
        .then(Mono.defer(() -> client.batchWithResponse(plan.account(), request.batch)))
        .flatMap(result -> answered(number, request, result))
        .onErrorResume(EmailSecurityException.class, failure -> failed(number, request, failure))
        .then(Mono.fromSupplier(() -> new RunEvent.BatchEnded(number)));
  }

  private Mono<Void> answered(int number, BatchRequest request, ApiResult<BatchResult> result) {
    fruitless = 0;
    Map<Integer, PolicyId> created = request.created(result.value());
    return append(
            new Ended(
                number,
                Outcome.DONE,
                false,
                request.changes,
                List.of(),
                created,
                result.cfRay(),
                null,
                clock.instant()))
        .doOnSuccess(done -> ledger.seen(request.shown(result.value())));
  }

  private Mono<Void> failed(int number, BatchRequest request, EmailSecurityException failure) {
    boolean refused = failure instanceof Rejected rejected && concernsChanges(rejected.reason());
    // A page of something in between refuses nothing, and proves nothing.
    if (failure instanceof OutcomeUnknown || (refused && !isOfService(failure))) {
      return settling
          .settle(request.changes)
          .flatMap(
              findings ->
                  settled(number, findings, failure.details().cfRay(), failure.getMessage())
                      .then(Mono.defer(() -> goOn(findings, failure))));
    }
    if (refused && failure instanceof Rejected refusal) {
      return settling
          .settleRefused(request.changes)
          .flatMap(findings -> refused(number, request, refusal, findings));
    }
    return append(
            ended(number, Outcome.NOT_DONE, false, failure.details().cfRay(), failure.getMessage()))
        .then(Mono.error(failure));
  }

  private Ended ended(
      int number, Outcome outcome, boolean lost, @Nullable String cfRay, @Nullable String why) {
    return new Ended(
        number, outcome, lost, List.of(), List.of(), Map.of(), cfRay, why, clock.instant());
  }

  private static boolean concernsChanges(RejectionReason reason) {
    return switch (reason) {
      case CREDENTIAL, PERMISSION, NOT_SUBSCRIBED, REDIRECTED -> false;
      case NOT_FOUND, CONFLICT, INVALID_REQUEST, OTHER -> true;
    };
  }

  private static boolean isOfService(EmailSecurityException failure) {
    return failure.details().isServiceEnvelope() && !failure.details().errors().isEmpty();
  }

  // ---------------------------------------------------------------- a lost batch

  /** Records what was found out about a lost batch. */
  private Mono<Void> settled(
      int number, BatchSettling.Findings findings, @Nullable String cfRay, @Nullable String why) {
    String reason =
        findings.isExhausted() ? why + "; no more calls may be made to look it up" : why;
    return append(
            new Ended(
                number,
                findings.outcome(),
                true,
                findings.done(),
                List.of(),
                Map.of(),
                cfRay,
                reason,
                clock.instant()))
        .doOnSuccess(done -> ledger.seen(findings.done()))
        .then(
            findings.outcome() == Outcome.UNCONFIRMED
                ? Mono.empty()
                : Mono.defer(() -> journal.skip(obsolete(findings), clock.instant())));
  }

  private Map<Integer, ChangeStatus> obsolete(BatchSettling.Findings findings) {
    List<Integer> all = new ArrayList<>(findings.statuses().keySet());
    Map<Integer, ChangeStatus> obsolete =
        BatchForming.withPartners(forming.units(all), findings.statuses());
    obsolete.values().removeIf(status -> !status.isObsolete());
    return obsolete;
  }

  /** Sends again what was not carried out, unless batch after batch is lost. */
  private Mono<Void> goOn(BatchSettling.Findings findings, EmailSecurityException failure) {
    if (findings.done().isEmpty()) {
      fruitless++;
      boolean lost = failure instanceof OutcomeUnknown;
      // A service that answers with other values has perhaps done something else each time.
      boolean contradicted = failure.getCause() instanceof Malformed m && m.isWellFormed();
      if (fruitless >= (lost && !contradicted ? MAX_FRUITLESS : MAX_CONTRADICTED)) {
        return Mono.error(
            () ->
                !contradicted && failure.getCause() instanceof EmailSecurityException e
                    ? e
                    : failure);
      }
    } else {
      fruitless = 0;
    }
    List<Integer> left =
        findings.open().stream().filter(change -> ledger.state(change) == State.PENDING).toList();
    sendAgain(List.of(forming.units(left)), "it was lost and not carried out");
    return Mono.empty();
  }

  private void sendAgain(List<List<List<Integer>>> parts, String why) {
    for (int i = parts.size() - 1; i >= 0; i--) {
      List<List<Integer>> part = parts.get(i);
      if (part.isEmpty()) {
        continue;
      }
      if (budget.take(1)) {
        queue.addFirst(part);
      } else {
        ledger.hold(
            part.stream().flatMap(List::stream).toList(),
            why + ", and no more calls may be made by this run");
      }
    }
  }

  // ---------------------------------------------------------------- a refused batch

  private Mono<Void> refused(
      int number, BatchRequest request, Rejected refusal, BatchSettling.Findings findings) {
    RefusedBatch split = RefusedBatch.of(request, refusal.details().errors(), findings.statuses());
    String why = String.valueOf(refusal.getMessage());
    return append(
            new Ended(
                number,
                Outcome.REFUSED,
                false,
                split.done(),
                findings.unknown().isEmpty() ? split.refused() : List.of(),
                Map.of(),
                refusal.details().cfRay(),
                why,
                clock.instant()))
        .doOnSuccess(done -> ledger.seen(split.done()))
        .then(Mono.defer(() -> journal.skip(split.obsolete(), clock.instant())))
        .then(
            Mono.fromRunnable(
                () -> {
                  if (findings.unknown().isEmpty()) {
                    sendAgain(split.parts(), "refused together with others: " + why);
                  } else {
                    ledger.hold(
                        findings.unknown(),
                        "refused, and it could not be looked up whether a part was done: " + why);
                  }
                }));
  }

  // ---------------------------------------------------------------- the end

  private Mono<RunEvent> finish() {
    Mono<RunEvent> finished = Mono.fromSupplier(RunEvent.Finished::new);
    boolean cutShort = stopping && !ledger.withState(State.PENDING).isEmpty();
    if (ledger.lastBatch() == 0 || isSeen() || cutShort) {
      return finished;
    }
    return settleUnconfirmed()
        .then(
            Mono.defer(() -> new FinalLook(client, ledger, journal, settling, budget, clock).run()))
        .then(finished);
  }

  /** Whether an earlier run has seen all that was sent. */
  private boolean isSeen() {
    JournalLine.Verified verified = ledger.verified();
    return verified != null && verified.isClean();
  }
}
