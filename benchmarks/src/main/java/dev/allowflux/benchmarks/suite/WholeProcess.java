package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.Command;
import dev.allowflux.benchmarks.driver.Rounds;
import dev.allowflux.benchmarks.driver.RunProfile;
import dev.allowflux.benchmarks.driver.WorkerChannel;
import dev.allowflux.benchmarks.peer.Jackson3Json;
import dev.allowflux.benchmarks.report.Subjects;
import dev.allowflux.benchmarks.report.Suite;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line as a person starts it, launcher and start of the JVM included. */
public final class WholeProcess {

  private static final Pattern EXPORTED = Pattern.compile("export (\\w+)=(\\S+)");
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

  /** A simulator that was started by the command line, and what its clients need to know. */
  private static final class Simulation implements AutoCloseable {
    private final Process process;
    private final Map<String, String> environment = new LinkedHashMap<>();

    Simulation(Path root, int policies) throws IOException {
      List<String> command = new ArrayList<>(WorkerChannel.pinned());
      command.addAll(
          List.of(
              root.resolve("allowflux").toString(),
              "simulate",
              "--policies",
              Integer.toString(policies),
              "--rate-limit",
              "off"));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().putAll(java());
      process = builder.start();
      BufferedReader lines = process.inputReader();
      environment.putAll(java());
      while (!environment.containsKey("CLOUDFLARE_API_TOKEN")) {
        String line = lines.readLine();
        if (line == null) {
          throw new IOException("the simulator ended before its time");
        }
        Matcher exported = EXPORTED.matcher(line);
        if (exported.matches()) {
          environment.put(exported.group(1), exported.group(2));
        }
      }
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  /** Makes the launcher use this JVM. */
  private static Map<String, String> java() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }

  /** Exports every policy, ours and the official client in turns, and compares what they wrote. */
  public Suite export() throws IOException {
    Path script = preparedScript();
    Path ours = work.resolve("allowflux.ndjson");
    Path theirs = work.resolve("typescript.ndjson");
    try (Simulation api = new Simulation(root, form.exported())) {
      Command own =
          new Command(
              List.of(
                  root.resolve("allowflux").toString(),
                  "export",
                  "--rate-limit",
                  "off",
                  "--output",
                  ours.toString()),
              api.environment);
      Command typescript =
          new Command(List.of("node", script.toString(), theirs.toString()), api.environment);
      for (int i = 0; i < WARM_UPS; i++) {
        own.run();
      }
      typescript.run();
      checkSame(ours, theirs);
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
    try (Simulation api = new Simulation(root, SHORT_COMMAND_POLICIES)) {
      Path listed = work.resolve("first.ndjson");
      Files.createDirectories(work);
      new Command(
              List.of(
                  root.resolve("allowflux").toString(), "export", "--output", listed.toString()),
              api.environment)
          .run();
      String id;
      try (BufferedReader lines = Files.newBufferedReader(listed)) {
        id = new Jackson3Json().readLine(String.valueOf(lines.readLine())).id();
      }
      Command get =
          new Command(List.of(root.resolve("allowflux").toString(), "get", id), api.environment);
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

  /** The official client is installed when it is needed, and never kept with the sources. */
  private Path preparedScript() throws IOException {
    Files.createDirectories(work);
    for (String file : List.of("package.json", "export.mjs")) {
      Files.copy(
          root.resolve("benchmarks/typescript").resolve(file),
          work.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.isDirectory(work.resolve("node_modules/cloudflare"))) {
      new Command(
              List.of(
                  "npm",
                  "install",
                  "--prefix",
                  work.toString(),
                  "--no-audit",
                  "--no-fund",
                  "--no-package-lock"),
              Map.of())
          .run();
    }
    return work.resolve("export.mjs");
  }

  private void checkSame(Path ours, Path theirs) throws IOException {
    Content own = Content.of(ours);
    Content other = Content.of(theirs);
    if (own.lines != form.exported() || !own.equals(other)) {
      throw new IOException("the exports differ: " + own + " and " + other);
    }
  }

  /**
   * What a file holds, whatever the order and the form of its times.
   *
   * @param sum of the hash codes of its policies
   */
  private record Content(long lines, long sum) {
    static Content of(Path file) throws IOException {
      Jackson3Json json = new Jackson3Json();
      long lines = 0;
      long sum = 0;
      try (BufferedReader reader = Files.newBufferedReader(file)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines++;
          sum += json.readLine(line).hashCode();
        }
      }
      return new Content(lines, sum);
    }
  }
}
