package dev.allowflux.sync.internal.apply;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.internal.apply.ChangeLedger.State;
import dev.allowflux.sync.internal.apply.ChangeLedger.Window;
import dev.allowflux.sync.internal.journal.JournalLine.Removing;
import dev.allowflux.sync.internal.journal.JournalLine.Verified;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sees at the end whether everything is there, and once. Creates are looked up at the new end of
 * the list, edits and deletes where no response showed them, or where that reading contradicts it.
 *
 * <p>A copy is deleted only if it is this run's own and an older policy that is equal in every
 * field stays, so that two machines that do the same agree on which one stays; once a run, each
 * deletion recorded first, and never more than the run has sent. All other copies are reported.
 */
final class FinalLook {
  /** How far the clock of the service may differ from that of this machine. */
  private static final Duration SKEW = Duration.ofMinutes(2);

  /** How long a lost batch may be carried out, whatever the run did in the meantime. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int MAX_DELETES = 1000;

  private final AllowPolicyClient client;
  private final SyncPlan plan;
  private final ChangeLedger ledger;
  private final OpenJournal journal;
  private final BatchSettling settling;
  private final CallBudget budget;
  private final Clock clock;

  /** What the look has shown so far. */
  private final Map<Integer, ChangeStatus> statuses = new TreeMap<>();

  private final Map<Integer, List<PolicyId>> duplicates = new LinkedHashMap<>();
  private final List<Integer> unconfirmed = new ArrayList<>();
  private NewEnd newEnd;

  FinalLook(
      AllowPolicyClient client,
      ChangeLedger ledger,
      OpenJournal journal,
      BatchSettling settling,
      CallBudget budget,
      Clock clock) {
    this.client = client;
    this.plan = ledger.plan();
    this.ledger = ledger;
    this.journal = journal;
    this.settling = settling;
    this.budget = budget;
    this.clock = clock;
    newEnd = NewEnd.empty(plan);
  }

  /** Looks, deletes own copies, and records what was seen. */
  Mono<Void> run() {
    return Mono.defer(
        () -> {
          List<Integer> creates = new ArrayList<>();
          List<Integer> others = new ArrayList<>();
          List<Integer> answered = new ArrayList<>();
          for (int change : ledger.withState(State.DONE)) {
            if (ledger.sends(change) > 0 && ledger.change(change) instanceof Create) {
              creates.add(change);
            } else if (!ledger.isSeen(change)) {
              others.add(change);
            } else if (!(ledger.change(change) instanceof Create)) {
              answered.add(change);
            }
          }
          return seeCreates(creates)
              .then(Mono.defer(() -> removeOwnCopies(creates)))
              .then(Mono.fromRunnable(() -> compareAnswered(answered)))
              .then(Mono.defer(() -> seeOthers(others)))
              .then(Mono.defer(this::record));
        });
  }

  private Mono<Void> seeCreates(List<Integer> creates) {
    if (creates.isEmpty()) {
      return Mono.empty();
    }
    return NewEnd.read(client, plan).doOnNext(end -> take(creates, end)).then();
  }

  private void take(List<Integer> creates, NewEnd end) {
    newEnd = end;
    duplicates.clear();
    for (int change : creates) {
      Create create = (Create) ledger.change(change);
      statuses.put(change, end.status(create));
      List<AllowPolicy> all = end.of(create);
      if (all.size() > 1) {
        duplicates.put(change, all.stream().map(AllowPolicy::id).toList());
      }
    }
  }

  // ---------------------------------------------------------------- copies

  private Mono<Void> removeOwnCopies(List<Integer> creates) {
    List<Map<Integer, List<PolicyId>>> parts = new ArrayList<>();
    Map<Integer, List<PolicyId>> part = new LinkedHashMap<>();
    int size = 0;
    for (int change : duplicates.keySet()) {
      List<PolicyId> copies = ownCopies(change);
      if (!copies.isEmpty()) {
        if (size + copies.size() > MAX_DELETES) {
          parts.add(part);
          part = new LinkedHashMap<>();
          size = 0;
        }
        part.put(change, copies);
        size += copies.size();
      }
    }
    if (size > 0) {
      parts.add(part);
    }
    // One call for each part and one to look again; without them the copies are reported.
    if (parts.isEmpty() || !budget.take(parts.size() + 1L)) {
      return Mono.empty();
    }
    return Flux.fromIterable(parts)
        .concatMap(
            copies ->
                journal
                    .append(new Removing(copies, clock.instant()))
                    .then(Mono.defer(() -> delete(copies))),
            0)
        .then(Mono.defer(() -> seeCreates(creates)));
  }

  /** Whether they are gone, the next look shows. */
  private Mono<Void> delete(Map<Integer, List<PolicyId>> copies) {
    AllowPolicyBatch.Builder batch = AllowPolicyBatch.builder();
    copies.values().forEach(ids -> ids.forEach(batch::delete));
    return client
        .batch(plan.account(), batch.build())
        .then()
        .onErrorResume(EmailSecurityException.class, failure -> Mono.empty());
  }

  /**
   * The copies of a created policy that this run has made and that an older equal one outlives: in
   * all runs with this journal fewer than the policy was sent, unless the one that stays is
   * somebody else's.
   */
  private List<PolicyId> ownCopies(int change) {
    Create create = (Create) ledger.change(change);
    List<AllowPolicy> equal =
        newEnd.of(create).stream().filter(policy -> create.isDone(policy)).toList();
    Set<PolicyId> created = new HashSet<>(ledger.created(change));
    List<PolicyId> own = new ArrayList<>();
    if (equal.isEmpty() || !isWhole(create, equal.get(0))) {
      return own;
    }
    Set<PolicyId> before = ledger.removed(change);
    int left = ledger.sends(change) - before.size();
    for (AllowPolicy policy : equal.subList(1, equal.size())) {
      if (before.contains(policy.id())) {
        own.add(policy.id());
      } else if (left > 0
          && (created.contains(policy.id())
              || (isWhole(create, policy) && isOfLostBatch(change, policy)))) {
        own.add(policy.id());
        left--;
      }
    }
    return own;
  }

  /** Whether a policy shows every field: one that leaves any out may differ in it. */
  private static boolean isWhole(Create create, AllowPolicy policy) {
    return policy.isRegex() != null
        && policy.isTrustedSender() != null
        && policy.isAcceptableSender() != null
        && policy.isExemptRecipient() != null
        && policy.verifySender() != null
        && (create.policy().comments() == null
            || create.policy().comments().isBlank()
            || policy.comments() != null);
  }

  private boolean isOfLostBatch(int change, AllowPolicy policy) {
    for (Window window : ledger.windows(change)) {
      boolean early = policy.createdAt().isBefore(window.from().minus(SKEW));
      boolean late =
          policy.createdAt().isAfter(window.to().plus(SKEW))
              || policy.createdAt().isAfter(window.from().plus(LONGEST));
      if (!early && !late) {
        return true;
      }
    }
    return false;
  }

  // ---------------------------------------------------------------- what is not to be seen

  /**
   * What was read for the creates may show edits and deletes, too: then it counts, and not the
   * response that showed them as done.
   */
  private void compareAnswered(List<Integer> answered) {
    for (int change : answered) {
      AllowPolicy policy = newEnd.find(AccountLook.id(ledger.change(change)));
      ChangeStatus status =
          policy == null ? ChangeStatus.DONE : ChangeStatus.of(ledger.change(change), policy);
      if (status != ChangeStatus.DONE) {
        statuses.put(change, status);
      }
    }
  }

  /** Looks at edits and deletes, and again at changes that are missing: reads may lag. */
  private Mono<Void> seeOthers(List<Integer> others) {
    List<Integer> suspects =
        statuses.keySet().stream().filter(i -> statuses.get(i) == ChangeStatus.DUE).toList();
    Mono<Void> lookAtOthers =
        others.isEmpty() ? Mono.empty() : settling.settle(others).doOnNext(this::take).then();
    Mono<Void> lookAgain =
        suspects.isEmpty()
            ? Mono.empty()
            : settling.settleLater(suspects).doOnNext(this::take).then();
    return lookAtOthers.then(lookAgain);
  }

  private void take(BatchSettling.Findings findings) {
    statuses.putAll(findings.statuses());
    unconfirmed.addAll(findings.unknown());
  }

  private Mono<Void> record() {
    List<Integer> missing = new ArrayList<>();
    List<Integer> changed = new ArrayList<>();
    statuses.forEach(
        (change, status) -> {
          if (status == ChangeStatus.DUE) {
            missing.add(change);
          } else if (status.isObsolete()) {
            changed.add(change);
          }
        });
    missing.removeAll(unconfirmed);
    return journal.append(new Verified(missing, changed, duplicates, unconfirmed, clock.instant()));
  }
}
