package dev.allowflux.sync.internal.apply;

import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reads again what a plan touches: one by one, or by a traversal where that takes fewer calls, or,
 * for creates, at the new end of the list.
 */
final class AccountLook {
  private static final int GETS_AT_ONCE = 4;

  private final AllowPolicyClient client;
  private final SyncPlan plan;
  private final CallBudget budget;
  private final AccountId account;
  private final CaseFolding folding;

  AccountLook(AllowPolicyClient client, SyncPlan plan, CallBudget budget) {
    this.client = client;
    this.plan = plan;
    this.budget = budget;
    account = plan.account();
    folding = new CaseFolding(plan);
  }

  /** Completes when nothing can be read any more. */
  Mono<Void> closed() {
    return client.onClose();
  }

  /** Reads the policies of all these changes, wherever in the list they are. */
  Mono<Map<Integer, ChangeStatus>> everywhere(List<Integer> changes) {
    if (changes.isEmpty()) {
      return Mono.just(Map.of());
    }
    return isFewerOneByOne(changes)
        ? oneByOne(changes)
        : byTraversal(changes, unseen -> oneByOne(unseen));
  }

  /**
   * Reads the policies of changes that were sent since the plan was made: created ones at the new
   * end of the list. What a reading that may have missed some does not show is read one by one
   * within the budget; beyond it, the result has nothing about it.
   */
  Mono<Map<Integer, ChangeStatus>> sent(List<Integer> changes) {
    List<Integer> creates = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    changes.forEach(i -> (plan.changes().get(i) instanceof Create ? creates : others).add(i));
    if (!others.isEmpty() && !isFewerOneByOne(others)) {
      // A traversal sees the new end, too.
      return byTraversal(changes, this::oneByOneInBudget);
    }
    Mono<Map<Integer, ChangeStatus>> seenOthers =
        others.isEmpty() ? Mono.just(Map.of()) : oneByOne(others);
    return creates.isEmpty()
        ? seenOthers
        : NewEnd.read(client, plan)
            .flatMap(end -> seenOthers.zipWith(atNewEnd(creates, end), AccountLook::both));
  }

  private Mono<Map<Integer, ChangeStatus>> atNewEnd(List<Integer> creates, NewEnd end) {
    Map<Integer, ChangeStatus> shown = new TreeMap<>();
    creates.forEach(i -> shown.put(i, end.status((Create) change(i))));
    List<Integer> absent = creates.stream().filter(i -> shown.get(i) == ChangeStatus.DUE).toList();
    // A page that may have missed some proves that a policy is there, not that it is not.
    return end.isExact() || absent.isEmpty()
        ? Mono.just(shown)
        : oneByOneInBudget(absent)
            .map(
                looks -> {
                  shown.keySet().removeAll(absent);
                  return both(shown, looks);
                });
  }

  private Mono<Map<Integer, ChangeStatus>> oneByOneInBudget(List<Integer> changes) {
    return budget.take(singleCalls(changes)) ? oneByOne(changes) : Mono.just(Map.of());
  }

  private static Map<Integer, ChangeStatus> both(
      Map<Integer, ChangeStatus> some, Map<Integer, ChangeStatus> others) {
    Map<Integer, ChangeStatus> all = new TreeMap<>(some);
    all.putAll(others);
    return all;
  }

  /** Returns how many calls {@link #sent} takes at most, but for pages of what is new. */
  long callsForSent(List<Integer> changes) {
    List<Integer> others = changes.stream().filter(i -> !(change(i) instanceof Create)).toList();
    long newEnd = others.size() < changes.size() ? 1 : 0;
    return newEnd + Math.min(singleCalls(others), traversalCalls());
  }

  private boolean isFewerOneByOne(List<Integer> changes) {
    return singleCalls(changes) < traversalCalls();
  }

  private long traversalCalls() {
    return Math.max(1, plan.accountRead().pages());
  }

  private long singleCalls(List<Integer> changes) {
    return changes.stream()
        .mapToLong(i -> change(i) instanceof Create create ? spellings(create).size() : 1)
        .sum();
  }

  private PolicyChange change(int index) {
    return plan.changes().get(index);
  }

  // ---------------------------------------------------------------- one by one

  private Mono<Map<Integer, ChangeStatus>> oneByOne(List<Integer> changes) {
    return Flux.fromIterable(changes)
        .flatMap(i -> one(change(i)).map(status -> Map.entry(i, status)), GETS_AT_ONCE, 1)
        .collect(TreeMap::new, (looks, look) -> looks.put(look.getKey(), look.getValue()));
  }

  private Mono<ChangeStatus> one(PolicyChange change) {
    if (change instanceof Create create) {
      return Flux.fromIterable(spellings(create))
          .concatMap(this::withPattern, 0)
          .collectList()
          .map(policies -> status(create, policies));
    }
    PolicyId id = id(change);
    return client
        .get(account, id)
        .map(policy -> ChangeStatus.of(change, policy))
        .onErrorResume(
            Rejected.class,
            refusal ->
                refusal.reason() == RejectionReason.NOT_FOUND
                    ? confirmAbsence(change, id)
                    : Mono.error(refusal));
  }

  /** The policy of an edit or a delete. */
  static PolicyId id(PolicyChange change) {
    return change instanceof Edit edit ? edit.id() : ((Delete) change).id();
  }

  /** What policies show that have a spelling of its pattern, one to the letter before others. */
  private ChangeStatus status(Create create, List<AllowPolicy> policies) {
    PolicyKey key = create.key();
    PolicyKey anyCase = folding.keyInAnyCase(create);
    List<AllowPolicy> same =
        policies.stream().filter(policy -> key.equals(PolicyKey.of(policy))).toList();
    List<AllowPolicy> meant =
        same.isEmpty() && anyCase != null
            ? policies.stream().filter(p -> anyCase.equals(folding.keyInAnyCase(p))).toList()
            : same;
    return meant.stream()
        .map(policy -> ChangeStatus.of(create, policy))
        .reduce(ChangeStatus.DUE, ChangeStatus::better);
  }

  /**
   * The code of a policy that does not exist is documented nowhere, and a proxy also says 404: the
   * list decides.
   */
  private Mono<ChangeStatus> confirmAbsence(PolicyChange change, PolicyId id) {
    AllowPolicy before = change instanceof Edit edit ? edit.before() : ((Delete) change).before();
    return withPattern(String.valueOf(before.pattern()))
        .filter(policy -> policy.id().equals(id))
        .map(policy -> ChangeStatus.of(change, policy))
        .next()
        .defaultIfEmpty(ChangeStatus.ofAbsent(change));
  }

  private Flux<AllowPolicy> withPattern(String pattern) {
    return client.list(account, AllowPolicyFilter.builder().pattern(pattern).build());
  }

  /**
   * The filter of a listing may compare to the letter, and the service may have stored a pattern as
   * it was sent, in its normal form, or with a part of what leads there.
   */
  private static Set<String> spellings(Create create) {
    String sent = create.policy().pattern();
    Set<String> spellings = new TreeSet<>(List.of(sent, create.key().pattern()));
    if (!create.policy().isRegex()) {
      spellings.add(sent.toLowerCase(Locale.ROOT));
    }
    return spellings;
  }

  // ---------------------------------------------------------------- by traversal

  private Mono<Map<Integer, ChangeStatus>> byTraversal(
      List<Integer> changes, Function<List<Integer>, Mono<Map<Integer, ChangeStatus>>> again) {
    TraversalLook look = new TraversalLook(changes);
    return WholeAccount.pages(client, account)
        .doOnNext(page -> page.policies().forEach(look::compare))
        .last()
        .doOnNext(last -> look.end())
        .flatMap(last -> NewEnd.isExact(last.report()) ? look.absent() : again.apply(look.unseen()))
        .map(
            others -> {
              look.statuses.putAll(others);
              return look.statuses;
            });
  }

  /** What a traversal shows about some changes. */
  private final class TraversalLook {
    private final Map<PolicyId, Integer> byId = new LinkedHashMap<>();
    private final Map<PolicyKey, Integer> byKey = new HashMap<>();
    private final Map<PolicyKey, Integer> byKeyInAnyCase = new HashMap<>();
    private final Map<Integer, ChangeStatus> statuses = new TreeMap<>();
    private final Map<Integer, ChangeStatus> statusesInAnyCase = new TreeMap<>();

    TraversalLook(List<Integer> changes) {
      for (int index : changes) {
        PolicyChange change = change(index);
        if (change instanceof Edit edit) {
          byId.put(edit.id(), index);
        } else if (change instanceof Delete delete) {
          byId.put(delete.id(), index);
        } else {
          byKey.put(change.key(), index);
          PolicyKey anyCase = folding.keyInAnyCase((Create) change);
          if (anyCase != null) {
            byKeyInAnyCase.put(anyCase, index);
          }
        }
      }
    }

    void compare(AllowPolicy policy) {
      Integer index = byId.get(policy.id());
      if (index != null) {
        statuses.put(index, ChangeStatus.of(change(index), policy));
      } else if (!byKey.isEmpty()) {
        PolicyKey key = PolicyKey.of(policy);
        Integer create = key == null ? null : byKey.get(key);
        if (create != null) {
          statuses.merge(create, ChangeStatus.of(change(create), policy), ChangeStatus::better);
        } else if (key != null && !byKeyInAnyCase.isEmpty()) {
          compareInAnyCase(policy);
        }
      }
    }

    private void compareInAnyCase(AllowPolicy policy) {
      PolicyKey key = folding.keyInAnyCase(policy);
      Integer create = key == null ? null : byKeyInAnyCase.get(key);
      if (create != null) {
        statusesInAnyCase.merge(
            create, ChangeStatus.of(change(create), policy), ChangeStatus::better);
      }
    }

    /** A create that no policy has the key of may have one in another case. */
    void end() {
      statusesInAnyCase.forEach(statuses::putIfAbsent);
    }

    List<Integer> unseen() {
      List<Integer> unseen = new ArrayList<>(byId.values());
      unseen.addAll(byKey.values());
      unseen.removeAll(statuses.keySet());
      return unseen;
    }

    Mono<Map<Integer, ChangeStatus>> absent() {
      Map<Integer, ChangeStatus> absent = new HashMap<>();
      unseen().forEach(index -> absent.put(index, ChangeStatus.ofAbsent(change(index))));
      return Mono.just(absent);
    }
  }
}
