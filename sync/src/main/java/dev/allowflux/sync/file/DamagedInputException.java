package dev.allowflux.sync.file;

import java.io.IOException;

/** An input that cannot be read on from some place. */
final class DamagedInputException extends IOException {
  private static final long serialVersionUID = 1L;

  final long line;
  final long column;
  final String reason;

  DamagedInputException(long line, long column, String reason) {
    super(reason);
    this.line = line;
    this.column = column;
    this.reason = reason;
  }
}
