package dev.allowflux.wire;

/** x. */
public final class ApiCalls {
  private ApiCalls() {}
}
