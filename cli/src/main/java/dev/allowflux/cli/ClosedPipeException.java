package dev.allowflux.cli;

import java.io.IOException;

/** Whoever read the output has seen enough: nothing to complain about, nothing more to do. */
final class ClosedPipeException extends IOException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException(IOException cause) {
    super(cause);
  }
}
