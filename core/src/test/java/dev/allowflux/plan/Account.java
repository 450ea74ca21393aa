package dev.allowflux.plan;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An account as a list: applies plans by the letter. */
final class Account {
  static final AccountId ID = new AccountId("acc");
  static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

  private final Map<PolicyId, AllowPolicy> policies = new LinkedHashMap<>();
  private int made;

  Account add(AllowPolicy policy) {
    policies.put(policy.id(), policy);
    return this;
  }

  /** Adds a policy with an id and a time of its own. */
  AllowPolicy add(AllowPolicy.Builder policy) {
    made++;
    AllowPolicy added =
        policy.id(new PolicyId("id-" + made)).createdAt(START.plusSeconds(made)).build();
    policies.put(added.id(), added);
    return added;
  }

  List<AllowPolicy> policies() {
    return new ArrayList<>(policies.values());
  }

  AccountRead read() {
    return new AccountRead(START, START, START, "complete", true, policies.size(), 0, 1);
  }

  SyncPlan plan(SyncMode mode, SyncLimits limits, List<DesiredPolicy> desired) {
    SyncPlanner planner = SyncPlanner.of(ID, mode, limits, key -> ExposureRules.Judgement.NONE);
    desired.forEach(planner::desired);
    policies.values().forEach(planner::existing);
    return planner.plan(read());
  }

  void apply(SyncPlan plan) {
    for (PolicyChange change : plan.changes()) {
      if (change instanceof PolicyChange.Create create) {
        add(created(create.policy()));
      } else if (change instanceof PolicyChange.Edit edit) {
        AllowPolicy now = policies.get(edit.id());
        policies.put(edit.id(), edited(now, edit.edit()));
      } else if (change instanceof PolicyChange.Delete delete) {
        policies.remove(delete.id());
      }
    }
  }

  private static AllowPolicy.Builder created(NewAllowPolicy policy) {
    return AllowPolicy.builder()
        .pattern(policy.pattern())
        .patternTypeName(policy.patternType().name())
        .isRegex(policy.isRegex())
        .isTrustedSender(policy.isTrustedSender())
        .isAcceptableSender(policy.isAcceptableSender())
        .isExemptRecipient(policy.isExemptRecipient())
        .verifySender(policy.verifySender())
        .comments(policy.comments());
  }

  private static AllowPolicy edited(AllowPolicy now, AllowPolicyEdit edit) {
    return AllowPolicy.builder()
        .id(now.id())
        .createdAt(now.createdAt())
        .pattern(now.pattern())
        .patternTypeName(now.patternTypeName())
        .isRegex(now.isRegex())
        .isTrustedSender(or(edit.isTrustedSender(), now.isTrustedSender()))
        .isAcceptableSender(or(edit.isAcceptableSender(), now.isAcceptableSender()))
        .isExemptRecipient(or(edit.isExemptRecipient(), now.isExemptRecipient()))
        .verifySender(or(edit.verifySender(), now.verifySender()))
        .comments(edit.clearsComments() ? null : or(edit.comments(), now.comments()))
        .build();
  }

  private static <T> @Nullable T or(@Nullable T value, @Nullable T other) {
    return value != null ? value : other;
  }
}
