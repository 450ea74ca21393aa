package dev.allowflux.spring.boot;

import dev.allowflux.reactor.ClientSettings;

/**
 * Changes the settings of clients after the properties. Beans of this type are called in their
 * order, for each client. Observers of calls are better declared as beans of type {@link
 * dev.allowflux.reactor.CallEvents}, since setting them here replaces those that are there.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ClientSettingsCustomizer {

  /**
   * Changes the settings of a client.
   *
   * @param client the name of the client, {@link AllowPolicyClients#DEFAULT} for the one without
   * @param settings the settings so far
   */
  void customize(String client, ClientSettings.Builder settings);
}
