package dev.allowflux.spring.boot.test;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.spring.boot.AllowPolicyClients;
import dev.allowflux.spring.boot.AllowfluxProperties;
import dev.allowflux.spring.boot.ClientProperties;
import dev.allowflux.spring.boot.ClientProperties.CredentialProperties;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The accounts and users that the properties of an application name. */
final class SimulatedTenants {
  private static final String TOKEN = "simulated.";

  private final AllowfluxProperties properties;

  /** The ids of the accounts by the name of the credential that may use them. */
  private final Map<String, Set<String>> accounts = new LinkedHashMap<>();

  SimulatedTenants(AllowfluxProperties properties) {
    this.properties = properties;
    add(AllowPolicyClients.DEFAULT, properties.accounts().values());
    properties.clients().forEach((name, client) -> add(name, client.accounts().values()));
  }

  private void add(String client, Collection<String> ids) {
    if (!ids.isEmpty()) {
      accounts.computeIfAbsent(credentialName(client), name -> new LinkedHashSet<>()).addAll(ids);
    }
  }

  /** Clients share a user here that share a credential there, without its secret. */
  String credentialName(String client) {
    ClientProperties named = properties.clients().get(client);
    CredentialProperties own = named == null ? null : named.credential();
    CredentialProperties used = own == null ? properties.credential() : own;
    if (used != null && used.ref() != null) {
      return "credentials." + used.ref();
    }
    return own == null ? AllowPolicyClients.DEFAULT : "clients." + client;
  }

  void addTo(ApiSimulatorBuilder simulator, int policies) {
    Set<String> added = new LinkedHashSet<>();
    accounts.forEach(
        (credential, ids) -> {
          for (String id : ids) {
            if (added.add(id)) {
              simulator.addAccount(id, "owner." + id, policies);
            }
          }
          simulator.addUser(TOKEN + credential, ids.toArray(String[]::new));
        });
  }

  /** A client without accounts in the properties uses the default account. */
  String token(String credential, ApiSimulator simulator) {
    return accounts.containsKey(credential) ? TOKEN + credential : simulator.token();
  }
}
