package dev.allowflux.reactor;

import dev.allowflux.reactor.internal.paging.ListingTransport;

/** Clients over a wire that a test wrote down. */
final class Clients {

  private Clients() {}

  static AllowPolicyClient listing(long policies, int pageSize) {
    return new DefaultAllowPolicyClient(
        settings().pageSize(pageSize).build(), ListingTransport.of(policies));
  }

  private static ClientSettings.Builder settings() {
    return ClientSettings.builder(Credential.apiToken("token")).rateLimiter(ApiQuota.unlimited());
  }
}
