package dev.allowflux.junit;

import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.simulator.ApiSimulatorBuilder;

/**
 * Settings of the simulator and of the client of a test. A class that is named in {@link
 * AllowfluxSimulator#setup()} has a constructor without parameters, of any visibility, and is made
 * anew for each simulator and each client.
 *
 * @since 0.1
 */
public interface SimulatorSetup {

  /**
   * Changes the settings of a simulator before it starts.
   *
   * @param simulator the settings, with the number of policies and the seed of the annotation
   */
  default void simulator(ApiSimulatorBuilder simulator) {}

  /**
   * Changes the settings of a test's client before it is made.
   *
   * @param client the settings, with the simulator's address and token
   */
  default void client(ClientSettings.Builder client) {}
}
