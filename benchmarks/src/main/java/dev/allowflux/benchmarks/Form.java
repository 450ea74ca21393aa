package dev.allowflux.benchmarks;

/**
 * How long everything is measured.
 *
 * @param name what the results call it
 * @param rounds how often everything is measured
 * @param seed of the order of the rounds
 * @param exported how many policies an export has
 * @param longDelays how many delays of 300 ms each stream lasts
 */
record Form(String name, int rounds, long seed, int exported, int longDelays) {
  static Form quick() {
    return new Form("quick", 7, 1, 200_000, 4);
  }

  static Form full() {
    return new Form("full", 11, 1, 1_000_000, 20);
  }

  Form withRounds(int rounds) {
    return new Form(name, rounds, seed, exported, longDelays);
  }

  Form withSeed(long seed) {
    return new Form(name, rounds, seed, exported, longDelays);
  }
}
