package dev.allowflux.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts programs so that an interrupt reaches them, however the tests themselves were started. */
final class Interruptible {
  /** What a shell puts into the background is deaf to interrupts, and so is all that it starts. */
  private static final List<String> HEEDING = List.of("env", "--default-signal=INT");

  private Interruptible() {}

  /** The command, with interrupts switched on where the system can do that. */
  static List<String> command(List<String> command) throws IOException, InterruptedException {
    List<String> probe = new ArrayList<>(HEEDING);
    probe.add("true");
    Process process = new ProcessBuilder(probe).start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      return command;
    }
    List<String> heeding = new ArrayList<>(HEEDING);
    heeding.addAll(command);
    return heeding;
  }
}
