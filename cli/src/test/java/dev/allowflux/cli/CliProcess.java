package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged command line in a process of its own; its output goes to files. */
final class CliProcess implements AutoCloseable {
  private static final Path JAR = Path.of("target/allowflux.jar").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Process process;
  private final Path err;

  private CliProcess(Process process, Path err) {
    this.process = process;
    this.err = err;
  }

  /** A condition that a test waits for. */
  interface Sign {
    boolean isSeen() throws IOException;
  }

  /**
   * Starts a command.
   *
   * @param folder gets the file {@code err}
   * @param environment replaces the variables of this process that the command would look at
   * @param jvm options of the JVM
   */
  static CliProcess start(
      Path folder, Map<String, String> environment, List<String> jvm, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(jvm);
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(Interruptible.command(command));
    builder.environment().keySet().removeIf(name -> name.startsWith("CLOUDFLARE_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    Path err = folder.resolve("err");
    builder.redirectError(err.toFile());
    return new CliProcess(builder.start(), err);
  }

  Process process() {
    return process;
  }

  /** What it wrote to standard error so far. */
  String err() throws IOException {
    return Files.readString(err);
  }

  /** What it writes to standard output, to its end. */
  String out() throws IOException {
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }

  /** Waits for its end. */
  int exit() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }

  /** Waits until the sign is seen, and fails if the process ends before that. */
  void await(Sign sign) throws IOException, InterruptedException {
    assertThat(awaitOrEnd(sign)).as("it is running: %s", err()).isTrue();
  }

  /** Waits until the sign is seen or the process ends; tells whether it was seen. */
  boolean awaitOrEnd(Sign sign) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!sign.isSeen()) {
      if (!process.isAlive()) {
        return sign.isSeen();
      }
      assertThat(System.nanoTime()).as("waited for minutes").isLessThan(end);
      Thread.sleep(2);
    }
    return true;
  }

  /** Kills it; it must have been running until now. */
  void kill() throws IOException, InterruptedException {
    process.destroyForcibly();
    assertThat(exit()).as(err()).isEqualTo(137);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
