package dev.allowflux.cli.runtime;

/** How much of what the libraries log reaches standard error; by default nothing. */
public final class Logs {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logs() {}

  /** Must be called before the first logger is made. */
  public static void configure(int verbosity) {
    if (verbosity > 0) {
      System.setProperty(PREFIX + "defaultLogLevel", verbosity == 1 ? "warn" : "debug");
      System.setProperty(PREFIX + "log.dev.allowflux", "debug");
      System.setProperty(PREFIX + "showDateTime", "true");
      System.setProperty(PREFIX + "dateTimeFormat", "HH:mm:ss.SSS");
    }
  }
}
