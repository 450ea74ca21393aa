package dev.allowflux.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The policies in the order of their addition, which is that of created_at too. */
final class PolicyStore {
  private static final int KEPT_SELECTIONS = 8;
  private static final int TIMESTAMP_DIGITS = 6;

  /**
   * Which policies to list, and in which order.
   *
   * @param search part of the pattern or the comments in lower case, or null
   * @param pattern the exact pattern, or null
   * @param kindMask the bits of {@link Policy#kind()} to look at
   * @param kindBits what these bits must be
   */
  record Selection(
      @Nullable String search,
      @Nullable String pattern,
      int kindMask,
      int kindBits,
      boolean byPattern) {

    boolean isEverything() {
      return search == null && pattern == null && kindMask == 0;
    }

    boolean matches(Policy policy) {
      if ((policy.kind() & kindMask) != kindBits) {
        return false;
      }
      if (pattern != null && !pattern.equals(policy.pattern())) {
        return false;
      }
      return search == null || holds(policy.pattern()) || holds(policy.comments());
    }

    private boolean holds(@Nullable String text) {
      return search != null && text != null && text.toLowerCase(Locale.ROOT).contains(search);
    }
  }

  /** Some of the selected policies in order, how many are selected, and how many there are. */
  record Slice(List<Policy> policies, int selected, int total) {}

  private final LongSupplier epochNanos;
  private final TieBreak tieBreak;
  private final SplitMix random;
  private final SeededPolicies source;
  private final List<Policy> policies;
  private int nextNumber;
  private long lastNanos;

  /** By id; made when the first policy is looked up, as a mere listing needs no such thing. */
  private @Nullable Map<UUID, Policy> byId;

  /** The last few selections with what they select, ascending, until the next write. */
  private final Map<Selection, List<Policy>> selections =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Selection, List<Policy>> eldest) {
          return size() > KEPT_SELECTIONS;
        }
      };

  PolicyStore(List<Policy> policies, long seed, TieBreak tieBreak, LongSupplier epochNanos) {
    this.policies = policies;
    this.nextNumber = policies.size();
    this.random = new SplitMix(~seed);
    this.source = SeededPolicies.more(seed);
    this.tieBreak = tieBreak;
    this.epochNanos = epochNanos;
  }

  synchronized int size() {
    return policies.size();
  }

  synchronized List<String> ids() {
    return policies.stream().map(Policy::id).toList();
  }

  synchronized @Nullable Policy find(UUID id) {
    return byId().get(id);
  }

  /** Descending is the exact reverse of ascending, ties included. */
  synchronized Slice list(Selection selection, boolean descending, long offset, int limit) {
    List<Policy> selected = select(selection);
    if (tieBreak == TieBreak.RANDOM) {
      selected = withTiesShuffled(selected, selection.byPattern());
    }
    int size = selected.size();
    int start = (int) Math.min(offset, size);
    int end = Math.min(start + limit, size);
    List<Policy> slice;
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

  private List<Policy> select(Selection selection) {
    if (selection.isEverything() && !selection.byPattern() && tieBreak != TieBreak.ID) {
      return policies;
    }
    List<Policy> known = selections.get(selection);
    if (known != null) {
      return known;
    }
    List<Policy> selected = new ArrayList<>();
    for (Policy policy : policies) {
      if (selection.matches(policy)) {
        selected.add(policy);
      }
    }
    Comparator<Policy> ties =
        tieBreak == TieBreak.ID ? Policy::byId : Comparator.comparingInt(Policy::number);
    if (selection.byPattern()) {
      selected.sort(((Comparator<Policy>) Policy::byPattern).thenComparing(ties));
    } else if (tieBreak == TieBreak.ID) {
      // Policies that were created together stand side by side, so this is an order.
      selected.sort(
          (a, b) ->
              a.createdTogetherWith(b)
                  ? Policy.byId(a, b)
                  : Integer.compare(a.number(), b.number()));
    }
    selections.put(selection, selected);
    return selected;
  }

  private List<Policy> withTiesShuffled(List<Policy> selected, boolean byPattern) {
    List<Policy> shuffled = new ArrayList<>(selected);
    int start = 0;
    for (int end = 1; end <= shuffled.size(); end++) {
      Policy first = shuffled.get(start);
      boolean tied =
          end < shuffled.size()
              && (byPattern
                  ? Policy.byPattern(first, shuffled.get(end)) == 0
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

  /**
   * Changes policies, all or none: nothing if {@code work} throws.
   *
   * @param commit whether the changes are made; if not, only the answer looks as if they were
   */
  synchronized <T> T change(Function<Changes, T> work, boolean commit) {
    Changes changes = new Changes();
    T result = work.apply(changes);
    if (commit) {
      changes.commit();
    }
    return result;
  }

  /** Changes that see each other and are not made yet. */
  final class Changes {
    private final String now;
    private final Set<UUID> deleted = new HashSet<>();
    private final Map<UUID, Policy> changed = new HashMap<>();
    private final List<Policy> added = new ArrayList<>();

    private Changes() {
      lastNanos = Math.max(lastNanos, epochNanos.getAsLong());
      now = Timestamps.text(lastNanos, TIMESTAMP_DIGITS);
    }

    @Nullable Policy find(UUID id) {
      if (deleted.contains(id)) {
        return null;
      }
      Policy policy = changed.get(id);
      return policy != null ? policy : byId().get(id);
    }

    void delete(UUID id) {
      deleted.add(id);
    }

    Policy replace(UUID id, Policy old, PolicyFields fields) {
      Policy policy = fields.toPolicy(old.number(), old.id(), old.createdAt(), now);
      changed.put(id, policy);
      return policy;
    }

    Policy add(PolicyFields fields) {
      Policy policy =
          fields.toPolicy(
              nextNumber + added.size(), Ids.of(random.next(), random.next()), now, now);
      added.add(policy);
      return policy;
    }

    /** Adds a policy that is made up. */
    Policy add() {
      Policy policy = source.next(nextNumber + added.size(), now);
      added.add(policy);
      return policy;
    }

    private void commit() {
      changed.forEach((id, policy) -> policies.set(indexOf(policy), policy));
      Set<Policy> gone = new HashSet<>();
      for (UUID id : deleted) {
        Policy policy = byId().remove(id);
        if (policy != null) {
          gone.add(policy);
        }
      }
      if (gone.size() == 1) {
        policies.remove(indexOf(gone.iterator().next()));
      } else if (!gone.isEmpty()) {
        policies.removeAll(gone);
      }
      policies.addAll(added);
      nextNumber += added.size();
      Map<UUID, Policy> index = byId;
      if (index != null) {
        index.putAll(changed);
        added.forEach(policy -> index.put(UUID.fromString(policy.id()), policy));
      }
      selections.clear();
    }
  }

  private int indexOf(Policy policy) {
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

  private Map<UUID, Policy> byId() {
    Map<UUID, Policy> index = byId;
    if (index == null) {
      index = new HashMap<>(policies.size() * 4 / 3 + 1);
      for (Policy policy : policies) {
        index.put(UUID.fromString(policy.id()), policy);
      }
      byId = index;
    }
    return index;
  }
}
