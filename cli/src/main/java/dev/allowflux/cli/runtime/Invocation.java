package dev.allowflux.cli.runtime;

import dev.allowflux.internal.text.SafeText;

/** One run of the command line: the process that it runs in, and how much it says there. */
public final class Invocation {
  /** What to do about a heap that is too small. */
  public static final String OUT_OF_MEMORY =
      "out of memory: set a larger heap in JAVA_TOOL_OPTIONS, such as -Xmx1g";

  private final ProcessIo io;
  private int verbosity;

  /** Begins with a verbosity of 0. */
  public Invocation(ProcessIo io) {
    this.io = io;
  }

  public ProcessIo io() {
    return io;
  }

  /** 0: results and failures; 1: attempts and retries too; 2 or more: everything. */
  public int verbosity() {
    return verbosity;
  }

  public void verbosity(int level) {
    verbosity = level;
  }

  /** Prints a line for people on standard error; foreign text in it is made safe. */
  public void say(String line) {
    io.err().println("allowflux: " + SafeText.line(line));
  }
}
