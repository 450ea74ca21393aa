package dev.allowflux.sync.internal.exposure;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The domains that an automaton accepts, as names or in addresses, down to what can be registered.
 *
 * <p>Names are read from their ends. A public suffix can have any label in front of it, so each
 * label there is a different domain, and more than the limit of them, or infinitely many, end the
 * search: the way there is as long as the names are, never as long as there are names.
 */
final class DomainReach {
  private final int limit;
  private final PublicSuffixList suffixList = PublicSuffixList.get();
  private final Automaton accepted;
  private final StateSets states;
  private final Texts labels;
  private final Set<String> registrable = new TreeSet<>();
  private final Set<String> publicSuffixes = new TreeSet<>();
  private boolean small = true;

  private DomainReach(Automaton accepted, int limit, Work work) {
    this.accepted = accepted;
    this.limit = limit;
    states = new StateSets(accepted.folded().reversed(), work);
    labels = new Texts(states, ".@");
  }

  /**
   * Finds the domains that the automaton accepts.
   *
   * @param limit how many domains still are few
   */
  static DomainReach of(Automaton automaton, int limit, Work work) {
    DomainReach reach =
        new DomainReach(automaton.intersection(FieldGrammar.DOMAIN, work), limit, work);
    int[] end = reach.states.start();
    reach.exploreLabels(end, "");
    reach.exploreLabels(reach.states.step(end, '.'), "");
    reach.addBareSuffixes(automaton.intersection(FieldGrammar.BARE_NAME, work), work);
    return reach;
  }

  /** Whether there are no more domains than the limit. */
  boolean isSmall() {
    return small;
  }

  /** The registrable domains that were found: all of them if they are few. */
  Set<String> registrable() {
    return registrable;
  }

  /** The public suffixes that are themselves accepted. */
  Set<String> publicSuffixes() {
    return publicSuffixes;
  }

  /** The automaton of what was accepted and is an address or a name, in its own spelling. */
  Automaton accepted() {
    return accepted;
  }

  boolean isEmpty() {
    return registrable.isEmpty() && publicSuffixes.isEmpty();
  }

  /** Tells whether a host of exactly this name is accepted. */
  boolean hasHost(String name) {
    return endsOf(name).stream().anyMatch(states::accepts);
  }

  /** Tells whether a name under this one is accepted. */
  boolean hasSubdomain(String name) {
    return endsOf(name).stream().anyMatch(set -> states.step(set, '.').length > 0);
  }

  /** Tells whether more than {@code few} addresses at exactly this name are accepted. */
  boolean hasManyAddresses(String name, int few) {
    return endsOf(name).stream().anyMatch(end -> hasMany(states, states.step(end, '@'), few));
  }

  /** Tells whether more than {@code few} texts lead from the states to the end. */
  private static boolean hasMany(StateSets states, int[] from, int few) {
    int[] count = {0};
    return from.length > 0
        && !new Texts(states, "").forEach(from, (text, set) -> ++count[0] <= few);
  }

  /** Tells whether the name is accepted in this spelling, in whatever way. */
  boolean spells(String name) {
    return !endsOf(name).isEmpty();
  }

  private List<int[]> endsOf(String name) {
    String reversed = new StringBuilder(name).reverse().toString();
    List<int[]> ends = new ArrayList<>();
    int[] start = states.start();
    for (int[] end : new int[][] {start, states.step(start, '.')}) {
      int[] set = states.step(end, reversed);
      if (set.length > 0) {
        ends.add(set);
      }
    }
    return ends;
  }

  private void exploreLabels(int[] from, String path) {
    if (from.length == 0 || !small) {
      return;
    }
    List<String> found = new ArrayList<>();
    List<int[]> behind = new ArrayList<>();
    boolean all =
        labels.forEach(
            from,
            (text, set) -> {
              found.add(new StringBuilder(text).reverse().toString());
              behind.add(set);
              return found.size() <= limit;
            });
    for (int i = 0; i < found.size() && small; i++) {
      exploreName(behind.get(i), DomainNames.toAscii(found.get(i)), path);
    }
    small &= all;
  }

  private void exploreName(int[] set, String label, String path) {
    String name = path.isEmpty() ? label : label + '.' + path;
    String domain = suffixList.registrable(name);
    int[] left = states.step(set, '.');
    if (domain != null && left.length > 0) {
      add(registrable, domain);
    }
    if (states.accepts(set) || states.step(set, '@').length > 0) {
      add(domain == null ? publicSuffixes : registrable, domain == null ? name : domain);
    }
    if (left.length == 0 || !small) {
      return;
    }
    Set<String> under = domain == null ? Set.of("*") : suffixList.labelsUnder(name);
    if (under.contains("*")) {
      exploreLabels(left, name);
      return;
    }
    for (String next : under) {
      exploreSpelling(left, next, next, name);
      String unicode = next.startsWith("xn--") ? IDN.toUnicode(next) : next;
      if (!unicode.equals(next)) {
        exploreSpelling(left, unicode, next, name);
      }
    }
  }

  private void exploreSpelling(int[] from, String spelling, String label, String path) {
    int[] set = states.step(from, new StringBuilder(spelling).reverse());
    if (set.length > 0 && small) {
      exploreName(set, label, path);
    }
  }

  private void add(Set<String> names, String name) {
    names.add(name);
    small &= registrable.size() + publicSuffixes.size() <= limit;
  }

  /**
   * A name without a dot is nobody's domain unless it is a top-level domain. A few addresses at one
   * are what {@code boats.com} without its backslash matches: {@code boats@com}.
   */
  private void addBareSuffixes(Automaton bare, Work work) {
    if (bare.isEmpty() || !small) {
      return;
    }
    StateSets bareStates = new StateSets(bare.folded().reversed(), work);
    int[] end = bareStates.start();
    List<String> spellings = suffixList.reversedTopLevels();
    addBareSuffixes(bareStates, end, spellings, 0);
    addBareSuffixes(bareStates, bareStates.step(end, '.'), spellings, 0);
  }

  /** Follows sorted spellings that agree in the first {@code depth} characters. */
  private void addBareSuffixes(StateSets bare, int[] set, List<String> spellings, int depth) {
    int from = 0;
    while (from < spellings.size() && set.length > 0) {
      String spelling = spellings.get(from);
      if (spelling.length() == depth) {
        if (bare.accepts(set) || hasMany(bare, bare.step(set, '@'), limit)) {
          publicSuffixes.add(new StringBuilder(spelling).reverse().toString());
        }
        from++;
        continue;
      }
      char next = spelling.charAt(depth);
      int to = from + 1;
      while (to < spellings.size() && spellings.get(to).charAt(depth) == next) {
        to++;
      }
      addBareSuffixes(bare, bare.step(set, next), spellings.subList(from, to), depth + 1);
      from = to;
    }
  }
}
