package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.UndecidableRegexException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists the different texts that lead from a set of states to an end or a delimiter. */
final class Texts {
  /** What the sets of states on one way may hold together. */
  private static final int MAX_HELD = 1_000_000;

  private final StateSets states;
  private final String delimiters;

  Texts(StateSets states, String delimiters) {
    this.states = states;
    this.delimiters = delimiters;
  }

  /** Takes a text and the states behind it; returns false to end. */
  interface Visitor {
    boolean visit(String text, int[] set);
  }

  /**
   * Visits the texts in front of a delimiter or of the end, each once. The automaton must be
   * trimmed.
   *
   * @return false if the visitor ended it or there are infinitely many
   */
  boolean forEach(int[] from, Visitor visitor) {
    Deque<Place> way = new ArrayDeque<>();
    Set<Place> onWay = new HashSet<>();
    StringBuilder text = new StringBuilder();
    int held = 0;
    Place place = new Place(from);
    while (true) {
      if (place.next == 0) {
        held += place.set.length;
        if (held > MAX_HELD) {
          throw new UndecidableRegexException("it is too large to decide");
        }
        // The same states again, each on the way to an end: round and round for ever.
        if (!onWay.add(place)) {
          return false;
        }
        if (isEnd(place.set) && !visitor.visit(text.toString(), place.set)) {
          return false;
        }
      }
      Place below = advance(place);
      if (below != null) {
        text.appendCodePoint(place.next - 1);
        way.push(place);
        place = below;
        continue;
      }
      onWay.remove(place);
      held -= place.set.length;
      if (way.isEmpty()) {
        return true;
      }
      place = way.pop();
      text.setLength(text.length() - Character.charCount(place.next - 1));
    }
  }

  private @Nullable Place advance(Place place) {
    int c = states.nextCharacter(place.set, place.next);
    while (c >= 0 && delimiters.indexOf(c) >= 0) {
      c = states.nextCharacter(place.set, c + 1);
    }
    if (c < 0) {
      return null;
    }
    place.next = c + 1;
    return new Place(states.step(place.set, c));
  }

  private boolean isEnd(int[] set) {
    if (states.accepts(set)) {
      return true;
    }
    for (int i = 0; i < delimiters.length(); i++) {
      if (states.step(set, delimiters.charAt(i)).length > 0) {
        return true;
      }
    }
    return false;
  }

  private static final class Place {
    private final int[] set;

    /** The smallest character that was not tried yet. */
    private int next;

    Place(int[] set) {
      this.set = set;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Place place && Arrays.equals(set, place.set);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(set);
    }
  }
}
