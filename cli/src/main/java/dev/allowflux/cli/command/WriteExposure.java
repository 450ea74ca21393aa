package dev.allowflux.cli.command;

import dev.allowflux.cli.runtime.ClientSession;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.sync.ExposureCheck;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Judges what single writes expose, before they are sent. An edit that can widen a policy is judged
 * by what it changes, so the policy is read first; every other edit costs no call.
 */
final class WriteExposure {
  private static final int READS_AT_ONCE = 4;

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
    Flux<PolicyChange> edits =
        Flux.fromIterable(widening)
            .flatMapSequential(
                edit -> before(edit.id()).mapNotNull(now -> change(now, edit.edit())),
                READS_AT_ONCE);
    Flux<PolicyChange> replacements =
        Flux.fromIterable(batch.replacements())
            .flatMapSequential(
                replacement ->
                    before(replacement.id()).mapNotNull(now -> change(now, replacement.policy())),
                READS_AT_ONCE);
    changes.addAll(ClientSession.await(edits.concatWith(replacements).collectList()));
    return changes;
  }

  private Mono<AllowPolicy> before(PolicyId id) {
    return client.get(account, id);
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
