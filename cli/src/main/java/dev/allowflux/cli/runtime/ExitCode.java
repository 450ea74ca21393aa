package dev.allowflux.cli.runtime;

/** What the process says to scripts when it ends. */
public final class ExitCode {
  public static final int DONE = 0;
  public static final int LOCAL_FAILURE = 1;
  public static final int USAGE = 2;
  public static final int REFUSED = 3;
  static final int CREDENTIAL = 4;
  static final int RATE_LIMITED = 5;
  static final int UNAVAILABLE = 6;
  public static final int OUTCOME_UNKNOWN = 7;
  public static final int DRIFT = 8;
  static final int UNSAFE = 9;

  /** What a shell reports for a program that a closed pipe ended, such as {@code cat}. */
  public static final int CLOSED_PIPE = 141;

  private ExitCode() {}
}
