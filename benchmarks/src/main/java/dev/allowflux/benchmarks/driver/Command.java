package dev.allowflux.benchmarks.driver;

import dev.allowflux.benchmarks.report.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program that is run from its start to its end. Its output is thrown away. */
public final class Command implements Rounds.Trial {
  private static final int LOOK_MILLIS = 5;
  private static final double NANOS_PER_TICK = 1e7;
  private static final double KIB = 1024;
  private static final int USER_TIME = 13;

  private final List<String> command;
  private final Map<String, String> environment;

  public Command(List<String> command, Map<String, String> environment) {
    this.command = command;
    this.environment = environment;
  }

  /**
   * Runs it once: wall time, and on Linux processor time and the peak of the resident memory as the
   * kernel counted them a few milliseconds before the end.
   */
  @Override
  public Sample run() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    Process process = builder.start();
    Path kernel = Path.of("/proc", Long.toString(process.pid()));
    Double bytes = null;
    Double cpu = null;
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        bytes = later(bytes, peakBytes(kernel));
        cpu = later(cpu, cpuNanos(kernel));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    double nanos = System.nanoTime() - start;
    if (process.exitValue() != 0) {
      throw new IOException(command.get(0) + " ended with exit code " + process.exitValue());
    }
    return new Sample(nanos, bytes, cpu);
  }

  private static @Nullable Double later(@Nullable Double before, @Nullable Double now) {
    return now == null ? before : now;
  }

  /** Null once the process is over, and where there is no such thing. */
  private static @Nullable Double peakBytes(Path kernel) {
    try {
      for (String line : Files.readAllLines(kernel.resolve("status"))) {
        if (line.startsWith("VmHWM:")) {
          return KIB * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }

  private static @Nullable Double cpuNanos(Path kernel) {
    try {
      String stat = Files.readString(kernel.resolve("stat"));
      // The name of the program, in parentheses, may have spaces of its own.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      int user = USER_TIME - 2;
      return NANOS_PER_TICK * (Long.parseLong(fields[user]) + Long.parseLong(fields[user + 1]));
    } catch (IOException e) {
      return null;
    }
  }

  /** Returns the version of a program, or null if it does not run here. */
  public static @Nullable String versionOf(String program) {
    try {
      Process process = new ProcessBuilder(program, "--version").start();
      try (BufferedReader lines = process.inputReader()) {
        return lines.readLine();
      }
    } catch (IOException e) {
      return null;
    }
  }
}
