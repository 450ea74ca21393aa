package dev.allowflux.benchmarks.driver;

import java.util.List;
import java.util.Set;

/**
 * How long everything is measured.
 *
 * @param name what the results call it
 * @param rounds how often everything is measured
 * @param delayedRounds how often exports behind a delay are measured, which take up to minutes
 * @param seed of the order of the rounds
 * @param exported how many policies an export has
 * @param inFlight how many pages are in flight when answers are delayed, beginning with 1
 * @param leftOut suites that are measured only when they are asked for
 * @param heapOfPeers whether to look for the smallest heap of the peers too
 */
public record RunProfile(
    String name,
    int rounds,
    int delayedRounds,
    long seed,
    int exported,
    List<Integer> inFlight,
    Set<String> leftOut,
    boolean heapOfPeers) {
  private static final Set<String> QUICK_WITHOUT =
      Set.of(
          "delay-20",
          "delay-300",
          "complete-0ms",
          "complete-20ms",
          "complete-300ms",
          "complete-0ms-0.1",
          "complete-20ms-0.1",
          "complete-100ms-0.1",
          "complete-300ms-0.1",
          "complete-0ms-1",
          "complete-20ms-1",
          "complete-100ms-1",
          "complete-300ms-1");

  public static RunProfile quick() {
    return new RunProfile("quick", 7, 2, 1, 200_000, List.of(1, 8), QUICK_WITHOUT, false);
  }

  public static RunProfile full() {
    return new RunProfile("full", 11, 3, 1, 1_000_000, List.of(1, 2, 4, 8), Set.of(), true);
  }

  public RunProfile withRounds(int rounds) {
    return new RunProfile(name, rounds, rounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }

  public RunProfile withSeed(long seed) {
    return new RunProfile(
        name, rounds, delayedRounds, seed, exported, inFlight, leftOut, heapOfPeers);
  }
}
