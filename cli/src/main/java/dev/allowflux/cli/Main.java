package dev.allowflux.cli;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.cli.runtime.Invocation;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.cli.runtime.SafeLines;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Starts the command line. */
public final class Main {

  /**
   * Properties that must be set before the libraries load. Netty's events for Java's flight
   * recorder would load that recorder, which takes longer than all the rest of a short command.
   */
  private static final Map<String, String> DEFAULTS =
      Map.of("io.netty.jfr.enabled", "false", "org.slf4j.simpleLogger.defaultLogLevel", "off");

  /** The JVM puts it where it cannot decode an argument. */
  private static final String UNDECODABLE = "\ufffd";

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    setDefaults();
    ProcessIo io = ProcessIo.ofProcess();
    // The logs of the libraries quote what servers send.
    System.setErr(new PrintStream(new SafeLines(io.err()), true, StandardCharsets.UTF_8));
    System.exit(run(io, args));
  }

  private static int run(ProcessIo io, String[] args) {
    if (Arrays.stream(args).anyMatch(arg -> arg.contains(UNDECODABLE))) {
      new Invocation(io)
          .say(
              "an argument holds characters that are not of the locale's encoding, "
                  + System.getProperty("sun.jnu.encoding")
                  + ": set LC_ALL=C.UTF-8 or another locale in UTF-8");
      return ExitCode.USAGE.code();
    }
    try {
      return AllowFlux.run(io, args);
    } catch (OutOfMemoryError e) {
      new Invocation(io).say(Invocation.OUT_OF_MEMORY);
      return ExitCode.LOCAL_FAILURE.code();
    }
  }

  static void setDefaults() {
    DEFAULTS.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
  }
}
