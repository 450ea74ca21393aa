package dev.allowflux.benchmarks.driver;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A process that is talked with in lines, and ends when its input does. */
public final class WorkerChannel implements AutoCloseable {
  private static final Path TASKSET = Path.of("/usr/bin/taskset");
  private static final int END_SECONDS = 10;

  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader answers;

  WorkerChannel(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    orders = process.outputWriter(StandardCharsets.UTF_8);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** What keeps a server on the first core, so that it leaves the others to those it serves. */
  public static List<String> pinned() {
    return Files.isExecutable(TASKSET) && Runtime.getRuntime().availableProcessors() > 1
        ? List.of(TASKSET.toString(), "-c", "0")
        : List.of();
  }

  /** A JVM like this one, with the same class path. */
  static List<String> java(List<String> jvmArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Djmh.ignoreLock=true");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.addAll(jvmArguments);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  void writeLine(String line) throws IOException {
    orders.write(line);
    orders.newLine();
    orders.flush();
  }

  /** Returns the next line, however long it takes to come. */
  String readLine() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("a process ended before its time; see its words above");
    }
    return line;
  }

  /** Returns the next line, or null if there is none within the time: the process is then ended. */
  @Nullable String readLine(int seconds) throws IOException {
    Thread guard =
        new Thread(
            () -> {
              try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                  process.destroyForcibly();
                }
              } catch (InterruptedException e) {
                // The line came.
              }
            },
            "guard");
    guard.setDaemon(true);
    guard.start();
    try {
      return answers.readLine();
    } finally {
      guard.interrupt();
    }
  }

  @Override
  public void close() {
    try {
      orders.close();
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
