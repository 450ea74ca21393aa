package dev.allowflux.cli.runtime;

/** The credential is missing or malformed; the message says which and never shows it. */
public final class NoCredentialException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoCredentialException(String message) {
    super(message);
  }
}
