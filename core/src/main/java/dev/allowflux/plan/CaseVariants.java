package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Existing e-mail policies that differ from desired ones in the case of the local part alone. A
 * service may store what it is sent in another case, so one of them stands for a desired policy
 * that has no match; otherwise each sync would create it again.
 */
final class CaseVariants {
  private final Map<PolicyKey, DesiredEntry> desired;
  private final Map<PolicyKey, Group> groups = new HashMap<>();

  CaseVariants(Map<PolicyKey, DesiredEntry> desired) {
    this.desired = desired;
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
        entry.getValue().sort(DesiredEntry.BY_AGE);
        AllowPolicy candidate = entry.getValue().get(0);
        if (first == null || DesiredEntry.BY_AGE.compare(candidate, first) < 0) {
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
            DesiredEntry entry = requireNonNull(desired.get(key));
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
