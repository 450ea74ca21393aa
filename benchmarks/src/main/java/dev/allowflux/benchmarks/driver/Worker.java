package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.report.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A JVM that runs one JMH benchmark again and again, whenever the driver says so.
 *
 * <p>JMH runs benchmarks one after the other, each with all of its iterations, so that a machine
 * whose speed changes within the minute favours one of them; and a fork for each short round would
 * spend most of the time on starting and warming up. This JVM is what JMH would fork, kept alive:
 * it never sees another benchmark, so no other benchmark's types are in its profile, and it stays
 * warm between rounds.
 */
public final class Worker {
  private Worker() {}

  /**
   * Reads a line for each run from standard input: how many iterations to warm up and to measure,
   * and how many milliseconds each lasts. Answers each with a {@link Sample}. Ends with its input.
   *
   * @param args the full name of the benchmark's method
   */
  public static void main(String[] args) throws IOException, RunnerException {
    PrintStream answers = System.out;
    System.setOut(System.err);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      answers.println(run(args[0], Order.parse(line)).line());
    }
  }

  private static Sample run(String benchmark, Order order) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + Pattern.quote(benchmark) + "$")
                    .forks(0)
                    .warmupIterations(order.warmups())
                    .warmupTime(TimeValue.milliseconds(order.millis()))
                    .measurementIterations(order.iterations())
                    .measurementTime(TimeValue.milliseconds(order.millis()))
                    .addProfiler(GCProfiler.class)
                    .addProfiler(CpuProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    if (results.size() != 1) {
      throw new IllegalArgumentException(results.size() + " benchmarks are called " + benchmark);
    }
    RunResult result = results.iterator().next();
    return new Sample(
        time(result),
        secondary(result, "gc.alloc.rate.norm"),
        secondary(result, CpuProfiler.RESULT));
  }

  /** The mean of all calls, or their median where each is timed by itself. */
  private static double time(RunResult result) {
    return result.getParams().getMode() == Mode.SampleTime
        ? result.getPrimaryResult().getStatistics().getPercentile(50)
        : result.getPrimaryResult().getScore();
  }

  private static double secondary(RunResult result, String name) {
    var found = result.getSecondaryResults().get(name);
    if (found == null) {
      throw new IllegalStateException("the profiler did not say " + name);
    }
    return found.getScore();
  }

  /** One run: a number of iterations of so many milliseconds each; zero, of a single operation. */
  public record Order(int warmups, int iterations, int millis) {
    String line() {
      return warmups + " " + iterations + " " + millis;
    }

    static Order parse(String line) {
      String[] parts = line.split(" ", -1);
      return new Order(
          Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }
  }
}
