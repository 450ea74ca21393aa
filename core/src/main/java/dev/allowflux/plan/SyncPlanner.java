package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.PolicyTag;
import dev.allowflux.plan.ExposureCheck.Exposure;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the policies that are desired with the policies that exist.
 *
 * <p>First take all desired policies, one by one, then all existing policies, one by one, then ask
 * for the plan, once. The order within each does not change the plan. The planner holds the desired
 * policies, and of the existing ones only what a plan may need, so that a million of each fit into
 * a heap of 1 GiB.
 *
 * <ul>
 *   <li>Desired and existing policies match if they have the same {@link PolicyKey}. Of several
 *       existing ones the oldest matches; the others are reported, and deleted if {@link
 *       SyncLimits#deletesDuplicates()} says so.
 *   <li>An e-mail address that none matches matches one that differs in the case of the local part
 *       alone, unless {@link SyncLimits#distinguishesCase()} says otherwise; it is reported.
 *   <li>A policy is edited if a managed field has another value than the desired one, or is unset.
 *       The pattern is never edited: its normal form is the same.
 *   <li>An existing policy whose kind is not EMAIL, DOMAIN or IP is left alone.
 *   <li>A policy whose desired form has expired by the day on which the account was read ({@link
 *       PolicyTag}) is to be gone, as one is that nobody desires. In {@link SyncMode.Upsert}, which
 *       deletes nothing, policies that have expired are reported.
 *   <li>A policy that is desired twice in the same way counts once and is reported.
 * </ul>
 *
 * <p>Not safe for use by several threads.
 *
 * @since 0.1
 */
public final class SyncPlanner {
  private final AccountId account;
  private final SyncMode mode;
  private final SyncLimits limits;
  private final Ownership ownership;
  private final Map<PolicyKey, DesiredIndex.Entry> desired = new HashMap<>();
  private final DesiredIndex index = new DesiredIndex(desired);
  private final List<Undesired> unwanted = new ArrayList<>();
  private final PlanFindings findings;
  private Stage stage = Stage.DESIRED;

  private enum Stage {
    DESIRED,
    EXISTING,
    DONE
  }

  /** A policy that may have to be deleted, perhaps since its desired form has expired. */
  private record Undesired(PolicyKey key, AllowPolicy policy, boolean desiredUntilNow) {
    boolean isExpired(Instant now) {
      return desiredUntilNow || PolicyTag.of(policy.comments()).isExpired(now);
    }
  }

  private SyncPlanner(AccountId account, SyncMode mode, SyncLimits limits, ExposureRules rules) {
    this.account = requireNonNull(account, "account");
    this.mode = requireNonNull(mode, "mode");
    this.limits = requireNonNull(limits, "limits");
    findings = new PlanFindings(limits, requireNonNull(rules, "rules"));
    ownership = Ownership.of(mode);
  }

  /**
   * Returns a planner that knows of no policy yet.
   *
   * @param account the account that the plan is for
   * @param mode which policies the plan answers for
   * @param limits what the plan may do
   * @param rules judge what patterns expose
   * @return a new planner
   */
  public static SyncPlanner of(
      AccountId account, SyncMode mode, SyncLimits limits, ExposureRules rules) {
    return new SyncPlanner(account, mode, limits, rules);
  }

  /**
   * Takes one desired policy. Conflicts with other desired policies are reported by {@link #plan}.
   *
   * @param policy the policy
   * @return this planner
   * @throws IllegalStateException if existing policies were given already
   */
  public SyncPlanner desired(DesiredPolicy policy) {
    if (stage != Stage.DESIRED) {
      throw new IllegalStateException("desired policies must come before existing policies");
    }
    PolicyKey key = policy.key();
    DesiredIndex.Entry first = desired.putIfAbsent(key, new DesiredIndex.Entry(policy));
    if (first != null) {
      first.rarities().again.add(policy);
    } else {
      index.desire(key);
    }
    return this;
  }

  /**
   * Takes one policy that exists.
   *
   * @param policy the policy as the API returned it; one that comes twice counts once
   * @return this planner
   * @throws IllegalStateException if the plan was made already
   */
  public SyncPlanner existing(AllowPolicy policy) {
    if (stage == Stage.DONE) {
      throw new IllegalStateException("the plan was made already");
    }
    stage = Stage.EXISTING;
    PolicyKey key = PolicyKey.of(policy);
    if (key == null) {
      findings.ignored++;
      return this;
    }
    PolicyTag tag = PolicyTag.of(policy.comments());
    String other = ownership.otherThanThis(tag);
    boolean own = other == null && ownership.has(policy);
    findings.deletable += own ? 1 : 0;
    findings.editable += other == null ? 1 : 0;
    if (!tag.unreadable().isEmpty()) {
      findings.unreadable.add(policy.id().value());
    }
    DesiredIndex.Entry meant = desired.get(key);
    boolean open = index.take(key, policy, other);
    if (meant == null) {
      if (!open && (other == null || mode instanceof SyncMode.Upsert)) {
        leave(key, policy);
      }
    } else if (other != null) {
      meant.rarities().owners.add(other);
    } else {
      meant.match(policy);
    }
    return this;
  }

  private void matchInOtherCase() {
    if (limits.distinguishesCase()) {
      index.matchNone(this::leave);
    } else {
      index.match((key, there) -> findings.otherCase.add(key + " is " + there), this::leave);
    }
  }

  private void leave(PolicyKey key, AllowPolicy policy) {
    if (mode instanceof SyncMode.Upsert) {
      findings.note(PolicyTag.of(policy.comments()), policy.id());
    } else if (ownership.has(policy)) {
      unwanted.add(new Undesired(key, PolicySnapshot.of(policy), false));
    }
  }

  /**
   * Makes the plan. Changes come in the order creates, edits, deletes, each by key.
   *
   * @param read how the existing policies were read
   * @return the plan, which is empty if nothing has to change
   * @throws UnsafePlanException if the plan breaks a rule that was not allowed to be broken; it
   *     names all of them
   * @throws IllegalStateException if the plan was made already
   */
  public SyncPlan plan(AccountRead read) {
    requireNonNull(read, "read");
    if (stage == Stage.DONE) {
      throw new IllegalStateException("the plan was made already");
    }
    stage = Stage.DONE;
    if (desired.isEmpty()) {
      findings.broken(SafetyRule.EMPTY_DESIRED).add("");
    }
    matchInOtherCase();
    Instant now = read.startedAt();
    findings.countExpired(now);
    List<PolicyChange> changes = new ArrayList<>();
    List<PolicyChange> edits = new ArrayList<>();
    Set<PolicyId> edited = new HashSet<>();
    long unchanged = 0;
    PolicyKey[] keys = desired.keySet().toArray(new PolicyKey[0]);
    Arrays.sort(keys);
    for (PolicyKey key : keys) {
      // The index shrinks as the plan grows, so that both fit into memory.
      DesiredIndex.Entry meant = requireNonNull(desired.remove(key));
      AllowPolicy match = meant.match;
      boolean over = meant.policy.tag().isExpired(now);
      if (meant.rarities != null && !dealWith(key, meant, meant.rarities, over)) {
        continue;
      }
      if (over) {
        expire(key, match);
        continue;
      }
      if (match != null && PolicyTag.of(meant.policy.commentsOn(match.comments())).isExpired(now)) {
        findings.expired.add(match.id().value());
      }
      PolicyChange change =
          match == null ? create(key, meant.policy) : edit(key, meant.policy, match);
      if (change instanceof PolicyChange.Create) {
        changes.add(change);
      } else if (change instanceof PolicyChange.Edit edit) {
        if (edited.add(edit.id())) {
          edits.add(edit);
        } else {
          findings.moved.add(edit.id().value());
        }
      } else {
        unchanged++;
      }
    }
    int creates = changes.size();
    changes.addAll(edits);
    PlanFindings.Deletes deletes = addDeletes(changes, edited, read);
    List<Refusal> refusals = findings.refusals(edits.size(), deletes);
    if (!refusals.isEmpty()) {
      throw new UnsafePlanException(refusals);
    }
    return SyncPlan.builder(account, mode, read)
        .unchanged(unchanged)
        .overrides(findings.overrides(edits.size(), deletes))
        .warnings(findings.warnings(read, creates))
        .changes(changes)
        .build();
  }

  /** Handles what few desired policies have; returns false if no change can come of it. */
  private boolean dealWith(
      PolicyKey key, DesiredIndex.Entry meant, DesiredIndex.Entry.Rarities rarities, boolean over) {
    if (!rarities.again.isEmpty()) {
      boolean agree = rarities.again.stream().allMatch(meant.policy::agreesWith);
      rarities.again.add(meant.policy);
      String names =
          rarities.again.stream()
              .map(DesiredPolicy::name)
              .sorted()
              .collect(Collectors.joining(", "));
      (agree ? findings.twice : findings.broken(SafetyRule.CONFLICTING_DESIRED))
          .add(key + " by " + names);
      if (!agree) {
        return false;
      }
      // They may spell the pattern differently: which of them is sent must not depend on the order.
      meant.policy = Collections.min(rarities.again, Comparator.comparing(DesiredPolicy::pattern));
    }
    if (!rarities.duplicates.isEmpty() && meant.match != null) {
      String ids =
          rarities.duplicates.stream()
              .sorted(DesiredIndex.BY_AGE)
              .map(policy -> policy.id().value())
              .collect(Collectors.joining(", "));
      findings.duplicated.add(key + " has " + meant.match.id() + ", again " + ids);
      if (limits.deletesDuplicates() || (over && !(mode instanceof SyncMode.Upsert))) {
        for (AllowPolicy duplicate : rarities.duplicates) {
          if (ownership.has(duplicate)) {
            unwanted.add(new Undesired(key, PolicySnapshot.of(duplicate), over));
          }
        }
      }
    }
    if (!rarities.owners.isEmpty() && meant.match == null) {
      findings.foreign.add(key + " of " + String.join(", ", rarities.owners));
      return false;
    }
    return !rarities.isThereInOtherCase || meant.match != null;
  }

  /** Deals with a policy whose desired form has expired: it is to be gone. */
  private void expire(PolicyKey key, @Nullable AllowPolicy match) {
    if (match == null) {
      return;
    }
    if (ownership.has(match) && !(mode instanceof SyncMode.Upsert)) {
      unwanted.add(new Undesired(key, PolicySnapshot.of(match), true));
    } else {
      findings.expired.add(match.id().value());
    }
  }

  private @Nullable PolicyChange create(PolicyKey key, DesiredPolicy policy) {
    try {
      NewAllowPolicy content = policy.toNew(ownership.comments(policy, null));
      findings.exposure.judge(key, policy.name(), Exposure.NONE, Exposure.of(content));
      return new PolicyChange.Create(content);
    } catch (IllegalArgumentException e) {
      findings.broken(SafetyRule.UNMARKABLE).add(policy.name() + ": " + e.getMessage());
      return null;
    }
  }

  /** Returns the edit that is needed, or null if none is. */
  private @Nullable PolicyChange edit(PolicyKey key, DesiredPolicy policy, AllowPolicy match) {
    try {
      AllowPolicyEdit.Builder edit = AllowPolicyEdit.builder();
      boolean needed = false;
      if (differs(policy.isTrustedSender(), match.isTrustedSender())) {
        edit.isTrustedSender(requireNonNull(policy.isTrustedSender()));
        needed = true;
      }
      if (differs(policy.isAcceptableSender(), match.isAcceptableSender())) {
        edit.isAcceptableSender(requireNonNull(policy.isAcceptableSender()));
        needed = true;
      }
      if (differs(policy.isExemptRecipient(), match.isExemptRecipient())) {
        edit.isExemptRecipient(requireNonNull(policy.isExemptRecipient()));
        needed = true;
      }
      if (differs(policy.verifySender(), match.verifySender())) {
        edit.verifySender(requireNonNull(policy.verifySender()));
        needed = true;
      }
      String comments = ownership.comments(policy, match.comments());
      if (!PolicySnapshot.sameComments(comments, match.comments())) {
        if (comments == null) {
          edit.clearComments();
        } else {
          edit.comments(comments);
        }
        needed = true;
      }
      if (!needed) {
        return null;
      }
      PolicyChange.Edit change = new PolicyChange.Edit(match, edit.build());
      if (ownership.passesOver(match)) {
        findings.marked.add(match.id().value());
      }
      findings.exposure.judge(key, policy.name(), Exposure.of(match), Exposure.of(change.after()));
      return change;
    } catch (IllegalArgumentException e) {
      findings.broken(SafetyRule.UNMARKABLE).add(policy.name() + ": " + e.getMessage());
      return null;
    }
  }

  /** A flag that the API did not say is no reason to believe that it is as it is desired. */
  private static boolean differs(@Nullable Boolean desired, @Nullable Boolean existing) {
    return desired != null && !desired.equals(existing);
  }

  /** Adds the deletes, unless the reading may have missed policies; returns how many. */
  private PlanFindings.Deletes addDeletes(
      List<PolicyChange> changes, Set<PolicyId> edited, AccountRead read) {
    unwanted.sort(
        Comparator.comparing(Undesired::key).thenComparing(Undesired::policy, DesiredIndex.BY_AGE));
    List<PolicyChange> deletes = new ArrayList<>();
    int expired = 0;
    Map<PolicyId, PolicyKey> keys = new HashMap<>();
    for (Undesired undesired : unwanted) {
      PolicyId id = undesired.policy().id();
      PolicyKey before = keys.putIfAbsent(id, undesired.key());
      if (edited.contains(id) || (before != null && !before.equals(undesired.key()))) {
        findings.moved.add(id.value());
      } else if (before == null) {
        if (ownership.passesOver(undesired.policy())) {
          findings.marked.add(id.value());
        }
        deletes.add(new PolicyChange.Delete(undesired.policy()));
        expired += undesired.isExpired(read.startedAt()) ? 1 : 0;
      }
    }
    if (!read.complete() || findings.moved.count() > 0) {
      findings.leftOut = deletes.size();
      return PlanFindings.Deletes.NONE;
    }
    changes.addAll(deletes);
    return new PlanFindings.Deletes(deletes.size() - expired, expired);
  }
}
