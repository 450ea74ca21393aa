package dev.allowflux.sync.internal.exposure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The IP addresses that an automaton accepts, bare or in brackets behind a local part. */
final class AddressReach {
  /** The addresses of an IPv4 network of 16 bits. */
  static final int MAX_ADDRESSES = 1 << 16;

  /** In how many spellings the first 32 bits of an IPv6 address are looked at. */
  private static final int MAX_SPELLINGS = 64;

  private final Automaton v4;
  private final Automaton v6;
  private final Automaton literals;
  private final boolean small;

  private AddressReach(Automaton automaton, int fewLiterals, Work work) {
    v4 = automaton.intersection(FieldGrammar.IPV4, work);
    v6 = automaton.intersection(FieldGrammar.IPV6, work);
    literals = automaton.intersection(FieldGrammar.ADDRESS_LITERAL, work);
    small =
        isCountable(v4, work)
            && (isCountable(v6.folded(), work) || hasOnePrefix(v6.folded(), work))
            && hasFewLiterals(literals, fewLiterals, work);
  }

  static AddressReach of(Automaton automaton, int fewLiterals, Work work) {
    return new AddressReach(automaton, fewLiterals, work);
  }

  boolean isSmall() {
    return small;
  }

  boolean isEmpty() {
    return v4.isEmpty() && v6.isEmpty() && literals.isEmpty();
  }

  Automaton v4() {
    return v4;
  }

  Automaton v6() {
    return v6;
  }

  Automaton literals() {
    return literals;
  }

  /** Tells whether no more texts are accepted than a small network has addresses. */
  private static boolean isCountable(Automaton automaton, Work work) {
    if (automaton.isEmpty()) {
      return true;
    }
    StateSets states = new StateSets(automaton, work);
    return count(states, states.start(), new HashMap<>()) <= MAX_ADDRESSES;
  }

  /** The grammar of addresses has no loops, so this ends after as many characters as they have. */
  private static long count(StateSets states, int[] set, Map<Key, Long> known) {
    Key key = new Key(set);
    Long counted = known.get(key);
    if (counted != null) {
      return counted;
    }
    long count = states.accepts(set) ? 1 : 0;
    int c = states.nextCharacter(set, 0);
    while (c >= 0 && count <= MAX_ADDRESSES) {
      count += count(states, states.step(set, c), known);
      c = states.nextCharacter(set, c + 1);
    }
    known.put(key, count);
    return count;
  }

  private static boolean hasOnePrefix(Automaton v6, Work work) {
    StateSets states = new StateSets(v6, work);
    Texts groups = new Texts(states, ":");
    Set<String> prefixes = new HashSet<>();
    int[] spellings = {0};
    return groups.forEach(
        states.start(),
        (first, set) ->
            !first.isEmpty()
                && groups.forEach(
                    states.step(set, ':'),
                    (second, behind) -> {
                      prefixes.add(value(first) + ":" + value(second));
                      return prefixes.size() == 1 && ++spellings[0] <= MAX_SPELLINGS;
                    }));
  }

  private static int value(String group) {
    return group.isEmpty() ? 0 : Integer.parseInt(group, 16);
  }

  private static boolean hasFewLiterals(Automaton literals, int few, Work work) {
    if (literals.isEmpty()) {
      return true;
    }
    StateSets states = new StateSets(literals.folded().reversed(), work);
    Set<String> found = new HashSet<>();
    return new Texts(states, "[")
        .forEach(
            states.start(),
            (text, set) -> {
              found.add(text);
              return found.size() <= few;
            });
  }

  private static final class Key {
    private final int[] set;

    Key(int[] set) {
      this.set = set;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && java.util.Arrays.equals(set, key.set);
    }

    @Override
    public int hashCode() {
      return java.util.Arrays.hashCode(set);
    }
  }
}
