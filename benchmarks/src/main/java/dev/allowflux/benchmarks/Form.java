package dev.allowflux.benchmarks;

import java.util.List;

/**
 * How long everything is measured.
 *
 * @param name what the results call it
 * @param rounds how often everything is measured
 * @param seed of the order of the rounds
 * @param exported how many policies an export has
 * @param inFlight how many pages are in flight when answers are delayed, beginning with 1
 * @param longDelays how many delays of 300 ms each stream lasts
 * @param heapOfPeers whether to look for the smallest heap of the peers too
 */
record Form(
    String name,
    int rounds,
    long seed,
    int exported,
    List<Integer> inFlight,
    int longDelays,
    boolean heapOfPeers) {
  static Form quick() {
    return new Form("quick", 7, 1, 200_000, List.of(1, 8), 2, false);
  }

  static Form full() {
    return new Form("full", 11, 1, 1_000_000, List.of(1, 2, 4, 8), 20, true);
  }

  Form withRounds(int rounds) {
    return new Form(name, rounds, seed, exported, inFlight, longDelays, heapOfPeers);
  }

  Form withSeed(long seed) {
    return new Form(name, rounds, seed, exported, inFlight, longDelays, heapOfPeers);
  }
}
