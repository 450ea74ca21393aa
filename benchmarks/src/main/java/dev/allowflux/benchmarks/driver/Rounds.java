package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.report.Sample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Measures everything once a round, each round in another order. */
public final class Rounds {
  private final int rounds;
  private final Random random;

  public Rounds(int rounds, long seed) {
    this.rounds = rounds;
    this.random = new Random(seed);
  }

  /** Measures a subject once. */
  public interface Trial {
    Sample run() throws IOException;
  }

  public int count() {
    return rounds;
  }

  public Map<String, List<Sample>> measure(Map<String, ? extends Trial> trials) throws IOException {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    trials.keySet().forEach(name -> samples.put(name, new ArrayList<>()));
    List<String> order = new ArrayList<>(trials.keySet());
    for (int round = 1; round <= rounds; round++) {
      Collections.shuffle(order, random);
      for (String name : order) {
        Trial trial = trials.get(name);
        List<Sample> taken = samples.get(name);
        if (trial != null && taken != null) {
          taken.add(trial.run());
        }
      }
      System.err.print(round == rounds ? ". done\n" : ".");
    }
    return samples;
  }
}
