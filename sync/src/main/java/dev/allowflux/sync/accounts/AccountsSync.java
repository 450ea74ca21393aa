package dev.allowflux.sync.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.allowflux.error.InputException;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.plan.UnsafePlanException;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.AllowPolicySync;
import dev.allowflux.sync.ApplyEvent;
import dev.allowflux.sync.ApplyRefusedException;
import dev.allowflux.sync.ApplyReport;
import dev.allowflux.sync.ApplySettings;
import dev.allowflux.sync.SyncFiles;
import dev.allowflux.sync.internal.journal.PrivateFiles;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Brings many accounts to their desired policies: plans each, and applies the plans that were
 * reviewed as a set.
 *
 * <p>Accounts are worked on as {@link AccountRuns} does: credentials side by side, accounts of one
 * credential in fair turns, and an account that fails stops no other and is named by its outcome.
 * It is tried once more at the end, unless it was refused: by a safety rule, for its files, or
 * since a plan or journal does not fit.
 *
 * <p>Safe for use by many threads. There is nothing to close.
 *
 * @since 0.1
 */
public final class AccountsSync {
  private static final int TOGETHER = 4;

  /** How many desired policies all accounts that are planned at a time may have together. */
  private static final int DESIRED_AT_A_TIME = 1_000_000;

  private final Function<? super AccountEntry, AllowPolicyClient> clients;

  private AccountsSync(Function<? super AccountEntry, AllowPolicyClient> clients) {
    this.clients = clients;
  }

  /**
   * Makes a sync of many accounts. No call is made.
   *
   * @param clients returns the client of an account, the same one for all accounts of a credential;
   *     may block, and what it throws is the failure of the account. Clients are never closed by
   *     the sync
   * @return a new sync
   */
  public static AccountsSync of(Function<? super AccountEntry, AllowPolicyClient> clients) {
    return new AccountsSync(requireNonNull(clients, "clients"));
  }

  /**
   * Plans what has to change in each account, as {@link AllowPolicySync#plan} does. Nothing is
   * changed. Add the outcomes to a {@link PlanSet.Builder}, so that no more than a few plans are in
   * memory; of a large base fewer accounts are planned at a time.
   *
   * <p>Nothing is read before subscription. One outcome for each account, as they end, when it is
   * demanded, on threads of Reactor. A cancel ends the readings. The flux itself does not fail; an
   * account fails with what {@code AllowPolicySync.plan} or {@link DesiredStates#policies} fails
   * with.
   *
   * @param accounts the accounts
   * @param desired what they are to have
   * @param mode which policies the plans answer for
   * @param limits what each plan may do
   * @return the outcomes; cold
   */
  public Flux<AccountOutcome<SyncPlan>> plan(
      Collection<AccountEntry> accounts, DesiredStates desired, SyncMode mode, SyncLimits limits) {
    requireNonNull(mode, "mode");
    requireNonNull(limits, "limits");
    int atATime = Math.max(1, DESIRED_AT_A_TIME / Math.max(1, desired.base().size()));
    int together = Math.min(TOGETHER, atATime);
    return run(
        accounts,
        together,
        atATime / together,
        entry ->
            blocking(() -> desired.policies(entry))
                .flatMap(
                    policies ->
                        sync(entry)
                            .flatMap(
                                sync ->
                                    sync.plan(
                                        entry.account(),
                                        Flux.fromIterable(policies),
                                        mode,
                                        limits))));
  }

  /**
   * Applies the plans of a set, each with a journal of its own, or goes on with a set that was
   * applied in part: what was seen to be done makes no call. Accounts whose plan has no changes are
   * left out.
   *
   * <p>Nothing happens before subscription. One outcome for each account with changes, when it is
   * demanded: {@code Done} has the report, which says whether everything is done. The flux fails
   * with {@link ApplyRefusedException}, before anything is sent, if {@code accounts} lacks an
   * account of the set or has another credential for one; an account fails with what {@link
   * AllowPolicySync#apply(dev.allowflux.plan.ApprovedPlan, ApplySettings, Publisher)} fails with.
   * Once {@code stop} gives any signal, what is in flight is brought to its end, and no further
   * account is begun. A cancel ends everything at once. Both, and the death of the process, leave
   * journals that the next run goes on with.
   *
   * @param plans the plans
   * @param accounts a list that has at least the accounts of the set
   * @param journals the folder of the journals, one file for each account; made if there is none
   * @param settings makes the settings for the journal of an account
   * @param stop subscribed to by each account, so that it must give its signal to those who come
   *     later, too
   * @return the outcomes; cold
   */
  public Flux<AccountOutcome<ApplyReport>> apply(
      ApprovedPlanSet plans,
      Collection<AccountEntry> accounts,
      Path journals,
      Function<Path, ApplySettings> settings,
      Publisher<?> stop) {
    return apply(
        plans,
        accounts,
        journals,
        stop,
        (entry, sync) ->
            applied(plans, entry, sync, settings.apply(journal(journals, entry)), stop));
  }

  /**
   * Applies plans that were made just now. As {@link #apply}, but each plan is kept beside its
   * journal until it is settled ({@link SyncFiles}), so that {@link #settle} finds what was broken
   * off.
   *
   * @param plans the plans
   * @param accounts a list that has at least the accounts of the set
   * @param journals the folder of the journals; only one process at a time may use it
   * @param settings makes the settings for the journal of an account
   * @param stop as for {@code apply}
   * @return the outcomes; cold
   */
  public Flux<AccountOutcome<ApplyReport>> applyAndKeep(
      ApprovedPlanSet plans,
      Collection<AccountEntry> accounts,
      Path journals,
      Function<Path, ApplySettings> settings,
      Publisher<?> stop) {
    return apply(
        plans,
        accounts,
        journals,
        stop,
        (entry, sync) -> {
          Path journal = journal(journals, entry);
          SyncFiles files = SyncFiles.at(journal);
          return blocking(() -> keep(files, plans.set().plan(entry.account())))
              .flatMap(kept -> applied(plans, entry, sync, settings.apply(journal), stop))
              .flatMap(report -> settled(files, report));
        });
  }

  /**
   * Settles what an earlier {@link #applyAndKeep} left unsettled, as {@link AllowPolicySync#settle}
   * does, and sends no change. To be done before the accounts are planned anew.
   *
   * <p>Nothing happens before subscription. One outcome for each account: {@code Done} has the
   * report, or is empty if there was nothing to settle. An account whose changes are still
   * unconfirmed fails with {@link ApplyRefusedException}: it is not to be planned now.
   *
   * @param accounts the accounts
   * @param journals the folder of the journals; only one process at a time may use it
   * @param settings makes the settings for the journal of an account
   * @return the outcomes; cold
   */
  public Flux<AccountOutcome<Optional<ApplyReport>>> settle(
      Collection<AccountEntry> accounts, Path journals, Function<Path, ApplySettings> settings) {
    return run(
        accounts,
        TOGETHER,
        Integer.MAX_VALUE,
        entry -> {
          Path journal = journal(journals, entry);
          SyncFiles files = SyncFiles.at(journal);
          return blocking(files::unsettled)
              .flatMap(
                  earlier ->
                      earlier.isEmpty()
                          ? Mono.just(Optional.empty())
                          : settle(entry, files, earlier.get(), settings.apply(journal)));
        });
  }

  /** What the work in an account gave, or why it was refused, which no retry changes. */
  private record Result<T>(@Nullable T value, @Nullable RuntimeException refusal) {}

  private static <T> Flux<AccountOutcome<T>> run(
      Collection<AccountEntry> accounts,
      int together,
      int credentials,
      Function<AccountEntry, Mono<T>> work) {
    return AccountRuns.run(
            accounts,
            together,
            credentials,
            entry ->
                work.apply(entry)
                    .map(value -> new Result<>(value, null))
                    .onErrorResume(
                        AccountsSync::isRefusal,
                        failure -> Mono.just(new Result<>(null, (RuntimeException) failure))))
        .map(AccountsSync::outcome);
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof UnsafePlanException
        || failure instanceof InputException
        || failure instanceof ApplyRefusedException;
  }

  private static <T> AccountOutcome<T> outcome(AccountOutcome<Result<T>> outcome) {
    AccountEntry entry = outcome.entry();
    if (outcome instanceof AccountOutcome.Failed<Result<T>> failed) {
      return new AccountOutcome.Failed<>(entry, failed.failure());
    }
    Result<T> result = ((AccountOutcome.Done<Result<T>>) outcome).value();
    return result.value() == null
        ? new AccountOutcome.Failed<>(entry, requireNonNull(result.refusal()))
        : new AccountOutcome.Done<>(entry, result.value());
  }

  /** What is done in an account whose plan has changes. */
  private interface Work {
    Mono<ApplyReport> in(AccountEntry entry, AllowPolicySync sync);
  }

  private Flux<AccountOutcome<ApplyReport>> apply(
      ApprovedPlanSet plans,
      Collection<AccountEntry> accounts,
      Path journals,
      Publisher<?> stop,
      Work work) {
    requireNonNull(journals, "journals");
    requireNonNull(stop, "stop");
    return blocking(
            () -> {
              List<AccountEntry> entries = plans.set().entries(accounts);
              PrivateFiles.createFolder(journals);
              return entries;
            })
        .flatMapMany(
            entries ->
                run(
                    entries,
                    TOGETHER,
                    Integer.MAX_VALUE,
                    entry ->
                        isStopped(stop)
                            .flatMap(
                                stopped ->
                                    stopped
                                        ? Mono.error(notBegun())
                                        : sync(entry).flatMap(sync -> work.in(entry, sync)))));
  }

  private static ApplyRefusedException notBegun() {
    return new ApplyRefusedException(
        "not begun, since the run was ended before; the next one begins with it");
  }

  private static Mono<Boolean> isStopped(Publisher<?> stop) {
    Mono<Boolean> ended =
        Flux.from(stop).next().map(value -> true).defaultIfEmpty(true).onErrorReturn(true);
    return Mono.firstWithSignal(ended, Mono.just(false));
  }

  private static Mono<ApplyReport> applied(
      ApprovedPlanSet plans,
      AccountEntry entry,
      AllowPolicySync sync,
      ApplySettings settings,
      Publisher<?> stop) {
    return blocking(() -> plans.set().plan(entry.account()))
        .flatMap(plan -> report(sync.apply(plan.approve(plan.digest()), settings, stop)));
  }

  private Mono<Optional<ApplyReport>> settle(
      AccountEntry entry, SyncFiles files, SyncPlan earlier, ApplySettings settings) {
    return sync(entry)
        .flatMap(sync -> report(sync.settle(earlier, settings)))
        .flatMap(report -> settled(files, report))
        .map(
            report -> {
              if (!report.isSettled()) {
                throw new ApplyRefusedException(
                    "what an earlier sync sent is still unconfirmed, so nothing is planned; run it"
                        + " again later");
              }
              return Optional.of(report);
            });
  }

  private static Mono<ApplyReport> report(Flux<ApplyEvent> events) {
    return events.ofType(ApplyEvent.Finished.class).map(ApplyEvent.Finished::report).single();
  }

  /** A second attempt finds the plan that the first one kept. */
  private static SyncPlan keep(SyncFiles files, SyncPlan plan) throws IOException {
    if (files.unsettled().filter(plan::equals).isEmpty()) {
      files.keep(plan);
    }
    return plan;
  }

  private static Mono<ApplyReport> settled(SyncFiles files, ApplyReport report) {
    return blocking(
        () -> {
          files.settled(report);
          return report;
        });
  }

  private Mono<AllowPolicySync> sync(AccountEntry entry) {
    return blocking(() -> AllowPolicySync.of(clients.apply(entry)));
  }

  /** Reactor signals no fatal error, and whoever waits for this one would wait for ever. */
  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(
            () -> {
              try {
                return work.call();
              } catch (OutOfMemoryError e) {
                throw new IllegalStateException("out of memory", e);
              }
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  /** The id of an account is opaque text, the name of a file is not. */
  private static Path journal(Path folder, AccountEntry entry) {
    String id = URLEncoder.encode(entry.account().value(), UTF_8);
    return folder.resolve(id.replace(".", "%2E").replace("*", "%2A") + ".journal");
  }
}
