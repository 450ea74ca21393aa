package dev.allowflux.error;

/**
 * Whether a request left for the server.
 *
 * @since 0.1
 */
public enum Sent {
  /** Certainly nothing of it left. */
  NO,

  /** It was written, at least in part. */
  YES,

  /** It cannot be determined. */
  UNKNOWN
}
