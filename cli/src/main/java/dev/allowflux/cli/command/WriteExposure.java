package dev.allowflux.cli.command;

import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.ExposureCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Judges what single writes expose, before they are sent. An edit that can widen a policy is judged
 * by what it changes, so the policy is read first; every other edit costs no call.
 */
final class WriteExposure {
  private static final int READS_AT_ONCE = 4;

  /** So many policies are read one by one without asking how many there are. */
  private static final int FEW = 2;

  private static final int PER_PAGE = 1000;

  private final AllowPolicyClient client;
  private final AccountId account;

  private WriteExposure(AllowPolicyClient client, AccountId account) {
    this.client = client;
    this.account = account;
  }

  /**
   * Refuses a batch that exposes more than is allowed.
   *
   * @throws dev.allowflux.plan.UnsafePlanException if it does
   */
  static void require(
      AllowPolicyClient client, AccountId account, AllowPolicyBatch batch, SyncLimits limits) {
    List<PolicyChange> changes = new WriteExposure(client, account).changes(batch);
    if (!changes.isEmpty()) {
      ExposureCheck.require(changes, limits);
    }
  }

  private List<PolicyChange> changes(AllowPolicyBatch batch) {
    List<PolicyChange> changes = new ArrayList<>();
    batch.creates().forEach(policy -> changes.add(new PolicyChange.Create(policy)));
    List<AllowPolicyBatch.Edit> widening =
        batch.edits().stream().filter(edit -> canWiden(edit.edit())).toList();
    Set<PolicyId> ids = new LinkedHashSet<>();
    widening.forEach(edit -> ids.add(edit.id()));
    batch.replacements().forEach(replacement -> ids.add(replacement.id()));
    if (ids.isEmpty()) {
      return changes;
    }
    Map<PolicyId, AllowPolicy> before = ClientSession.await(read(ids));
    for (AllowPolicyBatch.Edit edit : widening) {
      PolicyChange change = change(policy(before, edit.id()), edit.edit());
      if (change != null) {
        changes.add(change);
      }
    }
    batch
        .replacements()
        .forEach(
            replacement ->
                changes.add(change(policy(before, replacement.id()), replacement.policy())));
    return changes;
  }

  private static AllowPolicy policy(Map<PolicyId, AllowPolicy> before, PolicyId id) {
    return Objects.requireNonNull(before.get(id), "a policy that is not there ends the reading");
  }

  /** Reads each policy once: one by one, or all pages of the account where these are fewer. */
  private Mono<Map<PolicyId, AllowPolicy>> read(Set<PolicyId> ids) {
    Map<PolicyId, AllowPolicy> read = new HashMap<>();
    if (ids.size() <= FEW) {
      return oneByOne(ids, read);
    }
    return client
        .pages(account, AllowPolicyFilter.all())
        .next()
        .flatMap(
            first -> {
              take(first, ids, read);
              Long total = first.totalCount();
              Mono<Void> pages =
                  total == null || total / PER_PAGE >= ids.size() - read.size()
                      ? Mono.empty()
                      : rest(first, ids, read);
              return pages.then(Mono.defer(() -> oneByOne(ids, read)));
            });
  }

  private Mono<Void> rest(Page first, Set<PolicyId> ids, Map<PolicyId, AllowPolicy> read) {
    return first.last() || read.size() == ids.size()
        ? Mono.empty()
        : client
            .traverse(account, AllowPolicyFilter.all(), Traversal.COMPLETE)
            .doOnNext(page -> take(page, ids, read))
            .takeUntil(page -> read.size() == ids.size())
            .then();
  }

  private static void take(Page page, Set<PolicyId> ids, Map<PolicyId, AllowPolicy> read) {
    for (AllowPolicy policy : page.policies()) {
      if (ids.contains(policy.id())) {
        read.put(policy.id(), policy);
      }
    }
  }

  /** Reads those that were not read yet; fails for one that is not there. */
  private Mono<Map<PolicyId, AllowPolicy>> oneByOne(
      Set<PolicyId> ids, Map<PolicyId, AllowPolicy> read) {
    return Flux.fromIterable(ids)
        .filter(id -> !read.containsKey(id))
        .flatMapSequential(id -> client.get(account, id), READS_AT_ONCE)
        .collectList()
        .map(
            policies -> {
              policies.forEach(policy -> read.put(policy.id(), policy));
              return read;
            });
  }

  private static boolean canWiden(AllowPolicyEdit edit) {
    return edit.pattern() != null
        || edit.patternType() != null
        || edit.isRegex() != null
        || Boolean.TRUE.equals(edit.isTrustedSender())
        || Boolean.TRUE.equals(edit.isAcceptableSender())
        || Boolean.TRUE.equals(edit.isExemptRecipient())
        || Boolean.FALSE.equals(edit.verifySender());
  }

  /** An edit that gives a policy another pattern exposes what a new policy would. */
  private static @Nullable PolicyChange change(AllowPolicy before, AllowPolicyEdit edit) {
    if (edit.pattern() == null && edit.patternType() == null && edit.isRegex() == null) {
      return PolicyKey.of(before) == null ? null : new PolicyChange.Edit(before, edit);
    }
    PatternType type = edit.patternType() == null ? before.patternType() : edit.patternType();
    String pattern = edit.pattern() == null ? before.pattern() : edit.pattern();
    if (pattern == null
        || type == null
        || type == PatternType.UNKNOWN
        || type == PatternType.UNRECOGNIZED) {
      return null;
    }
    return new PolicyChange.Create(
        NewAllowPolicy.builder()
            .pattern(pattern)
            .patternType(type)
            .isRegex(after(edit.isRegex(), before.isRegex()))
            .isTrustedSender(after(edit.isTrustedSender(), before.isTrustedSender()))
            .isAcceptableSender(after(edit.isAcceptableSender(), before.isAcceptableSender()))
            .isExemptRecipient(after(edit.isExemptRecipient(), before.isExemptRecipient()))
            .verifySender(after(edit.verifySender(), before.verifySender()))
            .build());
  }

  private static PolicyChange change(AllowPolicy before, NewAllowPolicy replacement) {
    PolicyChange create = new PolicyChange.Create(replacement);
    return create.key().equals(PolicyKey.of(before))
        ? new PolicyChange.Edit(
            before,
            AllowPolicyEdit.builder()
                .isTrustedSender(replacement.isTrustedSender())
                .isAcceptableSender(replacement.isAcceptableSender())
                .isExemptRecipient(replacement.isExemptRecipient())
                .verifySender(replacement.verifySender())
                .build())
        : create;
  }

  private static boolean after(@Nullable Boolean edited, @Nullable Boolean before) {
    return Boolean.TRUE.equals(edited == null ? before : edited);
  }
}
