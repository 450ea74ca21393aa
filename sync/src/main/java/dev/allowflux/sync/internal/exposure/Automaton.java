package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A nondeterministic finite automaton over the characters of {@link FieldAlphabet}.
 *
 * <p>It is never made deterministic, which can take exponential room: whoever asks it something
 * follows sets of states.
 */
final class Automaton {
  private final int[] starts;
  private final BitSet accepting;

  /** The transitions of state s are those from firstOf[s] to before firstOf[s + 1]. */
  private final int[] firstOf;

  private final int[] targets;

  /** One for each transition; null for one that takes no character. */
  private final @Nullable CodePoints[] labels;

  private Automaton(int[] starts, BitSet accepting, Transitions transitions, int states) {
    this.starts = starts;
    this.accepting = accepting;
    firstOf = new int[states + 1];
    targets = new int[transitions.size];
    labels = new CodePoints[transitions.size];
    for (int i = 0; i < transitions.size; i++) {
      firstOf[transitions.from[i] + 1]++;
    }
    for (int s = 0; s < states; s++) {
      firstOf[s + 1] += firstOf[s];
    }
    int[] next = Arrays.copyOf(firstOf, states);
    for (int i = 0; i < transitions.size; i++) {
      int place = next[transitions.from[i]]++;
      targets[place] = transitions.to[i];
      labels[place] = transitions.labels[i];
    }
  }

  int states() {
    return firstOf.length - 1;
  }

  int[] starts() {
    return starts.clone();
  }

  boolean isAccepting(int state) {
    return accepting.get(state);
  }

  int firstTransition(int state) {
    return firstOf[state];
  }

  int endTransition(int state) {
    return firstOf[state + 1];
  }

  int target(int transition) {
    return targets[transition];
  }

  @Nullable CodePoints label(int transition) {
    return labels[transition];
  }

  /** Tells whether there is no text at all that it accepts; only for a trimmed automaton. */
  boolean isEmpty() {
    return starts.length == 0;
  }

  /** Returns the automaton of the same texts, folded. */
  Automaton folded() {
    IdentityHashMap<CodePoints, CodePoints> known = new IdentityHashMap<>();
    Transitions folded = new Transitions();
    for (int s = 0; s < states(); s++) {
      for (int t = firstOf[s]; t < firstOf[s + 1]; t++) {
        CodePoints label = labels[t];
        folded.add(
            s,
            targets[t],
            label == null ? null : known.computeIfAbsent(label, FieldAlphabet::fold));
      }
    }
    return new Automaton(starts, accepting, folded, states());
  }

  /** Returns the automaton of the same texts read from their ends. */
  Automaton reversed() {
    Transitions reversed = new Transitions();
    for (int s = 0; s < states(); s++) {
      for (int t = firstOf[s]; t < firstOf[s + 1]; t++) {
        reversed.add(targets[t], s, labels[t]);
      }
    }
    BitSet ends = new BitSet();
    for (int start : starts) {
      ends.set(start);
    }
    return new Automaton(accepting.stream().toArray(), ends, reversed, states());
  }

  /**
   * Returns the trimmed automaton of the texts that both accept: each of its states is on the way
   * from a start to an accepted text.
   *
   * @param grammar an automaton without transitions that take no character
   */
  Automaton intersection(Automaton grammar, Work work) {
    return new Product(this, grammar, work).build();
  }

  /** Collects states and transitions. */
  static final class Builder {
    private final Transitions transitions = new Transitions();
    private final BitSet accepting = new BitSet();
    private int[] starts = new int[0];
    private int states;

    int state() {
      return states++;
    }

    Builder start(int state) {
      starts = Arrays.copyOf(starts, starts.length + 1);
      starts[starts.length - 1] = state;
      return this;
    }

    Builder accept(int state) {
      accepting.set(state);
      return this;
    }

    Builder transition(int from, int to, @Nullable CodePoints label) {
      transitions.add(from, to, label);
      return this;
    }

    Automaton build() {
      return new Automaton(starts, accepting, transitions, states);
    }

    /** Builds the automaton without the states that lead to no accepted text. */
    Automaton buildTrimmed() {
      BitSet live = live();
      int[] renamed = new int[states];
      int kept = 0;
      for (int s = 0; s < states; s++) {
        renamed[s] = live.get(s) ? kept++ : -1;
      }
      Transitions trimmed = new Transitions();
      for (int i = 0; i < transitions.size; i++) {
        int from = renamed[transitions.from[i]];
        int to = renamed[transitions.to[i]];
        if (from >= 0 && to >= 0) {
          trimmed.add(from, to, transitions.labels[i]);
        }
      }
      BitSet ends = new BitSet();
      accepting.stream().filter(s -> renamed[s] >= 0).forEach(s -> ends.set(renamed[s]));
      int[] begins = Arrays.stream(starts).map(s -> renamed[s]).filter(s -> s >= 0).toArray();
      return new Automaton(begins, ends, trimmed, kept);
    }

    private BitSet live() {
      Automaton all = build();
      Automaton backward = all.reversed();
      BitSet live = new BitSet();
      int[] queue = new int[states];
      int size = 0;
      for (int s : backward.starts) {
        live.set(s);
        queue[size++] = s;
      }
      for (int i = 0; i < size; i++) {
        for (int t = backward.firstOf[queue[i]]; t < backward.firstOf[queue[i] + 1]; t++) {
          int target = backward.targets[t];
          if (!live.get(target)) {
            live.set(target);
            queue[size++] = target;
          }
        }
      }
      return live;
    }
  }

  private static final class Transitions {
    private int[] from = new int[16];
    private int[] to = new int[16];
    private @Nullable CodePoints[] labels = new CodePoints[16];
    private int size;

    void add(int source, int target, @Nullable CodePoints label) {
      if (size == from.length) {
        from = Arrays.copyOf(from, 2 * size);
        to = Arrays.copyOf(to, 2 * size);
        labels = Arrays.copyOf(labels, 2 * size);
      }
      from[size] = source;
      to[size] = target;
      labels[size++] = label;
    }
  }

  /** The pairs of states that can be reached together. */
  private static final class Product {
    private static final int MAX_PAIRS = 4_000_000;

    private final Automaton left;
    private final Automaton right;
    private final Work work;
    private final Builder builder = new Builder();

    /** The number of each pair, plus one; zero for pairs not met so far. */
    private final int[] numbers;

    private int[] queue = new int[64];
    private final IdentityHashMap<CodePoints, IdentityHashMap<CodePoints, CodePoints>> common =
        new IdentityHashMap<>();

    Product(Automaton left, Automaton right, Work work) {
      this.left = left;
      this.right = right;
      this.work = work;
      long pairs = (long) left.states() * right.states();
      if (pairs > MAX_PAIRS) {
        throw new UndecidableRegexException("it is too large to decide");
      }
      numbers = new int[(int) pairs];
    }

    Automaton build() {
      for (int l : left.starts) {
        for (int r : right.starts) {
          builder.start(pair(l, r));
        }
      }
      for (int i = 0; i < builder.states; i++) {
        int l = queue[i] / right.states();
        int r = queue[i] % right.states();
        if (left.isAccepting(l) && right.isAccepting(r)) {
          builder.accept(i);
        }
        follow(i, l, r);
      }
      return builder.buildTrimmed();
    }

    private void follow(int from, int l, int r) {
      for (int t = left.firstOf[l]; t < left.firstOf[l + 1]; t++) {
        CodePoints label = left.labels[t];
        if (label == null) {
          add(from, left.targets[t], r, null);
          continue;
        }
        work.steps(right.firstOf[r + 1] - right.firstOf[r]);
        for (int u = right.firstOf[r]; u < right.firstOf[r + 1]; u++) {
          CodePoints both = common(label, right.labels[u]);
          if (!both.isEmpty()) {
            add(from, left.targets[t], right.targets[u], both);
          }
        }
      }
    }

    private void add(int from, int l, int r, @Nullable CodePoints label) {
      work.transition();
      builder.transition(from, pair(l, r), label);
    }

    private CodePoints common(CodePoints label, @Nullable CodePoints other) {
      if (other == null) {
        throw new IllegalStateException("a grammar takes a character in each transition");
      }
      return common
          .computeIfAbsent(other, key -> new IdentityHashMap<>())
          .computeIfAbsent(label, key -> key.intersection(other));
    }

    private int pair(int l, int r) {
      int pair = l * right.states() + r;
      if (numbers[pair] == 0) {
        work.state();
        int number = builder.state();
        numbers[pair] = number + 1;
        if (number == queue.length) {
          queue = Arrays.copyOf(queue, 2 * number);
        }
        queue[number] = pair;
      }
      return numbers[pair] - 1;
    }
  }
}
