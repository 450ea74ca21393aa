package dev.allowflux.redis;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals to processes. */
final class Signals {

  private Signals() {}

  static void send(long pid, String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
