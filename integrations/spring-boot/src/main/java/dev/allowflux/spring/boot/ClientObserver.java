package dev.allowflux.spring.boot;

import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;

/** Makes an observer for each client, where it needs to know the client's quota. */
@FunctionalInterface
interface ClientObserver {

  CallEvents observe(String client, ApiQuota quota);
}
