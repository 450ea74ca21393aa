package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.AllowPolicyFilter.Order;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The policies that were created since a plan was made, as the account shows them. */
final class NewEnd {
  static final Comparator<AllowPolicy> BY_AGE =
      Comparator.comparing(AllowPolicy::createdAt).thenComparing(policy -> policy.id().value());

  /** How far the clocks of the service may differ from each other. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final AllowPolicyFilter NEWEST_FIRST =
      AllowPolicyFilter.builder().order(Order.CREATED_AT).direction(Direction.DESC).build();

  private final Map<PolicyKey, Map<PolicyId, AllowPolicy>> policies = new HashMap<>();
  private final Map<PolicyKey, Map<PolicyId, AllowPolicy>> inAnyCase = new HashMap<>();
  private final Map<PolicyId, AllowPolicy> byId = new HashMap<>();
  private final CaseFolding folding;

  private boolean exact = true;

  private NewEnd(CaseFolding folding) {
    this.folding = folding;
  }

  /** What is known before anything was read. */
  static NewEnd empty(SyncPlan plan) {
    return new NewEnd(new CaseFolding(plan));
  }

  /**
   * Reads the new end of the list: its newest page, which holds a thousand creates, or as much of a
   * complete traversal as is new.
   */
  static Mono<NewEnd> read(AllowPolicyClient client, SyncPlan plan) {
    Instant newest = plan.accountRead().newest();
    Instant since = newest == null ? null : newest.minus(SKEW);
    return client
        .pages(plan.account(), NEWEST_FIRST)
        .next()
        .publishOn(Schedulers.parallel())
        .flatMap(
            page -> {
              if (reaches(page, since)) {
                NewEnd end = empty(plan);
                page.policies().forEach(end::add);
                return Mono.just(end);
              }
              return traverse(client, plan, since);
            });
  }

  private static Mono<NewEnd> traverse(
      AllowPolicyClient client, SyncPlan plan, @Nullable Instant since) {
    // What is new is a few pages, so the ones behind are not worth their calls.
    return client
        .with(CallOptions.builder().readAhead(0).build())
        .traverse(plan.account(), AllowPolicyFilter.all(), Traversal.COMPLETE)
        .publishOn(Schedulers.parallel(), 1)
        .takeUntil(page -> isOlder(page.policies(), since))
        .collect(
            () -> empty(plan),
            (end, page) -> {
              page.policies().forEach(end::add);
              end.exact = isOlder(page.policies(), since) || isExact(page.report());
            });
  }

  /** Whether a traversal has certainly seen all there is. */
  static boolean isExact(TraversalReport report) {
    return report.complete() && !report.drift();
  }

  /** Whether what it does not show is not there. */
  boolean isExact() {
    return exact;
  }

  /** Whether one page holds all that is new, and did come sorted. */
  private static boolean reaches(Page page, @Nullable Instant since) {
    List<AllowPolicy> policies = page.policies();
    for (int i = 1; i < policies.size(); i++) {
      if (policies.get(i - 1).createdAt().isBefore(policies.get(i).createdAt())) {
        return false;
      }
    }
    Long total = page.totalCount();
    boolean whole = page.last() && (total == null || policies.size() >= total);
    return whole || isOlder(policies, since);
  }

  private static boolean isOlder(List<AllowPolicy> policies, @Nullable Instant since) {
    return since != null
        && !policies.isEmpty()
        && policies.get(policies.size() - 1).createdAt().isBefore(since);
  }

  private void add(AllowPolicy policy) {
    byId.put(policy.id(), policy);
    PolicyKey key = PolicyKey.of(policy);
    if (key != null) {
      policies.computeIfAbsent(key, k -> new LinkedHashMap<>()).put(policy.id(), policy);
      PolicyKey anyCase = folding.keyInAnyCase(policy);
      if (anyCase != null) {
        inAnyCase.computeIfAbsent(anyCase, k -> new LinkedHashMap<>()).put(policy.id(), policy);
      }
    }
  }

  /**
   * Returns the policies with the key of a create, else those that the service may have stored in
   * another case, the oldest first.
   */
  List<AllowPolicy> of(Create create) {
    Map<PolicyId, AllowPolicy> found = policies.get(create.key());
    PolicyKey anyCase = found == null ? folding.keyInAnyCase(create) : null;
    if (anyCase != null) {
      found = inAnyCase.get(anyCase);
    }
    List<AllowPolicy> some = found == null ? new ArrayList<>() : new ArrayList<>(found.values());
    some.sort(BY_AGE);
    return some;
  }

  /** Returns the policy with an id, null if what was read does not show it. */
  @Nullable AllowPolicy find(PolicyId id) {
    return byId.get(id);
  }

  ChangeStatus status(Create create) {
    return of(create).stream()
        .map(policy -> ChangeStatus.of(create, policy))
        .reduce(ChangeStatus.DUE, ChangeStatus::better);
  }
}
