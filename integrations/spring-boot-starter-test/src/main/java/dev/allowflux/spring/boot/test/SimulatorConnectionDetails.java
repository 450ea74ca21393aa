package dev.allowflux.spring.boot.test;

import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.spring.boot.AllowfluxConnectionDetails;

/** Leads all clients to the simulator; a credential is a user of it. */
final class SimulatorConnectionDetails implements AllowfluxConnectionDetails {
  private final SimulatedTenants tenants;
  private final ApiSimulator simulator;

  SimulatorConnectionDetails(SimulatedTenants tenants, ApiSimulator simulator) {
    this.tenants = tenants;
    this.simulator = simulator;
  }

  @Override
  public String baseUrl() {
    return simulator.baseUrl();
  }

  @Override
  public String credentialName(String client) {
    return tenants.credentialName(client);
  }

  @Override
  public Credential credential(String name) {
    return Credential.apiToken(tenants.token(name, simulator));
  }
}
