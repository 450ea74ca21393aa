package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import dev.allowflux.sync.internal.exposure.regex.RegexParser;
import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Tells whether a matcher that tries one way after another can need time that grows exponentially
 * with the text: whether some place of the expression can be reached from itself by the same text
 * in two ways (Weber and Seidl, "On the degree of ambiguity of finite automata", 1991).
 *
 * <p>Decided on the automaton of positions, in which each character of the expression is a state;
 * no expression is run. What is too large to decide is reported as harmless here, since another
 * rule refuses it.
 */
public final class RegexAmbiguity {
  private static final int MOST_POSITIONS = 300;
  private static final int MOST_COPIES = 3;

  /** Repetitions of what has no character are copied too, and take no position. */
  private static final int MOST_PARTS = 10_000;

  private static final long MOST_STEPS = 5_000_000;

  private final List<CodePoints> labels = new ArrayList<>();
  private int parts;
  private long links;

  /** How many ways lead from a position to the next: 0, 1, or 2 for more. */
  private byte[][] follow = new byte[16][16];

  /** Thrown away where the expression is too large. */
  private static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLargeException() {
      super(null, null, false, false);
    }
  }

  /** The positions at which a part begins and ends, and whether it can be empty. */
  private record Part(BitSet first, BitSet last, boolean nullable) {
    static Part empty() {
      return new Part(new BitSet(), new BitSet(), true);
    }
  }

  private RegexAmbiguity() {}

  /**
   * Judges an expression.
   *
   * @param regex the expression
   * @return true if matching can take exponential time; false if it cannot, or nobody can tell
   */
  public static boolean isExponential(String regex) {
    try {
      RegexNode root = RegexParser.parse(regex);
      if (!repeatsParts(root)) {
        return false;
      }
      RegexAmbiguity automaton = new RegexAmbiguity();
      Part unused = automaton.part(root);
      return automaton.hasTwoWaysRound();
    } catch (UndecidableRegexException | TooLargeException e) {
      return false;
    }
  }

  /**
   * Tells whether more than a single character is repeated without a limit. Where nothing is, a
   * position is reached from itself by itself alone, and that in one way.
   */
  private static boolean repeatsParts(RegexNode node) {
    if (node instanceof RegexNode.Sequence sequence) {
      return sequence.parts().stream().anyMatch(RegexAmbiguity::repeatsParts);
    }
    if (node instanceof RegexNode.Choice choice) {
      return choice.branches().stream().anyMatch(RegexAmbiguity::repeatsParts);
    }
    return node instanceof RegexNode.Repeat repeat
        && (repeat.max() == RegexNode.UNBOUNDED
            ? !(repeat.body() instanceof RegexNode.OneOf)
            : repeatsParts(repeat.body()));
  }

  private Part part(RegexNode node) {
    if (++parts > MOST_PARTS) {
      throw new TooLargeException();
    }
    if (node instanceof RegexNode.OneOf one) {
      int position = position(one.set());
      BitSet set = new BitSet();
      set.set(position);
      return new Part(set, set, false);
    }
    if (node instanceof RegexNode.Sequence sequence) {
      Part whole = Part.empty();
      for (RegexNode next : sequence.parts()) {
        whole = concatenated(whole, part(next));
      }
      return whole;
    }
    if (node instanceof RegexNode.Choice choice) {
      BitSet first = new BitSet();
      BitSet last = new BitSet();
      boolean nullable = false;
      for (RegexNode branch : choice.branches()) {
        Part part = part(branch);
        first.or(part.first);
        last.or(part.last);
        nullable |= part.nullable;
      }
      return new Part(first, last, nullable);
    }
    return node instanceof RegexNode.Repeat repeat ? repeated(repeat) : Part.empty();
  }

  private Part repeated(RegexNode.Repeat repeat) {
    if (repeat.max() == RegexNode.UNBOUNDED) {
      Part whole = Part.empty();
      for (int i = 1; i < Math.min(repeat.min(), MOST_COPIES); i++) {
        whole = concatenated(whole, part(repeat.body()));
      }
      Part loop = part(repeat.body());
      link(loop.last, loop.first);
      return concatenated(
          whole, new Part(loop.first, loop.last, loop.nullable || repeat.min() == 0));
    }
    Part whole = Part.empty();
    for (int i = 0; i < Math.min(repeat.max(), MOST_COPIES); i++) {
      Part copy = part(repeat.body());
      boolean optional = i >= repeat.min() || repeat.max() > MOST_COPIES;
      whole = concatenated(whole, optional ? new Part(copy.first, copy.last, true) : copy);
    }
    return whole;
  }

  private Part concatenated(Part one, Part two) {
    link(one.last, two.first);
    BitSet first = (BitSet) one.first.clone();
    if (one.nullable) {
      first.or(two.first);
    }
    BitSet last = (BitSet) two.last.clone();
    if (two.nullable) {
      last.or(one.last);
    }
    return new Part(first, last, one.nullable && two.nullable);
  }

  private int position(CodePoints set) {
    if (labels.size() == MOST_POSITIONS) {
      throw new TooLargeException();
    }
    labels.add(set);
    if (labels.size() > follow.length) {
      follow = Arrays.copyOf(follow, 2 * follow.length);
      for (int i = 0; i < follow.length; i++) {
        follow[i] =
            follow[i] == null ? new byte[follow.length] : Arrays.copyOf(follow[i], follow.length);
      }
    }
    return labels.size() - 1;
  }

  private void link(BitSet from, BitSet to) {
    links += (long) from.cardinality() * to.cardinality();
    if (links > MOST_STEPS) {
      throw new TooLargeException();
    }
    for (int p = from.nextSetBit(0); p >= 0; p = from.nextSetBit(p + 1)) {
      for (int q = to.nextSetBit(0); q >= 0; q = to.nextSetBit(q + 1)) {
        follow[p][q] = (byte) Math.min(2, follow[p][q] + 1);
      }
    }
  }

  /**
   * Looks for a position and a text that leads from it back to it in two ways. Pairs of positions
   * that one text reaches form a graph; such a text is a circle in it that leaves the pairs of
   * equals and comes back, or takes a step that is there twice.
   */
  private boolean hasTwoWaysRound() {
    int n = labels.size();
    boolean[][] meets = new boolean[n][n];
    for (int p = 0; p < n; p++) {
      for (int q = 0; q < n; q++) {
        meets[p][q] = !labels.get(p).intersection(labels.get(q)).isEmpty();
      }
    }
    long[] steps = {0};
    for (int p = 0; p < n; p++) {
      if (!isOnCircle(p, n)) {
        continue;
      }
      BitSet there = reachable(p, meets, n, steps, false);
      BitSet back = reachable(p, meets, n, steps, true);
      there.and(back);
      for (int pair = there.nextSetBit(0); pair >= 0; pair = there.nextSetBit(pair + 1)) {
        int one = pair / n;
        int two = pair % n;
        if (one != two || hasDoubleStep(one, n, there)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean hasDoubleStep(int from, int n, BitSet onCircle) {
    for (int to = 0; to < n; to++) {
      if (follow[from][to] > 1 && onCircle.get(to * n + to)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOnCircle(int p, int n) {
    BitSet seen = new BitSet(n);
    Deque<Integer> open = new ArrayDeque<>(List.of(p));
    while (!open.isEmpty()) {
      int from = open.pop();
      for (int to = 0; to < n; to++) {
        if (follow[from][to] > 0) {
          if (to == p) {
            return true;
          }
          if (!seen.get(to)) {
            seen.set(to);
            open.push(to);
          }
        }
      }
    }
    return false;
  }

  /** The pairs that one text reaches from a pair of equals, or from which one leads to it. */
  private BitSet reachable(int start, boolean[][] meets, int n, long[] steps, boolean backwards) {
    BitSet seen = new BitSet(n * n);
    Deque<Integer> open = new ArrayDeque<>(List.of(start * n + start));
    while (!open.isEmpty()) {
      int pair = open.pop();
      int one = pair / n;
      int two = pair % n;
      steps[0] += (long) n * n / 64 + n;
      if (steps[0] > MOST_STEPS) {
        throw new TooLargeException();
      }
      for (int p = 0; p < n; p++) {
        if ((backwards ? follow[p][one] : follow[one][p]) == 0) {
          continue;
        }
        for (int q = 0; q < n; q++) {
          if ((backwards ? follow[q][two] : follow[two][q]) != 0 && meets[p][q]) {
            int next = p * n + q;
            if (!seen.get(next)) {
              seen.set(next);
              open.push(next);
            }
          }
        }
      }
    }
    return seen;
  }
}
