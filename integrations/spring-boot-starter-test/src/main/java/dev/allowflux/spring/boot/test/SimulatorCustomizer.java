package dev.allowflux.spring.boot.test;

import dev.allowflux.simulator.ApiSimulatorBuilder;

/**
 * Changes the settings of the simulator before it starts: chosen policies, faults, a rate limit.
 * Beans of this type are called in their order.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SimulatorCustomizer {

  /**
   * Changes the settings.
   *
   * @param simulator the settings, with the accounts and users that the properties name
   */
  void customize(ApiSimulatorBuilder simulator);
}
