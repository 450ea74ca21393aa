package dev.allowflux.cli.output;

import dev.allowflux.cli.runtime.ProcessIo;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** How wide the terminal is: what {@code COLUMNS} says, else what {@code stty} says. */
public final class TerminalWidth {
  private static final int USUAL = 120;

  private TerminalWidth() {}

  public static int of(ProcessIo io) {
    String columns = io.variable("COLUMNS");
    if (columns.isEmpty() && io.outIsTerminal()) {
      columns = ask();
    }
    return columns.matches("[1-9]\\d{0,4}") ? Integer.parseInt(columns) : USUAL;
  }

  private static String ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      stty.waitFor(1, TimeUnit.SECONDS);
      return size.substring(size.indexOf(' ') + 1).strip();
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
