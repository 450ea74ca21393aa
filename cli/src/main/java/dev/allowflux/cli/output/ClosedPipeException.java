package dev.allowflux.cli.output;

import java.io.IOException;

/** Whoever read the output has seen enough: nothing to complain about, nothing more to do. */
public final class ClosedPipeException extends IOException {
  private static final long serialVersionUID = 1L;

  ClosedPipeException(IOException cause) {
    super(cause);
  }
}
