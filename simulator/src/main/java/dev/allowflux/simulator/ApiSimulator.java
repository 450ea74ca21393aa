package dev.allowflux.simulator;

/** x. */
public final class ApiSimulator {
  private ApiSimulator() {}
}
