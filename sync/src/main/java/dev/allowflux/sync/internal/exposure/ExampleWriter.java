package dev.allowflux.sync.internal.exposure;

import dev.allowflux.sync.internal.exposure.regex.CodePoints;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Writes texts that an automaton accepts, such as a person would take for addresses. */
final class ExampleWriter {
  private static final int ATTEMPTS = 60;
  private static final int LONGEST = 120;
  private static final int FEW_DOTS = 2;
  private static final String CONSONANTS = "bdfghklmnprstvz";
  private static final String VOWELS = "aeiou";

  /** Tried first: they show best what an expression lets in. */
  private static final List<String> CANDIDATES =
      List.of(
          "billing@vorlanti-trade.com",
          "no-reply@secure-kq3v9xw7.net",
          "invoice@mail.brenkova.org",
          "office@tarnwick.gov",
          "support@login-zj8w2tqx.ru",
          "post@delmarsky.de",
          "service@paket-wx7zt4qk.top",
          "smtp.vorlanti-trade.com",
          "post@[91.203.14.250]",
          "91.203.14.250",
          "2a02:6b8:9c1::4f");

  private final Automaton automaton;
  private final Work work;
  private final int[] distances;

  private ExampleWriter(Automaton automaton, Work work) {
    this.automaton = automaton;
    this.work = work;
    distances = distances();
  }

  /**
   * Returns up to {@code count} accepted texts that pass the filter.
   *
   * @param automaton a trimmed automaton
   */
  static List<String> write(Automaton automaton, int count, Predicate<String> filter, Work work) {
    List<String> examples = new ArrayList<>();
    if (automaton.isEmpty()) {
      return examples;
    }
    StateSets states = new StateSets(automaton, work);
    for (String candidate : CANDIDATES) {
      if (examples.size() < count && states.accepts(candidate) && filter.test(candidate)) {
        examples.add(candidate);
      }
    }
    if (examples.size() == count) {
      return examples;
    }
    ExampleWriter writer = new ExampleWriter(automaton, work);
    for (int i = 0; i < ATTEMPTS && examples.size() < count; i++) {
      String text = writer.walk(new Random(i));
      if (text != null && !examples.contains(text) && filter.test(text)) {
        examples.add(text);
      }
    }
    return examples;
  }

  /** Goes on in letters for a syllable or three, then takes the shortest way to the next dot. */
  private @Nullable String walk(Random random) {
    StringBuilder text = new StringBuilder();
    int state = automaton.starts()[random.nextInt(automaton.starts().length)];
    int letters = letters(random);
    int dots = 0;
    while (text.length() < LONGEST) {
      List<Integer> moves = moves(state);
      String preferred = text.length() % 2 == 0 ? CONSONANTS : VOWELS;
      char letter = preferred.charAt(random.nextInt(preferred.length()));
      List<Integer> fitting = letters > 0 ? withLetter(moves, letter) : List.of();
      if (fitting.isEmpty() && distances[state] == 0) {
        return text.toString();
      }
      int move =
          fitting.isEmpty() ? nearest(moves, random) : fitting.get(random.nextInt(fitting.size()));
      int c = character(move, letter, (char) ('1' + random.nextInt(9)));
      text.appendCodePoint(c);
      dots += c == '.' ? 1 : 0;
      letters = c == '.' || c == '@' ? letters(random) : letters - 1;
      letters = dots > FEW_DOTS ? 0 : letters;
      state = automaton.target(move);
    }
    return null;
  }

  /** Tells whether the text occurs in one of those that are tried first. */
  static boolean hasCandidateWith(String text) {
    for (String candidate : CANDIDATES) {
      if (candidate.contains(text)) {
        return true;
      }
    }
    return false;
  }

  private static int letters(Random random) {
    return 4 + random.nextInt(4);
  }

  private List<Integer> withLetter(List<Integer> moves, char letter) {
    List<Integer> fitting = new ArrayList<>();
    for (int move : moves) {
      CodePoints label = automaton.label(move);
      // Not into a forced spelling that only happens to begin with this letter.
      if (label != null && label.contains(letter) && label.ceiling(letter + 1) >= 0) {
        fitting.add(move);
      }
    }
    return fitting;
  }

  private int nearest(List<Integer> moves, Random random) {
    int least = Integer.MAX_VALUE;
    List<Integer> best = new ArrayList<>();
    for (int move : moves) {
      int distance = distances[automaton.target(move)];
      if (distance < least) {
        best.clear();
        least = distance;
      }
      if (distance == least) {
        best.add(move);
      }
    }
    return best.get(random.nextInt(best.size()));
  }

  private int character(int move, char letter, char digit) {
    CodePoints label = automaton.label(move);
    if (label == null) {
      throw new IllegalStateException("a move takes a character");
    }
    if (label.contains(letter)) {
      return letter;
    }
    int c = label.ceiling('a');
    if (c >= 0 && c <= 'z') {
      return c;
    }
    if (label.contains(digit)) {
      return digit;
    }
    c = label.ceiling('0');
    return c >= 0 && c < 128 ? c : label.ceiling(0);
  }

  /** The transitions with a character that can be taken next. */
  private List<Integer> moves(int state) {
    List<Integer> moves = new ArrayList<>();
    List<Integer> reached = new ArrayList<>(List.of(state));
    boolean[] seen = new boolean[automaton.states()];
    seen[state] = true;
    for (int i = 0; i < reached.size(); i++) {
      int from = reached.get(i);
      for (int t = automaton.firstTransition(from); t < automaton.endTransition(from); t++) {
        work.steps(1);
        if (automaton.label(t) != null) {
          moves.add(t);
        } else if (!seen[automaton.target(t)]) {
          seen[automaton.target(t)] = true;
          reached.add(automaton.target(t));
        }
      }
    }
    return moves;
  }

  /** How many characters each state is away from an end. */
  private int[] distances() {
    Automaton backward = automaton.reversed();
    int[] result = new int[automaton.states()];
    Arrays.fill(result, Integer.MAX_VALUE);
    Deque<Integer> queue = new ArrayDeque<>();
    for (int end : backward.starts()) {
      result[end] = 0;
      queue.add(end);
    }
    while (!queue.isEmpty()) {
      int state = queue.poll();
      int end = backward.endTransition(state);
      work.steps(1 + end - backward.firstTransition(state));
      for (int t = backward.firstTransition(state); t < end; t++) {
        int next = backward.target(t);
        int distance = result[state] + (backward.label(t) == null ? 0 : 1);
        if (distance < result[next]) {
          result[next] = distance;
          if (backward.label(t) == null) {
            queue.addFirst(next);
          } else {
            queue.addLast(next);
          }
        }
      }
    }
    return result;
  }
}
