package dev.allowflux.sync.internal.input;

import java.io.IOException;

/** An input that cannot be read on from some place. */
public final class DamagedInputException extends IOException {
  private static final long serialVersionUID = 1L;

  public final long line;
  public final long column;
  public final String reason;

  public DamagedInputException(long line, long column, String reason) {
    super(reason);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }
}
