package dev.allowflux.cli;

/** What the process says to scripts when it ends. */
final class ExitCode {
  static final int DONE = 0;
  static final int LOCAL_FAILURE = 1;
  static final int USAGE = 2;
  static final int REFUSED = 3;
  static final int CREDENTIAL = 4;
  static final int RATE_LIMITED = 5;
  static final int UNAVAILABLE = 6;
  static final int OUTCOME_UNKNOWN = 7;
  static final int DRIFT = 8;
  static final int UNSAFE = 9;

  /** What a shell reports for a program that a closed pipe ended, such as {@code cat}. */
  static final int CLOSED_PIPE = 141;

  private ExitCode() {}
}
