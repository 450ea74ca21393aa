package dev.allowflux.internal.json;

/** A body that is not JSON, or JSON of another form; the message says what and where. */
public final class UnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableException(String message) {
    // Never leaves this package, so nobody would see the trace.
    super(message, null, false, false);
  }
}
