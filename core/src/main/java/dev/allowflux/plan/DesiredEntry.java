package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One desired policy, and the existing policies that match it. */
final class DesiredEntry {
  static final Comparator<AllowPolicy> BY_AGE =
      Comparator.comparing(AllowPolicy::createdAt).thenComparing(policy -> policy.id().value());

  DesiredPolicy policy;
  @Nullable AllowPolicy match;
  @Nullable Rarities rarities;

  DesiredEntry(DesiredPolicy policy) {
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
