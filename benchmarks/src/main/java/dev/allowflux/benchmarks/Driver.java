package dev.allowflux.benchmarks;

import dev.allowflux.benchmarks.driver.Environment;
import dev.allowflux.benchmarks.driver.RunProfile;
import dev.allowflux.benchmarks.report.Goals;
import dev.allowflux.benchmarks.report.Report;
import dev.allowflux.benchmarks.report.Suite;
import dev.allowflux.benchmarks.suite.DelayedExport;
import dev.allowflux.benchmarks.suite.Measurements;
import dev.allowflux.benchmarks.suite.WholeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Measures everything, one thing at a time, and writes down what came out. */
final class Driver {
  private static final String USAGE =
      """
      usage: benchmarks/run [--full] [--rounds N] [--seed N] [--only SUITE,...] [--output DIR]
        --full          more rounds, every suite, and a million policies instead of 200,000
        --rounds N      how often everything is measured; quick: 7, full: 11, exports behind a
                        delay: 2 and 3
        --seed N        of the order within the rounds; default: 1
        --only SUITE    these suites only:
                        %s
        --output DIR    where the results go; default: benchmarks/results
      """;

  private Driver() {}

  /**
   * Runs the suites from the project's directory.
   *
   * @param args the options
   */
  public static void main(String[] args) throws IOException {
    List<String> options = List.of(args);
    RunProfile form = options.contains("--full") ? RunProfile.full() : RunProfile.quick();
    Path root = Path.of("");
    Path output = root.resolve("benchmarks").resolve("results");
    Set<String> known = new TreeSet<>(steps(form, root).keySet());
    Set<String> only = new TreeSet<>(known);
    only.removeAll(form.leftOut());
    if (options.contains("--help")) {
      System.out.printf(USAGE, String.join(", ", known));
      return;
    }
    try {
      for (int i = 0; i < args.length; i++) {
        switch (args[i]) {
          case "--full" -> {
            // It was looked for before the others, which change what it sets.
          }
          case "--rounds" -> form = form.withRounds(Integer.parseInt(args[++i]));
          case "--seed" -> form = form.withSeed(Long.parseLong(args[++i]));
          case "--only" -> only = chosen(args[++i], known);
          case "--output" -> output = Path.of(args[++i]);
          default -> throw new IllegalArgumentException("unknown option " + args[i]);
        }
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      refuse("an option lacks its value, or has one that is no number", known);
    } catch (IllegalArgumentException e) {
      refuse(String.valueOf(e.getMessage()), known);
    }
    measure(form, root, output, only);
  }

  private static void refuse(String why, Set<String> known) {
    System.err.println(why);
    System.err.printf(USAGE, String.join(", ", known));
    System.exit(2);
  }

  private static Set<String> chosen(String list, Set<String> known) {
    Set<String> chosen = Set.of(list.split(",", -1));
    if (!known.containsAll(chosen)) {
      throw new IllegalArgumentException("unknown suite in " + list);
    }
    return chosen;
  }

  private static Map<String, Measurements.Step> steps(RunProfile form, Path root) {
    WholeProcess whole = new WholeProcess(form, root);
    Map<String, Measurements.Step> steps = new LinkedHashMap<>(new Measurements(form).steps());
    steps.put("export", whole::export);
    steps.put("get", whole::get);
    steps.putAll(new DelayedExport(form, root).steps());
    return steps;
  }

  private static void measure(RunProfile form, Path root, Path output, Set<String> only)
      throws IOException {
    long start = System.nanoTime();
    Map<String, Suite> suites = new LinkedHashMap<>();
    List<String> failures = new ArrayList<>();
    for (Map.Entry<String, Measurements.Step> step : steps(form, root).entrySet()) {
      if (only.contains(step.getKey())) {
        long began = System.nanoTime();
        try {
          suites.put(step.getKey(), step.getValue().run());
          System.err.printf(
              "%s: %d s%n", step.getKey(), Duration.ofNanos(System.nanoTime() - began).toSeconds());
        } catch (IOException e) {
          // What was measured before must not be lost because npm or node is missing.
          System.err.println(step.getKey() + " failed: " + e.getMessage());
          failures.add(step.getKey());
        }
      }
    }
    Map<String, String> environment = new LinkedHashMap<>(Environment.describe());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    environment.put("the run took", took.toMinutes() + " min " + took.toSecondsPart() + " s");
    Report report =
        new Report(
            form.name(),
            form.rounds(),
            form.seed(),
            environment,
            List.copyOf(suites.values()),
            Goals.of(suites, form.exported()));
    report.writeTo(output);
    String text = report.markdown();
    System.out.println(text.substring(text.indexOf("## Goals")));
    if (!failures.isEmpty()) {
      System.err.println("not measured: " + String.join(", ", failures));
      System.exit(1);
    }
  }
}
