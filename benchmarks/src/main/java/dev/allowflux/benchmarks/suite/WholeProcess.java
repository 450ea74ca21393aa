package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.Command;
import dev.allowflux.benchmarks.driver.Rounds;
import dev.allowflux.benchmarks.driver.RunProfile;
import dev.allowflux.benchmarks.peer.Jackson3Json;
import dev.allowflux.benchmarks.report.Subjects;
import dev.allowflux.benchmarks.report.Suite;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The command line as a person starts it, launcher and start of the JVM included. */
public final class WholeProcess {

  private static final int SHORT_COMMAND_POLICIES = 1000;

  /** After some thousand pages the server's compiler, which shares its core, is done. */
  private static final int WARM_UPS = 4;

  private final RunProfile form;
  private final Path root;
  private final Path work;

  /**
   * Uses the launcher of the project.
   *
   * @param root the project's directory
   */
  public WholeProcess(RunProfile form, Path root) {
    this.form = form;
    this.root = root.toAbsolutePath();
    this.work = this.root.resolve("benchmarks/target/whole-process");
  }

  /** Exports every policy, ours and the official client in turns, and compares what they wrote. */
  public Suite export() throws IOException {
    Files.createDirectories(work);
    Path script = TypeScriptExport.install(root, work);
    Path ours = work.resolve("allowflux.ndjson");
    Path theirs = work.resolve("typescript.ndjson");
    try (Simulation api = Simulation.start(root, form.exported())) {
      Command own =
          new Command(
              List.of(
                  root.resolve("allowflux").toString(),
                  "export",
                  "--rate-limit",
                  "off",
                  "--output",
                  ours.toString()),
              api.environment());
      Command typescript =
          new Command(List.of("node", script.toString(), theirs.toString()), api.environment());
      for (int i = 0; i < WARM_UPS; i++) {
        own.run();
      }
      typescript.run();
      ExportContent.checkSame(ours, theirs, form.exported());
      Map<String, Rounds.Trial> trials = new LinkedHashMap<>();
      trials.put(Subjects.EXPORT, own);
      trials.put(Subjects.EXPORT_AGAIN, own);
      trials.put(Subjects.TYPESCRIPT, typescript);
      System.err.print("export, " + form.rounds() + " rounds ");
      return new Suite(
          "export",
          "Export " + form.exported() + " policies to a file, whole process",
          "export",
          "peak resident",
          Subjects.EXPORT,
          Subjects.EXPORT_AGAIN,
          new Rounds(form.rounds(), form.seed()).measure(trials));
    } finally {
      Files.deleteIfExists(ours);
      Files.deleteIfExists(theirs);
    }
  }

  /** One short command, against the least that a program on the JVM takes. */
  public Suite get() throws IOException {
    try (Simulation api = Simulation.start(root, SHORT_COMMAND_POLICIES)) {
      Path listed = work.resolve("first.ndjson");
      Files.createDirectories(work);
      new Command(
              List.of(
                  root.resolve("allowflux").toString(), "export", "--output", listed.toString()),
              api.environment())
          .run();
      String id;
      try (BufferedReader lines = Files.newBufferedReader(listed)) {
        id = new Jackson3Json().readLine(String.valueOf(lines.readLine())).id();
      }
      Command get =
          new Command(List.of(root.resolve("allowflux").toString(), "get", id), api.environment());
      Command version =
          new Command(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version"),
              Map.of());
      get.run();
      version.run();
      Map<String, Rounds.Trial> trials = new LinkedHashMap<>();
      trials.put(Subjects.GET, get);
      trials.put(Subjects.JAVA_VERSION, version);
      trials.put(Subjects.JAVA_VERSION_AGAIN, version);
      System.err.print("get, " + form.rounds() + " rounds ");
      return new Suite(
          "get",
          "Fetch one policy, whole process",
          "command",
          "peak resident",
          Subjects.JAVA_VERSION,
          Subjects.JAVA_VERSION_AGAIN,
          new Rounds(form.rounds(), form.seed()).measure(trials));
    }
  }
}
