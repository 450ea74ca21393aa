package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.Command;
import dev.allowflux.benchmarks.driver.Rounds;
import dev.allowflux.benchmarks.driver.RunProfile;
import dev.allowflux.benchmarks.report.Subjects;
import dev.allowflux.benchmarks.report.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A complete traversal under delay: an export as a process, beside the fast one, one page at a time
 * and the official client. While others change the account, only complete ones are compared.
 */
public final class DelayedExport {

  private static final int POLICIES = 300_000;
  private static final List<Integer> DELAYS = List.of(0, 20, 100, 300);
  private static final List<Double> DELETES_PER_SECOND = List.of(0.0, 0.1, 1.0);
  private static final int WARM_UPS = 2;

  private final RunProfile form;
  private final Path root;
  private final Path work;

  /**
   * Uses the launcher of the project.
   *
   * @param root the project's directory
   */
  public DelayedExport(RunProfile form, Path root) {
    this.form = form;
    this.root = root.toAbsolutePath();
    this.work = this.root.resolve("benchmarks/target/whole-process");
  }

  /** The suites by their names, in order. */
  public Map<String, Measurements.Step> steps() {
    Map<String, Measurements.Step> steps = new LinkedHashMap<>();
    for (double deletes : DELETES_PER_SECOND) {
      for (int millis : DELAYS) {
        steps.put(name(millis, deletes), () -> export(millis, deletes));
      }
    }
    return steps;
  }

  private static String name(int millis, double deletes) {
    return "complete-" + millis + "ms" + (deletes == 0 ? "" : "-" + number(deletes));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private Suite export(int millis, double deletes) throws IOException {
    Path ours = work.resolve("allowflux.ndjson");
    Path theirs = work.resolve("typescript.ndjson");
    Files.createDirectories(work);
    String rate = number(deletes);
    try (Simulation api =
        Simulation.start(
            root, POLICIES, "--latency", millis + "ms", "--churn", rate + "," + rate)) {
      Command complete = export(ours, api);
      Map<String, Rounds.Trial> trials = new LinkedHashMap<>();
      trials.put(Subjects.EXPORT, complete);
      trials.put(Subjects.EXPORT_AGAIN, complete);
      trials.put(Subjects.ONE_BY_ONE, export(ours, api, "--read-ahead", "1"));
      for (int i = 0; i < WARM_UPS; i++) {
        complete.run();
      }
      if (deletes == 0) {
        trials.put(
            Subjects.EXPORT_FAST, export(ours, api, "--traversal", "fast", "--read-ahead", "8"));
        Command typescript =
            new Command(
                List.of("node", TypeScriptExport.install(root, work).toString(), theirs.toString()),
                api.environment());
        trials.put(Subjects.TYPESCRIPT, typescript);
      }
      System.err.print(name(millis, deletes) + ", " + form.delayedRounds() + " rounds ");
      Suite suite =
          new Suite(
              name(millis, deletes),
              String.format(
                  Locale.ROOT,
                  "Export %,d policies behind %d ms a page, %s",
                  POLICIES,
                  millis,
                  deletes == 0
                      ? "quiet account"
                      : "while others add and delete " + rate + " policies a second"),
              "export",
              "peak resident",
              Subjects.EXPORT,
              Subjects.EXPORT_AGAIN,
              new Rounds(form.delayedRounds(), form.seed()).measure(trials));
      if (deletes == 0) {
        ExportContent.checkSame(ours, theirs, POLICIES);
      }
      return suite;
    } finally {
      Files.deleteIfExists(ours);
      Files.deleteIfExists(theirs);
    }
  }

  private Command export(Path file, Simulation api, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                root.resolve("allowflux").toString(),
                "export",
                "--rate-limit",
                "off",
                "--no-resume",
                "--output",
                file.toString()));
    command.addAll(List.of(options));
    return new Command(command, api.environment());
  }
}
