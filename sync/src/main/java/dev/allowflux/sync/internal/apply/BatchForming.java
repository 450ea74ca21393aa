package dev.allowflux.sync.internal.apply;

import dev.allowflux.plan.PolicyChange;
import dev.allowflux.plan.PolicyChange.Create;
import dev.allowflux.plan.PolicyChange.Delete;
import dev.allowflux.plan.PolicyChange.Edit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Forms batches of changes. A <em>unit</em> is not torn apart: a change alone, or the creates and
 * deletes of one pattern, which would otherwise be in the account twice or not at all for a while.
 */
final class BatchForming {
  private final List<PolicyChange> changes;
  private final Set<String> swapped = new HashSet<>();

  BatchForming(List<PolicyChange> changes) {
    this.changes = changes;
    Set<String> created = new HashSet<>();
    for (PolicyChange change : changes) {
      // Creates come before deletes in every plan.
      if (change instanceof Create) {
        created.add(change.key().pattern());
      } else if (change instanceof Delete && created.contains(change.key().pattern())) {
        swapped.add(change.key().pattern());
      }
    }
  }

  /** Returns the units of some changes, in their order. */
  List<List<Integer>> units(List<Integer> some) {
    Map<String, List<Integer>> swaps = new HashMap<>();
    List<List<Integer>> units = new ArrayList<>();
    for (int i : some) {
      PolicyChange change = changes.get(i);
      String pattern = swapped.isEmpty() || change instanceof Edit ? "" : change.key().pattern();
      if (!swapped.contains(pattern)) {
        units.add(List.of(i));
        continue;
      }
      List<Integer> swap = swaps.get(pattern);
      if (swap == null) {
        swap = new ArrayList<>();
        swaps.put(pattern, swap);
        units.add(swap);
      }
      swap.add(i);
    }
    return units;
  }

  /**
   * Returns statuses in which no unit is torn apart: where a change of it cannot be made any more,
   * those that are still due cannot either.
   */
  static Map<Integer, ChangeStatus> withPartners(
      List<List<Integer>> units, Map<Integer, ChangeStatus> statuses) {
    Map<Integer, ChangeStatus> together = new TreeMap<>(statuses);
    for (List<Integer> unit : units) {
      if (unit.stream().anyMatch(change -> isObsolete(statuses.get(change)))) {
        unit.forEach(
            change ->
                together.computeIfPresent(
                    change,
                    (i, status) -> status == ChangeStatus.DUE ? ChangeStatus.PARTNER : status));
      }
    }
    return together;
  }

  private static boolean isObsolete(@Nullable ChangeStatus status) {
    return status != null && status.isObsolete();
  }

  /** Returns units in batches of a size: creates and edits first, then what is only deleted. */
  List<List<List<Integer>>> batches(List<List<Integer>> units, int size) {
    List<List<List<Integer>>> batches = new ArrayList<>();
    List<List<Integer>> batch = new ArrayList<>();
    int used = 0;
    boolean deletes = false;
    for (List<Integer> unit : units) {
      boolean onlyDeletes = unit.stream().allMatch(i -> changes.get(i) instanceof Delete);
      if (!batch.isEmpty() && (used + unit.size() > size || onlyDeletes != deletes)) {
        batches.add(batch);
        batch = new ArrayList<>();
        used = 0;
      }
      deletes = onlyDeletes;
      batch.add(unit);
      used += unit.size();
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  /** Returns the units in two parts, of which the second may be empty. */
  static List<List<List<Integer>>> halves(List<List<Integer>> units) {
    int middle = (units.size() + 1) / 2;
    return List.of(units.subList(0, middle), units.subList(middle, units.size()));
  }
}
