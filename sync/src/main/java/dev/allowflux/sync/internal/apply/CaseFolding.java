package dev.allowflux.sync.internal.apply;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyKey;
import dev.allowflux.plan.SyncPlan;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which policies may be what a create made although the local part of their address is in another
 * case: those that came since the account was read, unless the plan creates addresses that differ
 * in nothing else.
 */
final class CaseFolding {
  private final Set<PolicyKey> ambiguous = new HashSet<>();
  private final @Nullable Instant newest;

  CaseFolding(SyncPlan plan) {
    newest = plan.accountRead().newest();
    Set<PolicyKey> seen = new HashSet<>();
    for (PolicyChange change : plan.changes()) {
      if (change instanceof Create create && create.policy().patternType() == PatternType.EMAIL) {
        PolicyKey any = create.key().inAnyCase();
        if (!seen.add(any)) {
          ambiguous.add(any);
        }
      }
    }
  }

  /** Returns the key in any case under which a create may find its policy, null if none does. */
  @Nullable PolicyKey keyInAnyCase(Create create) {
    return folded(create.key());
  }

  /** Returns the key in any case under which a policy may be found, null if it may not. */
  @Nullable PolicyKey keyInAnyCase(AllowPolicy policy) {
    PolicyKey key = PolicyKey.of(policy);
    return key == null || (newest != null && !policy.createdAt().isAfter(newest))
        ? null
        : folded(key);
  }

  private @Nullable PolicyKey folded(PolicyKey key) {
    if (key.patternType() != PatternType.EMAIL || key.isRegex()) {
      return null;
    }
    PolicyKey any = key.inAnyCase();
    return ambiguous.contains(any) ? null : any;
  }
}
