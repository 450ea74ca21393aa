package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import dev.allowflux.plan.Risks.Opening;
import dev.allowflux.plan.UnsafePlanException.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is wanted with what is there.
 *
 * <p>First everything that is wanted is given, one by one, then everything that exists, one by one,
 * then the plan is asked for, once. The order within each does not change the plan. What is wanted
 * is held, and of what exists no more than a plan may need, so that a million of each fit into a
 * heap of 1 GiB.
 *
 * <ul>
 *   <li>Wanted and existing policies with the same {@link PolicyKey} belong together. Of several
 *       that exist the oldest is meant; the others are reported, and deleted if {@link
 *       SyncLimits#deletesDuplicates()} says so.
 *   <li>A policy is edited if a field that is managed has another value, or none, where one is
 *       wanted. The pattern is never edited: it is the same by its normal form.
 *   <li>A policy that exists and whose kind is not EMAIL, DOMAIN or IP is left alone.
 *   <li>What is wanted twice in the same way counts once and is reported.
 * </ul>
 *
 * <p>Not safe for use by several threads.
 */
public final class SyncPlanner {
  private static final Comparator<AllowPolicy> BY_AGE =
      Comparator.comparing(AllowPolicy::createdAt).thenComparing(policy -> policy.id().value());

  /** All of them are to be put right, so all are named, up to a number that nobody reads. */
  private static final int MOST_CONFLICTS = 1000;

  private final AccountId account;
  private final SyncMode mode;
  private final SyncLimits limits;
  private final @Nullable String owner;
  private final Map<PolicyKey, Wanted> wanted = new HashMap<>();
  private final List<Keyed> unwanted = new ArrayList<>();
  private final Map<SafetyRule, BoundedSample> broken = new EnumMap<>(SafetyRule.class);
  private final BoundedSample twice = new BoundedSample(BoundedSample.FEW);
  private final BoundedSample duplicated = new BoundedSample(BoundedSample.FEW);
  private final BoundedSample foreign = new BoundedSample(BoundedSample.FEW);
  private final BoundedSample moved = new BoundedSample(BoundedSample.FEW);
  private final BoundedSample marked = new BoundedSample(BoundedSample.FEW);
  private long ignored;
  private int leftOut;
  private long deletable;
  private long editable;
  private Stage stage = Stage.WANTED;

  private enum Stage {
    WANTED,
    EXISTING,
    DONE
  }

  /** A policy that may have to go. */
  private record Keyed(PolicyKey key, AllowPolicy policy) {}

  /** What is wanted of one policy, and the policies that it may be about. */
  private static final class Wanted {
    private DesiredPolicy policy;
    private @Nullable AllowPolicy match;
    private @Nullable Rarities rarities;

    Wanted(DesiredPolicy policy) {
      this.policy = policy;
    }

    Rarities rarities() {
      if (rarities == null) {
        rarities = new Rarities();
      }
      return rarities;
    }
  }

  /** What few wanted policies have. */
  private static final class Rarities {
    private final List<DesiredPolicy> again = new ArrayList<>();
    private final List<AllowPolicy> duplicates = new ArrayList<>();
    private final TreeSet<String> owners = new TreeSet<>();
  }

  private SyncPlanner(AccountId account, SyncMode mode, SyncLimits limits) {
    this.account = requireNonNull(account, "account");
    this.mode = requireNonNull(mode, "mode");
    this.limits = requireNonNull(limits, "limits");
    owner = mode instanceof SyncMode.Owned owned ? owned.owner() : null;
  }

  /**
   * Returns a planner that knows of no policy yet.
   *
   * @param account the account that the plan is for
   * @param mode which policies the plan answers for
   * @param limits what the plan may do
   * @return a new planner
   */
  public static SyncPlanner of(AccountId account, SyncMode mode, SyncLimits limits) {
    return new SyncPlanner(account, mode, limits);
  }

  /**
   * Takes one wanted policy. What is wrong with it in the light of the others comes out with the
   * plan.
   *
   * @param policy what is wanted
   * @return this planner
   * @throws IllegalStateException if existing policies were given already
   */
  public SyncPlanner desired(DesiredPolicy policy) {
    if (stage != Stage.WANTED) {
      throw new IllegalStateException("all that is wanted must come before what exists");
    }
    Wanted first = wanted.putIfAbsent(policy.key(), new Wanted(policy));
    if (first != null) {
      first.rarities().again.add(policy);
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
      ignored++;
      return this;
    }
    String other = owner == null ? null : OwnerMarker.otherThan(owner, policy.comments());
    boolean own = owner == null || (other == null && OwnerMarker.has(policy.comments(), owner));
    deletable += own ? 1 : 0;
    editable += other == null ? 1 : 0;
    Wanted meant = wanted.get(key);
    if (meant == null) {
      if (own && !(mode instanceof SyncMode.Upsert)) {
        unwanted.add(new Keyed(key, PolicySnapshot.of(policy)));
      }
    } else if (other != null) {
      meant.rarities().owners.add(other);
    } else {
      match(meant, policy);
    }
    return this;
  }

  private static void match(Wanted meant, AllowPolicy policy) {
    AllowPolicy match = meant.match;
    AllowPolicy kept = PolicySnapshot.sharing(policy, meant.policy);
    if (match == null) {
      meant.match = kept;
    } else if (!match.id().equals(policy.id())) {
      boolean older = BY_AGE.compare(policy, match) < 0;
      meant.match = older ? kept : match;
      meant.rarities().duplicates.add(older ? match : kept);
    }
  }

  /**
   * Makes the plan. Changes come in the order creates, edits, deletes, each by key.
   *
   * @param read how the existing policies were read
   * @return the plan, which is empty if everything is as it is wanted
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
    if (wanted.isEmpty()) {
      broken(SafetyRule.EMPTY_DESIRED).add("");
    }
    List<PolicyChange> changes = new ArrayList<>();
    List<PolicyChange> edits = new ArrayList<>();
    Set<PolicyId> edited = new HashSet<>();
    long unchanged = 0;
    PolicyKey[] keys = wanted.keySet().toArray(new PolicyKey[0]);
    Arrays.sort(keys);
    for (PolicyKey key : keys) {
      // What was dealt with is let go: the index shrinks as the plan grows.
      Wanted meant = requireNonNull(wanted.remove(key));
      AllowPolicy match = meant.match;
      if (meant.rarities != null && !dealWith(key, meant, meant.rarities)) {
        continue;
      }
      PolicyChange change =
          match == null ? create(key, meant.policy) : edit(key, meant.policy, match);
      if (change instanceof PolicyChange.Create) {
        changes.add(change);
      } else if (change instanceof PolicyChange.Edit edit) {
        if (edited.add(edit.id())) {
          edits.add(edit);
        } else {
          moved.add(edit.id().value());
        }
      } else {
        unchanged++;
      }
    }
    int creates = changes.size();
    changes.addAll(edits);
    int deletes = addDeletes(changes, edited, read);
    List<Refusal> refusals = refusals(edits.size(), deletes);
    if (!refusals.isEmpty()) {
      throw new UnsafePlanException(refusals);
    }
    List<String> warnings = warnings(read, creates);
    return new SyncPlan(account, mode, read, unchanged, warnings, changes);
  }

  /** Looks at what few wanted policies have; returns false if no change can come of it. */
  private boolean dealWith(PolicyKey key, Wanted meant, Rarities rarities) {
    if (!rarities.again.isEmpty()) {
      boolean agree = rarities.again.stream().allMatch(meant.policy::agreesWith);
      rarities.again.add(meant.policy);
      String names =
          rarities.again.stream()
              .map(DesiredPolicy::name)
              .sorted()
              .collect(Collectors.joining(", "));
      (agree ? twice : broken(SafetyRule.CONFLICTING_DESIRED)).add(key + " by " + names);
      if (!agree) {
        return false;
      }
      // They may spell the pattern differently: which of them is sent must not depend on the order.
      meant.policy = Collections.min(rarities.again, Comparator.comparing(DesiredPolicy::pattern));
    }
    if (!rarities.duplicates.isEmpty() && meant.match != null) {
      String ids =
          rarities.duplicates.stream()
              .sorted(BY_AGE)
              .map(policy -> policy.id().value())
              .collect(Collectors.joining(", "));
      duplicated.add(key + " has " + meant.match.id() + ", again " + ids);
      if (limits.deletesDuplicates()) {
        for (AllowPolicy duplicate : rarities.duplicates) {
          if (owner == null || OwnerMarker.has(duplicate.comments(), owner)) {
            unwanted.add(new Keyed(key, PolicySnapshot.of(duplicate)));
          }
        }
      }
    }
    if (!rarities.owners.isEmpty() && meant.match == null) {
      foreign.add(key + " of " + String.join(", ", rarities.owners));
      return false;
    }
    return true;
  }

  private @Nullable PolicyChange create(PolicyKey key, DesiredPolicy policy) {
    try {
      NewAllowPolicy content = policy.toNew(marked(policy, null));
      Opening opening =
          Opening.of(
              content.isTrustedSender(),
              content.isAcceptableSender(),
              content.isExemptRecipient(),
              content.verifySender());
      judge(key, policy, Opening.NONE, opening);
      return new PolicyChange.Create(content);
    } catch (IllegalArgumentException e) {
      broken(SafetyRule.UNMARKABLE).add(policy.name() + ": " + e.getMessage());
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
      String comments = marked(policy, match.comments());
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
      if (owner == null && OwnerMarker.hasAny(match.comments())) {
        marked.add(match.id().value());
      }
      judge(key, policy, Opening.of(match), Opening.of(change.after()));
      return change;
    } catch (IllegalArgumentException e) {
      broken(SafetyRule.UNMARKABLE).add(policy.name() + ": " + e.getMessage());
      return null;
    }
  }

  /** A flag that the API did not say is no reason to believe that it is as it is wanted. */
  private static boolean differs(@Nullable Boolean desired, @Nullable Boolean existing) {
    return desired != null && !desired.equals(existing);
  }

  /** Returns the comments that the policy is to have. */
  private @Nullable String marked(DesiredPolicy policy, @Nullable String existing) {
    String comments = policy.managesComments() ? policy.comments() : existing;
    if (owner == null) {
      return comments;
    }
    String other = OwnerMarker.otherThan(owner, comments);
    if (other != null) {
      throw new IllegalArgumentException("comments name the owner " + other);
    }
    return OwnerMarker.add(owner, comments);
  }

  private void judge(PolicyKey key, DesiredPolicy policy, Opening before, Opening after) {
    for (SafetyRule risk : Risks.of(key, before, after)) {
      if (!limits.allowed().contains(risk)) {
        broken(risk).add(policy.name());
      }
    }
  }

  /** Adds what has to go, unless what was read may not be all there is; returns how many. */
  private int addDeletes(List<PolicyChange> changes, Set<PolicyId> edited, AccountRead read) {
    unwanted.sort(Comparator.comparing(Keyed::key).thenComparing(Keyed::policy, BY_AGE));
    List<PolicyChange> deletes = new ArrayList<>();
    Map<PolicyId, PolicyKey> keys = new HashMap<>();
    for (Keyed keyed : unwanted) {
      PolicyId id = keyed.policy.id();
      PolicyKey before = keys.putIfAbsent(id, keyed.key);
      if (edited.contains(id) || (before != null && !before.equals(keyed.key))) {
        moved.add(id.value());
      } else if (before == null) {
        if (owner == null && OwnerMarker.hasAny(keyed.policy.comments())) {
          marked.add(id.value());
        }
        deletes.add(new PolicyChange.Delete(keyed.policy));
      }
    }
    if (!read.complete() || moved.count() > 0) {
      leftOut = deletes.size();
      return 0;
    }
    changes.addAll(deletes);
    return deletes.size();
  }

  private BoundedSample broken(SafetyRule rule) {
    return broken.computeIfAbsent(
        rule,
        r ->
            new BoundedSample(
                r == SafetyRule.CONFLICTING_DESIRED ? MOST_CONFLICTS : BoundedSample.FEW));
  }

  private List<Refusal> refusals(int edits, int deletes) {
    List<Refusal> refusals = new ArrayList<>();
    for (SafetyRule rule : SafetyRule.values()) {
      BoundedSample examples = broken.get(rule);
      String what =
          switch (rule) {
            case DELETE_PERCENT -> share(deletes, deletable, "deleted", limits.maxDeletePercent());
            case DELETES ->
                deletes <= limits.maxDeletes()
                    ? null
                    : policies(deletes) + " would be deleted, more than " + limits.maxDeletes();
            case EDIT_PERCENT -> share(edits, editable, "edited", limits.maxEditPercent());
            default -> examples == null ? null : rule.finding(examples.count());
          };
      if (what != null && !limits.allowed().contains(rule)) {
        refusals.add(
            new Refusal(
                rule,
                what,
                rule.wayRound(),
                examples == null || rule == SafetyRule.EMPTY_DESIRED
                    ? List.of()
                    : examples.first()));
      }
    }
    return refusals;
  }

  private static @Nullable String share(int part, long whole, String what, int percent) {
    return 100L * part <= percent * whole
        ? null
        : part + " of " + policies(whole) + " would be " + what + ", more than " + percent + " %";
  }

  private static String policies(long count) {
    return count == 1 ? "1 policy" : count + " policies";
  }

  private List<String> warnings(AccountRead read, int creates) {
    List<String> warnings = new ArrayList<>();
    if (leftOut > 0) {
      warnings.add(
          policies(leftOut)
              + " would be deleted, but "
              + (leftOut == 1 ? "is" : "are")
              + " not: the reading may have missed some");
    }
    if (creates > 0 && !read.complete()) {
      warnings.add("the reading may have missed some: what would be created may be there already");
    }
    warn(
        warnings,
        moved,
        "1 policy changed its pattern while it was read",
        "policies changed their pattern while they were read");
    warn(
        warnings,
        twice,
        "1 policy is wanted twice in the same way",
        "policies are wanted twice in the same way");
    warn(
        warnings,
        duplicated,
        "1 policy is there more than once",
        "policies are there more than once");
    warn(
        warnings,
        foreign,
        "1 wanted policy has another owner and is left alone",
        "wanted policies have another owner and are left alone");
    warn(
        warnings,
        marked,
        "1 policy that changes bears the marker of an owner",
        "policies that change bear the marker of an owner");
    if (ignored > 0) {
      warnings.add(policies(ignored) + " of no known kind are left alone");
    }
    return warnings;
  }

  private static void warn(List<String> warnings, BoundedSample examples, String one, String many) {
    if (examples.count() > 0) {
      warnings.add(examples.describe(one, many));
    }
  }
}
