package dev.allowflux.simulator.internal.store;

import dev.allowflux.simulator.TieBreak;
import dev.allowflux.simulator.internal.random.SplitMix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The policies in the order of their addition, which is the order of created_at too. */
public final class PolicyStore {
  private static final int KEPT_SELECTIONS = 8;
  private static final int TIMESTAMP_DIGITS = 6;

  /** Some of the selected policies in order, the number of selected ones, and of all. */
  public record Slice(List<StoredPolicy> policies, int selected, int total) {}

  /**
   * How changes are made.
   *
   * @param commit whether they are made at all; if not, only the result looks as if they were
   * @param atomic whether nothing is changed if one change fails; otherwise those before it are
   *     kept
   * @param idSeed the seed of the new ids: the same seed gives the same ids once more
   * @param listener receives what was changed
   */
  public record Write(boolean commit, boolean atomic, long idSeed, Consumer<ChangedIds> listener) {}

  /** The ids of policies that were created, edited and deleted. */
  public record ChangedIds(List<String> created, List<String> edited, List<String> deleted) {}

  private final LongSupplier epochNanos;
  private final TieBreak tieBreak;
  private final long seed;
  private SplitMix random;
  private SeededPolicies source;
  private final List<StoredPolicy> policies;
  private int nextNumber;
  private long lastNanos;

  /** By id; made at the first look-up, as a listing alone does not need it. */
  private @Nullable Map<UUID, StoredPolicy> byId;

  /** The last few selections with their policies, ascending, until the next write. */
  private final Map<Selection, List<StoredPolicy>> selections =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Selection, List<StoredPolicy>> eldest) {
          return size() > KEPT_SELECTIONS;
        }
      };

  public PolicyStore(
      List<StoredPolicy> policies, long seed, TieBreak tieBreak, LongSupplier epochNanos) {
    this.policies = policies;
    this.nextNumber = policies.size();
    this.seed = seed;
    this.random = new SplitMix(~seed);
    this.source = SeededPolicies.more(seed);
    this.tieBreak = tieBreak;
    this.epochNanos = epochNanos;
  }

  /** Puts these policies in place of all that there are, and starts from the seed again. */
  public synchronized void reset(List<StoredPolicy> initial) {
    policies.clear();
    policies.addAll(initial);
    nextNumber = policies.size();
    byId = null;
    selections.clear();
    random = new SplitMix(~seed);
    source = SeededPolicies.more(seed);
  }

  public synchronized int size() {
    return policies.size();
  }

  public synchronized List<String> ids() {
    return policies.stream().map(StoredPolicy::id).toList();
  }

  public synchronized @Nullable StoredPolicy find(UUID id) {
    return byId().get(id);
  }

  /** Descending is the exact reverse of ascending, ties included. */
  public synchronized Slice list(Selection selection, boolean descending, long offset, int limit) {
    List<StoredPolicy> selected = select(selection);
    if (tieBreak == TieBreak.RANDOM) {
      selected = withTiesShuffled(selected, selection.byPattern());
    }
    int size = selected.size();
    int start = (int) Math.min(offset, size);
    int end = Math.min(start + limit, size);
    List<StoredPolicy> slice;
    if (descending) {
      slice = new ArrayList<>(end - start);
      for (int i = start; i < end; i++) {
        slice.add(selected.get(size - 1 - i));
      }
    } else {
      slice = new ArrayList<>(selected.subList(start, end));
    }
    return new Slice(slice, size, policies.size());
  }

  private List<StoredPolicy> select(Selection selection) {
    if (selection.isEverything() && !selection.byPattern() && tieBreak != TieBreak.ID) {
      return policies;
    }
    List<StoredPolicy> known = selections.get(selection);
    if (known != null) {
      return known;
    }
    List<StoredPolicy> selected = new ArrayList<>();
    for (StoredPolicy policy : policies) {
      if (selection.matches(policy)) {
        selected.add(policy);
      }
    }
    Comparator<StoredPolicy> ties =
        tieBreak == TieBreak.ID
            ? StoredPolicy::byId
            : Comparator.comparingInt(StoredPolicy::number);
    if (selection.byPattern()) {
      selected.sort(((Comparator<StoredPolicy>) StoredPolicy::byPattern).thenComparing(ties));
    } else if (tieBreak == TieBreak.ID) {
      // Policies that were created together are neighbours, so this is an order.
      selected.sort(
          (a, b) ->
              a.createdTogetherWith(b)
                  ? StoredPolicy.byId(a, b)
                  : Integer.compare(a.number(), b.number()));
    }
    selections.put(selection, selected);
    return selected;
  }

  private List<StoredPolicy> withTiesShuffled(List<StoredPolicy> selected, boolean byPattern) {
    List<StoredPolicy> shuffled = new ArrayList<>(selected);
    int start = 0;
    for (int end = 1; end <= shuffled.size(); end++) {
      StoredPolicy first = shuffled.get(start);
      boolean tied =
          end < shuffled.size()
              && (byPattern
                  ? StoredPolicy.byPattern(first, shuffled.get(end)) == 0
                  : first.createdTogetherWith(shuffled.get(end)));
      if (!tied) {
        for (int i = end - 1; i > start; i--) {
          Collections.swap(shuffled, i, start + random.below(i - start + 1));
        }
        start = end;
      }
    }
    return shuffled;
  }

  /** Changes policies, all or none: nothing if {@code work} throws. */
  public synchronized <T> T change(Function<Changes, T> work) {
    return change(new Write(true, true, random.next(), ids -> {}), work);
  }

  /** Changes policies as {@code write} says. */
  public synchronized <T> T change(Write write, Function<Changes, T> work) {
    Changes changes = new Changes(write.idSeed);
    boolean complete = false;
    try {
      T result = work.apply(changes);
      complete = true;
      return result;
    } finally {
      if (write.commit && (complete || !write.atomic)) {
        write.listener.accept(changes.commit());
      }
    }
  }

  /** Changes that see each other and are not committed yet. */
  public final class Changes {
    private final String now;
    private final Set<UUID> deleted = new LinkedHashSet<>();
    private final Map<UUID, StoredPolicy> changed = new LinkedHashMap<>();
    private final List<StoredPolicy> added = new ArrayList<>();

    private final SplitMix ids;

    private Changes(long idSeed) {
      ids = new SplitMix(idSeed);
      lastNanos = Math.max(lastNanos, epochNanos.getAsLong());
      now = Timestamps.text(lastNanos, TIMESTAMP_DIGITS);
    }

    public @Nullable StoredPolicy find(UUID id) {
      if (deleted.contains(id)) {
        return null;
      }
      StoredPolicy policy = changed.get(id);
      return policy != null ? policy : byId().get(id);
    }

    public void delete(UUID id) {
      deleted.add(id);
    }

    public StoredPolicy replace(UUID id, StoredPolicy old, PolicyValues values) {
      StoredPolicy policy = values.toPolicy(old.number(), old.id(), old.createdAt(), now);
      changed.put(id, policy);
      return policy;
    }

    public StoredPolicy add(PolicyValues values) {
      StoredPolicy policy =
          values.toPolicy(
              nextNumber + added.size(), PolicyIds.of(ids.next(), ids.next()), now, now);
      added.add(policy);
      return policy;
    }

    /** Adds a generated policy. */
    public StoredPolicy add() {
      StoredPolicy policy = source.next(nextNumber + added.size(), now);
      added.add(policy);
      return policy;
    }

    private ChangedIds commit() {
      changed.forEach((id, policy) -> policies.set(indexOf(policy), policy));
      Set<StoredPolicy> removed = new HashSet<>();
      for (UUID id : deleted) {
        StoredPolicy policy = byId().remove(id);
        if (policy != null) {
          removed.add(policy);
        }
      }
      if (removed.size() == 1) {
        policies.remove(indexOf(removed.iterator().next()));
      } else if (!removed.isEmpty()) {
        policies.removeAll(removed);
      }
      policies.addAll(added);
      nextNumber += added.size();
      Map<UUID, StoredPolicy> index = byId;
      if (index != null) {
        index.putAll(changed);
        added.forEach(policy -> index.put(UUID.fromString(policy.id()), policy));
      }
      selections.clear();
      return new ChangedIds(
          added.stream().map(StoredPolicy::id).toList(),
          changed.keySet().stream().map(UUID::toString).toList(),
          deleted.stream().map(UUID::toString).toList());
    }
  }

  /** Returns the policy after this one in the order of addition, or the first; null if alone. */
  public synchronized @Nullable StoredPolicy otherThan(@Nullable UUID id) {
    StoredPolicy policy = id == null ? null : byId().get(id);
    if (policies.isEmpty() || (policy != null && policies.size() == 1)) {
      return null;
    }
    return policies.get(policy == null ? 0 : (indexOf(policy) + 1) % policies.size());
  }

  /** Deletes a random policy; does nothing if there is none. */
  public synchronized void deleteRandom(SplitMix random) {
    if (policies.isEmpty()) {
      return;
    }
    // No look-up by id: the index would take a while to make if nothing else needs it.
    StoredPolicy policy = policies.remove(random.below(policies.size()));
    if (byId != null) {
      byId.remove(UUID.fromString(policy.id()));
    }
    selections.clear();
  }

  private int indexOf(StoredPolicy policy) {
    int low = 0;
    int high = policies.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (policies.get(middle).number() < policy.number()) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private Map<UUID, StoredPolicy> byId() {
    Map<UUID, StoredPolicy> index = byId;
    if (index == null) {
      index = new HashMap<>(policies.size() * 4 / 3 + 1);
      for (StoredPolicy policy : policies) {
        index.put(UUID.fromString(policy.id()), policy);
      }
      byId = index;
    }
    return index;
  }
}
