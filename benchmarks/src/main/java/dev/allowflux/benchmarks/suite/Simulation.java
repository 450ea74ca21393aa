package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.WorkerChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A simulator that was started by the command line, and what its clients need to know. */
final class Simulation implements AutoCloseable {
  private static final Pattern EXPORTED = Pattern.compile("export (\\w+)=(\\S+)");

  private final Process process;
  private final Map<String, String> environment = new LinkedHashMap<>(java());

  private Simulation(Process process) {
    this.process = process;
  }

  /**
   * Starts it without a quota.
   *
   * @param root the project's directory
   * @param policies how many there are
   * @param options more options of {@code simulate}
   */
  static Simulation start(Path root, int policies, String... options) throws IOException {
    List<String> command = new ArrayList<>(WorkerChannel.pinned());
    command.addAll(
        List.of(
            root.resolve("allowflux").toString(),
            "simulate",
            "--policies",
            Integer.toString(policies),
            "--rate-limit",
            "off"));
    command.addAll(List.of(options));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(java());
    Simulation simulation = new Simulation(builder.start());
    simulation.awaitStart();
    return simulation;
  }

  private void awaitStart() throws IOException {
    BufferedReader lines = process.inputReader();
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

  /** The environment of a client. */
  Map<String, String> environment() {
    return environment;
  }

  /** Makes the launcher use this JVM. */
  private static Map<String, String> java() {
    return Map.of("JAVA_HOME", System.getProperty("java.home"));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
