package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the automaton of an expression by Thompson's construction, and then resolves its anchors.
 *
 * <p>Counted repetitions are written out, so a state is counted before it is made.
 */
final class AutomatonBuilder {
  /** Labels of transitions that stand for anchors; no field has these characters. */
  private static final CodePoints AT_START = CodePoints.single(0);

  private static final CodePoints AT_END = CodePoints.single(1);

  /** No character has been taken; characters have been; none may follow; the text is empty. */
  private static final int LAYERS = 4;

  private static final int BEGIN = 0;
  private static final int WITHIN = 1;
  private static final int ENDED = 2;
  private static final int NOTHING = 3;

  private final Automaton.Builder raw = new Automaton.Builder();
  private final Work work;
  private final IdentityHashMap<CodePoints, CodePoints> inFields = new IdentityHashMap<>();
  private boolean anchored;

  private AutomatonBuilder(Work work) {
    this.work = work;
  }

  /** Returns the automaton of the fields that the expression matches as a whole. */
  static Automaton whole(RegexNode regex, Work work) {
    return new AutomatonBuilder(work).build(regex);
  }

  /** Returns the automaton of the fields that end in a match. */
  static Automaton suffix(RegexNode regex, Work work) {
    return whole(new RegexNode.Sequence(List.of(anything(), regex)), work);
  }

  /** Returns the automaton of the fields that have a match anywhere. */
  static Automaton part(RegexNode regex, Work work) {
    return whole(new RegexNode.Sequence(List.of(anything(), regex, anything())), work);
  }

  private static RegexNode anything() {
    RegexNode any = new RegexNode.OneOf(CodePoints.ALL);
    return new RegexNode.Repeat(any, 0, RegexNode.UNBOUNDED);
  }

  private Automaton build(RegexNode regex) {
    int start = state();
    int end = state();
    add(regex, start, end);
    raw.start(start).accept(end);
    Automaton automaton = raw.build();
    return anchored ? withoutAnchors(automaton) : automaton;
  }

  private void add(RegexNode node, int from, int to) {
    if (node instanceof RegexNode.OneOf one) {
      CodePoints set = inFields.computeIfAbsent(one.set(), FieldAlphabet::restrict);
      if (!set.isEmpty()) {
        transition(from, to, set);
      }
    } else if (node instanceof RegexNode.Sequence sequence) {
      List<RegexNode> parts = sequence.parts();
      int place = from;
      for (int i = 0; i < parts.size() - 1; i++) {
        int next = state();
        add(parts.get(i), place, next);
        place = next;
      }
      if (parts.isEmpty()) {
        transition(place, to, null);
      } else {
        add(parts.get(parts.size() - 1), place, to);
      }
    } else if (node instanceof RegexNode.Choice choice) {
      choice.branches().forEach(branch -> add(branch, from, to));
    } else if (node instanceof RegexNode.Repeat repeat) {
      addRepeat(repeat, from, to);
    } else {
      anchored = true;
      transition(from, to, node == RegexNode.Anchor.START ? AT_START : AT_END);
    }
  }

  private void addRepeat(RegexNode.Repeat repeat, int from, int to) {
    RegexNode body = repeat.body();
    int place = from;
    if (body.equals(RegexNode.EMPTY)) {
      transition(from, to, null);
      return;
    }
    int copies = repeat.max() == RegexNode.UNBOUNDED ? repeat.min() - 1 : repeat.min();
    for (int i = 0; i < copies; i++) {
      int next = state();
      add(body, place, next);
      place = next;
    }
    if (repeat.max() == RegexNode.UNBOUNDED) {
      int first = state();
      int last = repeat.min() == 0 ? first : state();
      transition(place, first, null);
      add(body, first, last);
      if (last != first) {
        transition(last, first, null);
      }
      transition(last, to, null);
      return;
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      int next = state();
      add(body, place, next);
      transition(place, to, null);
      place = next;
    }
    transition(place, to, null);
  }

  private int state() {
    work.state();
    return raw.state();
  }

  private void transition(int from, int to, @Nullable CodePoints label) {
    work.transition();
    raw.transition(from, to, label);
  }

  /** Follows the anchors: what takes no character moves on, and what cannot hold goes. */
  private Automaton withoutAnchors(Automaton anchoredAutomaton) {
    int size = anchoredAutomaton.states();
    int[] numbers = new int[LAYERS * size];
    Arrays.fill(numbers, -1);
    Automaton.Builder result = new Automaton.Builder();
    List<Integer> queue = new ArrayList<>();
    result.start(number(BEGIN * size + anchoredAutomaton.starts()[0], numbers, queue, result));
    for (int i = 0; i < queue.size(); i++) {
      int layer = queue.get(i) / size;
      int state = queue.get(i) % size;
      if (anchoredAutomaton.isAccepting(state)) {
        result.accept(i);
      }
      int end = anchoredAutomaton.endTransition(state);
      for (int t = anchoredAutomaton.firstTransition(state); t < end; t++) {
        CodePoints label = anchoredAutomaton.label(t);
        int next = nextLayer(layer, label);
        if (next >= 0) {
          work.transition();
          boolean character = label != null && !isAnchor(label);
          int target = next * size + anchoredAutomaton.target(t);
          result.transition(i, number(target, numbers, queue, result), character ? label : null);
        }
      }
    }
    return result.build();
  }

  private int number(int key, int[] numbers, List<Integer> queue, Automaton.Builder result) {
    if (numbers[key] < 0) {
      work.state();
      numbers[key] = result.state();
      queue.add(key);
    }
    return numbers[key];
  }

  private static boolean isAnchor(CodePoints label) {
    return label.equals(AT_START) || label.equals(AT_END);
  }

  /** Returns the layer behind a transition, or -1 if it cannot be taken. */
  private static int nextLayer(int layer, @Nullable CodePoints label) {
    if (label == null) {
      return layer;
    }
    if (label.equals(AT_START)) {
      return layer == BEGIN || layer == NOTHING ? layer : -1;
    }
    if (label.equals(AT_END)) {
      return layer == BEGIN || layer == NOTHING ? NOTHING : ENDED;
    }
    return layer == BEGIN || layer == WITHIN ? WITHIN : -1;
  }
}
