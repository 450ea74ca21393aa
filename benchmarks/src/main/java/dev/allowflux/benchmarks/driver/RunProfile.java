package dev.allowflux.benchmarks.driver;

import java.util.List;
import java.util.Set;

/**
 * How long everything is measured.
 *
 * @param name what the results call it
 * @param rounds how often everything is measured
 * @param seed of the order of the rounds
 * @param exported how many policies an export has
 * @param inFlight how many pages are in flight when answers are delayed, beginning with 1
 * @param leftOut suites that are measured only when they are asked for
 * @param heapOfPeers whether to look for the smallest heap of the peers too
 */
public record RunProfile(
    String name,
    int rounds,
    long seed,
    int exported,
    List<Integer> inFlight,
    Set<String> leftOut,
    boolean heapOfPeers) {
  public static RunProfile quick() {
    return new RunProfile(
        "quick", 7, 1, 200_000, List.of(1, 8), Set.of("delay-20", "delay-300"), false);
  }

  public static RunProfile full() {
    return new RunProfile("full", 11, 1, 1_000_000, List.of(1, 2, 4, 8), Set.of(), true);
  }

  public RunProfile withRounds(int rounds) {
    return new RunProfile(name, rounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }

  public RunProfile withSeed(long seed) {
    return new RunProfile(name, rounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }
}
