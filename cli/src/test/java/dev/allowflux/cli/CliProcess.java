package dev.allowflux.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The packaged command line in a process of its own. */
final class CliProcess {
  private static final Path JAR = Path.of("target/allowflux.jar").toAbsolutePath();
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private CliProcess() {}

  /**
   * Starts a command.
   *
   * @param err the file that gets what it says on standard error
   * @param environment what replaces the variables of this process that it would look at
   * @param jvm options of the JVM
   */
  static Process start(Path err, Map<String, String> environment, List<String> jvm, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(jvm);
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(Interruptible.command(command));
    builder.environment().keySet().removeIf(name -> name.startsWith("CLOUDFLARE_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    builder.redirectError(err.toFile());
    return builder.start();
  }
}
