package dev.allowflux.cli;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import java.util.Map;

/** Starts the command line. */
public final class Main {

  /**
   * Properties that must be set before the libraries load. Netty's events for Java's flight
   * recorder would load that recorder, which takes longer than all the rest of a short command.
   */
  private static final Map<String, String> DEFAULTS =
      Map.of("io.netty.jfr.enabled", "false", "org.slf4j.simpleLogger.defaultLogLevel", "off");

  private Main() {}

  /**
   * Runs one command and ends the process with its exit code.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    setDefaults();
    System.exit(AllowFlux.run(ProcessIo.ofProcess(), args));
  }

  static void setDefaults() {
    DEFAULTS.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
  }
}
