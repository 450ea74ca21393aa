package dev.allowflux.cli.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

/** The exit codes of the process and the texts that the help shows for them. */
public enum ExitCode {
  DONE(0, "done"),
  LOCAL_FAILURE(1, "local failure: a file, the disk, a bug"),
  USAGE(2, "wrong usage, or an input that cannot be used"),
  REFUSED(3, "refused by the API"),
  CREDENTIAL(4, "credential or permission"),
  RATE_LIMITED(5, "rate limited"),
  UNAVAILABLE(6, "API unavailable, or its response broken"),
  OUTCOME_UNKNOWN(7, "outcome unknown or unconfirmed: the write may have happened"),
  DRIFT(8, "there are changes where none were expected"),
  UNSAFE(9, "refused by a safety rule"),
  FINDINGS(10, "something was found: policies that are there more than once, or by an audit"),
  /** The JVM ends with it by itself; 143 likewise. */
  INTERRUPTED(130, "interrupted (143: terminated)"),
  /** What a shell reports for a program that a closed pipe ended, such as {@code cat}. */
  CLOSED_PIPE(141, "the reader of the output went away");

  private final int code;
  private final String text;

  ExitCode(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The number that the process ends with. */
  public int code() {
    return code;
  }

  /** The texts of all exit codes by number, in ascending order. */
  public static Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    for (ExitCode exit : values()) {
      texts.put(Integer.toString(exit.code), exit.text);
    }
    return texts;
  }
}
