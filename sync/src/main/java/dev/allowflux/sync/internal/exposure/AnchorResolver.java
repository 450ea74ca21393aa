package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CharacterProperties;
import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import dev.allowflux.sync.internal.exposure.regex.RegexNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the anchors of an automaton: where one holds, it takes no character, and where it does
 * not, it goes.
 *
 * <p>Each state is split by what was read before it and by what may follow. Whether a character
 * beyond ASCII is part of a word depends on Java's version, so it counts as both.
 */
final class AnchorResolver {
  private static final CodePoints WORD =
      CharacterProperties.ASCII_WORD.union(
          FieldAlphabet.ANY.intersection(
              CodePoints.range(FieldAlphabet.BEYOND_ASCII, Character.MAX_CODE_POINT)));
  private static final CodePoints NO_WORD = FieldAlphabet.ANY.minus(CharacterProperties.ASCII_WORD);

  /** What stands for the anchors until they are resolved; no field has these characters. */
  private static final CodePoints START = CodePoints.single(0);

  private static final CodePoints END = CodePoints.single(1);
  private static final CodePoints BOUNDARY = CodePoints.single(2);
  private static final CodePoints NO_BOUNDARY = CodePoints.single(3);
  private static final Map<CodePoints, RegexNode.Anchor> ANCHORS =
      Map.of(
          START, RegexNode.Anchor.START,
          END, RegexNode.Anchor.END,
          BOUNDARY, RegexNode.Anchor.BOUNDARY,
          NO_BOUNDARY, RegexNode.Anchor.NO_BOUNDARY);

  private final Automaton anchored;
  private final Work work;
  private final Automaton.Builder result = new Automaton.Builder();
  private final Map<Place, Integer> numbers = new HashMap<>();
  private final List<Place> queue = new ArrayList<>();
  private final boolean bounded;

  private AnchorResolver(Automaton anchored, Work work) {
    this.anchored = anchored;
    this.work = work;
    bounded = hasBoundary(anchored);
  }

  /** The label of the transitions that stand for an anchor until they are resolved. */
  static CodePoints label(RegexNode.Anchor anchor) {
    return switch (anchor) {
      case START -> START;
      case END -> END;
      case BOUNDARY -> BOUNDARY;
      case NO_BOUNDARY -> NO_BOUNDARY;
    };
  }

  static Automaton resolve(Automaton anchored, Work work) {
    return new AnchorResolver(anchored, work).resolve();
  }

  private static boolean hasBoundary(Automaton automaton) {
    for (int s = 0; s < automaton.states(); s++) {
      for (int t = automaton.firstTransition(s); t < automaton.endTransition(s); t++) {
        CodePoints label = automaton.label(t);
        if (label != null && (label.equals(BOUNDARY) || label.equals(NO_BOUNDARY))) {
          return true;
        }
      }
    }
    return false;
  }

  private Automaton resolve() {
    for (int start : anchored.starts()) {
      result.start(number(new Place(start, Before.NOTHING, After.ANYTHING)));
    }
    for (int i = 0; i < queue.size(); i++) {
      Place place = queue.get(i);
      if (anchored.isAccepting(place.state) && place.after != After.WORD) {
        result.accept(i);
      }
      int end = anchored.endTransition(place.state);
      for (int t = anchored.firstTransition(place.state); t < end; t++) {
        follow(i, place, anchored.label(t), anchored.target(t));
      }
    }
    return result.build();
  }

  private void follow(int from, Place place, @Nullable CodePoints label, int target) {
    RegexNode.Anchor anchor = label == null ? null : ANCHORS.get(label);
    if (label == null) {
      add(from, new Place(target, place.before, place.after), null);
    } else if (anchor != null) {
      After after = after(anchor, place);
      if (after != null) {
        add(from, new Place(target, place.before, after), null);
      }
    } else if (!bounded) {
      if (place.after == After.ANYTHING) {
        add(from, new Place(target, Before.NO_WORD, After.ANYTHING), label);
      }
    } else {
      if (place.after == After.ANYTHING || place.after == After.WORD) {
        addPart(from, new Place(target, Before.WORD, After.ANYTHING), label.intersection(WORD));
      }
      if (place.after == After.ANYTHING || place.after == After.NO_WORD) {
        addPart(
            from, new Place(target, Before.NO_WORD, After.ANYTHING), label.intersection(NO_WORD));
      }
    }
  }

  /** Returns what may follow an anchor that holds in this place; null if it cannot hold. */
  private static @Nullable After after(RegexNode.Anchor anchor, Place place) {
    return switch (anchor) {
      case START -> place.before == Before.NOTHING ? place.after : null;
      case END -> place.after == After.WORD ? null : After.NOTHING;
      case BOUNDARY -> restricted(place.after, place.before != Before.WORD);
      case NO_BOUNDARY -> restricted(place.after, place.before == Before.WORD);
    };
  }

  private static @Nullable After restricted(After known, boolean word) {
    if (known == After.ANYTHING) {
      return word ? After.WORD : After.NO_WORD;
    }
    return word == (known == After.WORD) ? known : null;
  }

  private void addPart(int from, Place to, CodePoints label) {
    if (!label.isEmpty()) {
      add(from, to, label);
    }
  }

  private void add(int from, Place to, @Nullable CodePoints label) {
    work.transition();
    result.transition(from, number(to), label);
  }

  private int number(Place place) {
    Integer known = numbers.get(place);
    if (known != null) {
      return known;
    }
    work.state();
    int number = result.state();
    numbers.put(place, number);
    queue.add(place);
    return number;
  }

  /** What was read last; {@code NO_WORD} also stands for both where no boundary asks. */
  private enum Before {
    NOTHING,
    WORD,
    NO_WORD
  }

  private enum After {
    ANYTHING,
    WORD,
    /** A character that is none of a word, or the end. */
    NO_WORD,
    /** The end. */
    NOTHING
  }

  private record Place(int state, Before before, After after) {}
}
