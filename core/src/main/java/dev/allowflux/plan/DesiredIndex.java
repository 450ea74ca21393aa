package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The desired policies by key, each with the existing policies that match it.
 *
 * <p>An existing e-mail policy may differ from a desired one in the case of the local part alone. A
 * service may store what it is sent in another case, so such a policy stands for a desired one that
 * has no match; otherwise each sync would create it again.
 */
final class DesiredIndex {
  static final Comparator<AllowPolicy> BY_AGE =
      Comparator.comparing(AllowPolicy::createdAt).thenComparing(policy -> policy.id().value());

  private final Map<PolicyKey, Entry> desired;
  private final Map<PolicyKey, Group> groups = new HashMap<>();

  DesiredIndex(Map<PolicyKey, Entry> desired) {
    this.desired = desired;
  }

  /** One desired policy, and the existing policies that match it. */
  static final class Entry {
    DesiredPolicy policy;
    @Nullable AllowPolicy match;
    @Nullable Rarities rarities;

    Entry(DesiredPolicy policy) {
      this.policy = policy;
    }

    /** What few desired policies have. */
    static final class Rarities {
      final List<DesiredPolicy> again = new ArrayList<>();
      final List<AllowPolicy> duplicates = new ArrayList<>();
      final TreeSet<String> owners = new TreeSet<>();
      boolean isThereInOtherCase;
    }

    Rarities rarities() {
      if (rarities == null) {
        rarities = new Rarities();
      }
      return rarities;
    }

    /** Takes an existing policy: the oldest matches, the others are duplicates. */
    void match(AllowPolicy existing) {
      AllowPolicy kept = PolicySnapshot.sharing(existing, policy);
      AllowPolicy before = match;
      if (before == null) {
        match = kept;
      } else if (!before.id().equals(existing.id())) {
        boolean older = BY_AGE.compare(existing, before) < 0;
        match = older ? kept : before;
        rarities().duplicates.add(older ? before : kept);
      }
    }
  }

  /** The existing policies whose keys are one in any case. */
  private static final class Group {
    private final TreeSet<PolicyKey> desired = new TreeSet<>();

    /** Those that are not desired by their own key. */
    private final Map<PolicyKey, List<AllowPolicy>> free = new TreeMap<>();

    private final TreeSet<String> owners = new TreeSet<>();
    private @Nullable String there;

    void isThere(AllowPolicy policy) {
      String id = policy.id().value();
      there = there == null || id.compareTo(there) < 0 ? id : there;
    }

    /** The free policies of the key that has the oldest of all. */
    @Nullable List<AllowPolicy> takeOldest() {
      PolicyKey oldest = null;
      AllowPolicy first = null;
      for (Map.Entry<PolicyKey, List<AllowPolicy>> entry : free.entrySet()) {
        entry.getValue().sort(BY_AGE);
        AllowPolicy candidate = entry.getValue().get(0);
        if (first == null || BY_AGE.compare(candidate, first) < 0) {
          first = candidate;
          oldest = entry.getKey();
        }
      }
      return oldest == null ? null : free.remove(oldest);
    }
  }

  /** Notes a desired policy. */
  void desire(PolicyKey key) {
    PolicyKey any = key.inAnyCase();
    if (!any.equals(key)) {
      groups.computeIfAbsent(any, k -> new Group()).desired.add(key);
    }
  }

  /**
   * Takes an existing policy.
   *
   * @param owner another owner that it has, which keeps it from standing for a desired one
   * @return whether it is for {@link #match} to decide what becomes of it
   */
  boolean take(PolicyKey key, AllowPolicy policy, @Nullable String owner) {
    PolicyKey any = key.inAnyCase();
    Group group = groups.get(any);
    if (group == null) {
      if (any.equals(key) || !desired.containsKey(any)) {
        return false;
      }
      group = new Group();
      groups.put(any, group);
    }
    group.isThere(policy);
    if (desired.containsKey(key)) {
      return false;
    }
    if (owner != null) {
      group.owners.add(owner);
      return false;
    }
    group.free.computeIfAbsent(key, k -> new ArrayList<>()).add(PolicySnapshot.of(policy));
    return true;
  }

  /**
   * Lets existing policies stand for the desired ones that have no match.
   *
   * @param reported gets each such key and what is there instead
   * @param left gets the existing policies that stand for none, and their keys
   */
  void match(BiConsumer<PolicyKey, String> reported, BiConsumer<PolicyKey, AllowPolicy> left) {
    groups.forEach(
        (any, group) -> {
          if (desired.containsKey(any)) {
            group.desired.add(any);
          }
          for (PolicyKey key : group.desired) {
            Entry entry = requireNonNull(desired.get(key));
            if (entry.match == null && group.there != null) {
              List<AllowPolicy> some = group.takeOldest();
              if (some != null) {
                some.forEach(entry::match);
              } else if (entry.rarities().owners.isEmpty()) {
                entry.rarities().owners.addAll(group.owners);
                entry.rarities().isThereInOtherCase = true;
              }
              AllowPolicy match = entry.match;
              reported.accept(key, match == null ? group.there : match.id().value());
            }
          }
          leave(group, left);
        });
    groups.clear();
  }

  private static void leave(Group group, BiConsumer<PolicyKey, AllowPolicy> left) {
    group.free.forEach((key, policies) -> policies.forEach(policy -> left.accept(key, policy)));
  }

  /** Lets no policy stand for another. */
  void matchNone(BiConsumer<PolicyKey, AllowPolicy> left) {
    groups.values().forEach(group -> leave(group, left));
    groups.clear();
  }
}
