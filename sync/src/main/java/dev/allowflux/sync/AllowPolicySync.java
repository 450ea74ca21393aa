package dev.allowflux.sync;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.ApprovedPlan;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.plan.SyncPlanner;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.internal.apply.ApplyRun;
import dev.allowflux.sync.internal.apply.WholeAccount;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Brings an account to the desired policies: plans what has to change, and applies a plan that was
 * reviewed.
 *
 * <p>All calls are made by the client that it was given, under that client's rate limit, retries
 * and time limits. Safe for use by many threads. There is nothing to close.
 *
 * @since 0.1
 */
public final class AllowPolicySync {
  private final AllowPolicyClient client;
  private final Clock clock;

  AllowPolicySync(AllowPolicyClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Makes a sync. No call is made.
   *
   * @param client makes the calls; never closed by the sync
   * @return a new sync
   */
  public static AllowPolicySync of(AllowPolicyClient client) {
    return new AllowPolicySync(requireNonNull(client, "client"), Clock.systemUTC());
  }

  /**
   * Plans what has to change in an account: the plan of {@link #planWithProgress}, without the
   * events before it. Nothing is changed.
   *
   * <p>Nothing is read before subscription, and each subscription reads and plans anew. Gives
   * exactly one plan, on a thread of {@link Schedulers#parallel()}. A cancel ends the reading;
   * planning once begun goes on to its end. Fails with {@link
   * dev.allowflux.plan.UnsafePlanException} if somebody should look at the plan first, with what
   * {@code desired} fails with, and with what {@link AllowPolicyClient#traverse} fails with.
   *
   * @param account the account
   * @param desired the policies that the account is to have, subscribed to once by each
   *     subscription
   * @param mode which policies the plan answers for
   * @param limits what the plan may do
   * @return the plan; cold
   */
  public Mono<SyncPlan> plan(
      AccountId account, Publisher<DesiredPolicy> desired, SyncMode mode, SyncLimits limits) {
    return planWithProgress(account, desired, mode, limits)
        .ofType(PlanEvent.Planned.class)
        .map(PlanEvent.Planned::plan)
        .single();
  }

  /**
   * Plans what has to change in an account, and reports each page that was read. Nothing is
   * changed.
   *
   * <p>Each subscription takes all desired policies, then reads the account by a {@linkplain
   * Traversal#COMPLETE complete traversal}, then plans; if the account was seen to change
   * meanwhile, the plan deletes nothing. Desired and existing policies are held in memory until the
   * plan is made.
   *
   * <p><b>Signals.</b> One {@link PlanEvent.PageRead} for each page, then one {@link
   * PlanEvent.Planned}, each when it is demanded, on a thread of {@link Schedulers#parallel()},
   * where the planning is done too: it sorts and compares, but never blocks. A cancel ends the
   * reading; planning once begun goes on to its end.
   *
   * <p><b>Failures.</b> {@link dev.allowflux.plan.UnsafePlanException} if somebody should look at
   * the plan first; what {@code desired} fails with; what {@link AllowPolicyClient#traverse} fails
   * with. There is no plan for an account that was not read to its end.
   *
   * @param account the account
   * @param desired the policies that the account is to have, subscribed to once by each
   *     subscription
   * @param mode which policies the plan answers for
   * @param limits what the plan may do
   * @return the events; cold
   */
  public Flux<PlanEvent> planWithProgress(
      AccountId account, Publisher<DesiredPolicy> desired, SyncMode mode, SyncLimits limits) {
    requireNonNull(account, "account");
    requireNonNull(desired, "desired");
    requireNonNull(mode, "mode");
    requireNonNull(limits, "limits");
    return ExposureCheck.loaded()
        .flatMapMany(
            rules -> {
              SyncPlanner planner = SyncPlanner.of(account, mode, limits, rules);
              return Flux.from(desired)
                  .doOnNext(planner::desired)
                  .thenMany(Flux.defer(() -> new AccountReading(account, planner).events()));
            });
  }

  /** One reading of an account for a plan. */
  private final class AccountReading {
    private final AccountId account;
    private final SyncPlanner planner;
    private final Instant start = clock.instant();
    private @Nullable Instant newest;
    private @Nullable TraversalReport report;

    AccountReading(AccountId account, SyncPlanner planner) {
      this.account = account;
      this.planner = planner;
    }

    Flux<PlanEvent> events() {
      Flux<PlanEvent> pages =
          WholeAccount.pages(client, account).map(page -> signalled(() -> take(page)));
      return pages.concatWith(Mono.fromSupplier(() -> signalled(this::plan)));
    }

    /** Reactor signals no fatal error, and whoever waits for this one would wait for ever. */
    private static PlanEvent signalled(Supplier<PlanEvent> work) {
      try {
        return work.get();
      } catch (OutOfMemoryError e) {
        throw new IllegalStateException("out of memory", e);
      }
    }

    private PlanEvent take(Page page) {
      for (AllowPolicy policy : page.policies()) {
        planner.existing(policy);
        if (newest == null || newest.isBefore(policy.createdAt())) {
          newest = policy.createdAt();
        }
      }
      report = page.report();
      return new PlanEvent.PageRead(page.report().seen(), page.report().expected());
    }

    private PlanEvent plan() {
      TraversalReport last = requireNonNull(report, "a traversal has a page");
      return new PlanEvent.Planned(
          planner.plan(
              new AccountRead(
                  start,
                  clock.instant(),
                  newest,
                  "complete",
                  last.complete() && !last.drift(),
                  last.seen(),
                  last.duplicates(),
                  last.pages())));
    }
  }

  /**
   * Applies a plan with nothing to stop it but a cancel. What happens, signals, threads, cancel and
   * failures are those of {@link #apply(ApprovedPlan, ApplySettings, Publisher)}.
   *
   * @param plan what to change
   * @param settings the journal and the limits
   * @return the events; cold
   */
  public Flux<ApplyEvent> apply(ApprovedPlan plan, ApplySettings settings) {
    return apply(plan, settings, Mono.never());
  }

  /**
   * Applies a plan that was reviewed, or goes on with one that was applied in part.
   *
   * <p><b>What happens.</b> The journal is locked and read. Batches that an earlier run left
   * unconfirmed are looked up. Every policy that is still to be changed is read again: one by one
   * where that takes fewer calls than reading the account, and what is no longer as the plan saw it
   * is skipped (or stops the run, see {@link ApplySettings.Builder#stopsOnChange(boolean)}). Then
   * batches are sent one after another, creates and edits before deletes; a create and a delete of
   * one pattern are in one batch. Before a batch is sent and after its outcome is known a line is
   * added to the journal. At the end the account is looked at: creates at the new end of the list,
   * edits and deletes where no response showed them. The report says what was seen.
   *
   * <p><b>Lost responses.</b> A batch whose response was lost is not sent again while it may still
   * be carried out: it is looked up at most six times within the {@linkplain
   * ApplySettings.Builder#settleTime(Duration) settle time}. What is done counts as done, what is
   * not is sent again, and what cannot be looked up stays unconfirmed: the others go on, and the
   * report says so.
   *
   * <p><b>Refusals.</b> A refused batch may have been carried out in part, so it is looked up
   * first. Then the changes that the service names are set aside and the others sent again; where
   * it names none the batch is halved until they stand alone, within {@link
   * ApplySettings.Builder#maxExtraCalls(int)}.
   *
   * <p><b>Copies.</b> If a created policy is there more than once, a copy is deleted if this run
   * made it (a response gave its id, or it equals what a lost batch was to create and was created
   * while that batch could be carried out) and only while an older policy stays that is equal in
   * every field. This happens in every mode, once a run, recorded in the journal first, and never
   * more often than the policy was sent. All other copies are reported by {@link
   * ApplyReport#duplicates()}. So one plan that is applied by two machines at once ends with each
   * policy once.
   *
   * <p><b>Signals.</b> Each subscription is a run: first {@link ApplyEvent.Checked}, one {@link
   * ApplyEvent.BatchEnded} for each batch that was sent, last {@link ApplyEvent.Finished}. Demand
   * is honoured: nothing is sent for an event that was not demanded. Events come on a thread of
   * {@link Schedulers#parallel()}; the journal is used on {@link Schedulers#boundedElastic()} only.
   * The journal is free again once the run has completed or failed, and shortly after a cancel.
   *
   * <p><b>Ending it early.</b> Once {@code stop} gives any signal, no further batch is sent: the
   * one in flight is brought to its end and recorded, and the report follows, without the last look
   * if changes are left. A cancel ends everything at once, the request under way included; whether
   * that batch was carried out is then for the next run to find out. Both leave a journal that the
   * next run goes on with, and so does the death of the process. A run with the journal of a plan
   * that was seen to be done makes no call.
   *
   * <p><b>Failures.</b> {@link dev.allowflux.plan.UnsafePlanException} if the plan exposes more
   * than {@link ApplySettings.Builder#limits(SyncLimits)} allow, whatever it says itself; {@link
   * ApplyRefusedException} if the plan is too old, the journal does not fit, or another run holds
   * the journal; {@link java.io.IOException} if the journal cannot be written, and nothing is sent
   * then; a failure of the client if a policy cannot be read, if the service refuses the
   * credential, cannot be reached or is not to be had under the rate limit, or if five batches in a
   * row were lost and not carried out. What was recorded stays, and the next run goes on from
   * there.
   *
   * @param plan what to change
   * @param settings the journal and the limits
   * @param stop ends the run after the batch in flight with its first value, its end or its
   *     failure; subscribed to once by each subscription
   * @return the events; cold
   */
  public Flux<ApplyEvent> apply(ApprovedPlan plan, ApplySettings settings, Publisher<?> stop) {
    requireNonNull(plan, "plan");
    requireNonNull(settings, "settings");
    requireNonNull(stop, "stop");
    return Flux.defer(
        () -> {
          refuseOld(plan.plan(), settings);
          return ExposureCheck.loaded()
              .doOnNext(rules -> plan.plan().requireSafe(rules, settings.limits()))
              .thenMany(
                  Flux.defer(
                      () ->
                          events(new ApplyRun(client, plan.plan(), settings, true, clock), stop)));
        });
  }

  /**
   * Settles what an earlier run left unconfirmed, and sends no change: batches whose outcome is not
   * known are looked up, then the account is looked at as after the last batch of {@link
   * #apply(ApprovedPlan, ApplySettings)}, own copies are deleted, and the report follows. For a
   * plan that another one is to take the place of, however old it is.
   *
   * <p>Signals, threads, cancel and failures are those of {@code apply}, but a plan is not refused
   * for its age or for what it exposes, and there is no {@link ApplyEvent.BatchEnded}. A journal
   * that has nothing to settle makes no call.
   *
   * @param plan the plan of the earlier run
   * @param settings the journal of the earlier run, and the limits
   * @return the events; cold
   */
  public Flux<ApplyEvent> settle(SyncPlan plan, ApplySettings settings) {
    requireNonNull(plan, "plan");
    requireNonNull(settings, "settings");
    return Flux.defer(
        () -> events(new ApplyRun(client, plan, settings, false, clock), Mono.never()));
  }

  private static Flux<ApplyEvent> events(ApplyRun run, Publisher<?> stop) {
    ReportMaker reports = new ReportMaker(run);
    return run.events(stop).map(reports::event);
  }

  private void refuseOld(SyncPlan plan, ApplySettings settings) {
    Duration age = Duration.between(plan.accountRead().startedAt(), clock.instant());
    if (!settings.maxAge().isZero() && age.compareTo(settings.maxAge()) > 0) {
      throw new ApplyRefusedException(
          "the plan is too old: the account was read for it "
              + minutes(age)
              + " ago, the limit is "
              + minutes(settings.maxAge())
              + "; make a new plan");
    }
  }

  private static String minutes(Duration time) {
    return time.toHours() + " h " + time.toMinutesPart() + " min";
  }
}
