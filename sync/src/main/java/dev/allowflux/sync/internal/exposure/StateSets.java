package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Follows an automaton by the sets of states that it can be in, each a sorted array that holds what
 * is reached without a character, too.
 *
 * <p>Not for several threads.
 */
final class StateSets {
  private static final int[] NOWHERE = new int[0];

  private final Automaton automaton;
  private final Work work;
  private final int[] marks;
  private final int[] buffer;
  private int mark;

  StateSets(Automaton automaton, Work work) {
    this.automaton = automaton;
    this.work = work;
    marks = new int[automaton.states()];
    buffer = new int[automaton.states()];
  }

  int[] start() {
    mark++;
    int size = 0;
    for (int state : automaton.starts()) {
      size = add(state, size);
    }
    return closed(size);
  }

  /** Returns the states behind one more character; empty if there are none. */
  int[] step(int[] set, int codePoint) {
    mark++;
    int size = 0;
    for (int state : set) {
      int end = automaton.endTransition(state);
      work.steps(1 + end - automaton.firstTransition(state));
      for (int t = automaton.firstTransition(state); t < end; t++) {
        CodePoints label = automaton.label(t);
        if (label != null && label.contains(codePoint)) {
          size = add(automaton.target(t), size);
        }
      }
    }
    return closed(size);
  }

  int[] step(int[] set, CharSequence text) {
    int[] result = set;
    for (int i = 0; i < text.length() && result.length > 0; ) {
      int c = Character.codePointAt(text, i);
      result = step(result, c);
      i += Character.charCount(c);
    }
    return result;
  }

  boolean accepts(int[] set) {
    for (int state : set) {
      if (automaton.isAccepting(state)) {
        return true;
      }
    }
    return false;
  }

  /** Tells whether the automaton accepts a text. */
  boolean accepts(String text) {
    return accepts(step(start(), text));
  }

  /** Returns the smallest character, not below {@code from}, that can follow; -1 for none. */
  int nextCharacter(int[] set, int from) {
    int best = -1;
    for (int state : set) {
      int end = automaton.endTransition(state);
      work.steps(1 + end - automaton.firstTransition(state));
      for (int t = automaton.firstTransition(state); t < end; t++) {
        @Nullable CodePoints label = automaton.label(t);
        int c = label == null ? -1 : label.ceiling(from);
        if (c >= 0 && (best < 0 || c < best)) {
          best = c;
        }
      }
    }
    return best;
  }

  private int add(int state, int size) {
    if (marks[state] == mark) {
      return size;
    }
    marks[state] = mark;
    buffer[size] = state;
    return size + 1;
  }

  private int[] closed(int seeds) {
    if (seeds == 0) {
      return NOWHERE;
    }
    int size = seeds;
    for (int i = 0; i < size; i++) {
      int state = buffer[i];
      int end = automaton.endTransition(state);
      work.steps(1 + end - automaton.firstTransition(state));
      for (int t = automaton.firstTransition(state); t < end; t++) {
        if (automaton.label(t) == null) {
          size = add(automaton.target(t), size);
        }
      }
    }
    int[] set = Arrays.copyOf(buffer, size);
    Arrays.sort(set);
    return set;
  }
}
