package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds the automaton of an expression by Thompson's construction, and then resolves its anchors.
 *
 * <p>Counted repetitions are written out, so a state is counted before it is made.
 */
final class AutomatonBuilder {
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
    return anchored ? AnchorResolver.resolve(automaton, work) : automaton;
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
    } else if (node instanceof RegexNode.Anchor anchor) {
      anchored = true;
      transition(from, to, AnchorResolver.label(anchor));
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
}
