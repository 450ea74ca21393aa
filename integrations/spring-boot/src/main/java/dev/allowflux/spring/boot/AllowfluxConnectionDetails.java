package dev.allowflux.spring.boot;

import dev.allowflux.reactor.Credential;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Where the API is, and with which credentials it is called. A bean of this type replaces what the
 * properties say about both.
 *
 * @since 0.1
 */
public interface AllowfluxConnectionDetails extends ConnectionDetails {

  /**
   * Returns the address of the API.
   *
   * @return the address, or null for that of the properties
   */
  default @Nullable String baseUrl() {
    return null;
  }

  /**
   * Returns which credential a client uses. Clients with the same one share its quota.
   *
   * @param client the name of the client, {@link AllowPolicyClients#DEFAULT} for the one without
   * @return the name of the credential, for {@link #credential}
   */
  String credentialName(String client);

  /**
   * Returns a credential.
   *
   * @param name a name that {@link #credentialName} returned
   * @return the credential
   */
  Credential credential(String name);
}
