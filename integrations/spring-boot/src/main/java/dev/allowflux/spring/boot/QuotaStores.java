package dev.allowflux.spring.boot;

import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.spring.boot.ClientProperties.RedisQuotaProperties;
import reactor.core.publisher.Mono;

/** Opens what several processes share a quota through. */
interface QuotaStores {

  /**
   * Opens the store of a credential's quota. Nothing is connected before the first call.
   *
   * @param property the prefix of the properties, for messages
   */
  OpenStore open(String property, Credential credential, RedisQuotaProperties properties);

  /** A store, and how it is closed. */
  record OpenStore(QuotaStore store, Mono<Void> close) {}
}
