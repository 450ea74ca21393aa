package dev.allowflux.internal.http;

/** The HTTP methods that the API uses. */
public enum Method {
  /** Reads. */
  GET,
  /** Creates, and runs batches. */
  POST,
  /** Edits. */
  PATCH,
  /** Deletes. */
  DELETE
}
