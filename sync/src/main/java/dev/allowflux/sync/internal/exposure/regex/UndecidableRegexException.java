package dev.allowflux.sync.internal.exposure.regex;

/** The reach of an expression cannot be decided; the message completes "because …". */
public final class UndecidableRegexException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  public UndecidableRegexException(String reason) {
    super(reason, null, false, false);
    this.reason = reason;
  }

  public String reason() {
    return reason;
  }
}
