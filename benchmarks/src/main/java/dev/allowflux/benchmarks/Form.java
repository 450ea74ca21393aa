package dev.allowflux.benchmarks;

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
record Form(
    String name,
    int rounds,
    long seed,
    int exported,
    List<Integer> inFlight,
    Set<String> leftOut,
    boolean heapOfPeers) {
  static Form quick() {
    return new Form("quick", 7, 1, 200_000, List.of(1, 8), Set.of("delay-20", "delay-300"), false);
  }

  static Form full() {
    return new Form("full", 11, 1, 1_000_000, List.of(1, 2, 4, 8), Set.of(), true);
  }

  Form withRounds(int rounds) {
    return new Form(name, rounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }

  Form withSeed(long seed) {
    return new Form(name, rounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }
}
