package dev.allowflux.reactor;

import dev.allowflux.model.Operation;
import dev.allowflux.reactor.internal.call.CallGate;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.call.Transport;
import dev.allowflux.reactor.internal.transport.HttpTransport;
import java.time.Duration;

/** Assembles parts of the client for tests of the packages behind it. */
public final class Internals {
  private Internals() {}

  public static CallGate gate(ApiQuota quota) {
    return quota.gate();
  }

  public static Duration attemptTimeout(ClientSettings settings, Operation operation) {
    return settings.calls().attemptTimeouts().of(operation);
  }

  public static CallPipeline pipeline(ClientSettings settings, Transport transport) {
    return new CallPipeline(settings.calls(), ApiQuota.access(settings.rateLimiter()), transport);
  }

  public static HttpTransport transport(ClientSettings settings) {
    return new HttpTransport(settings.transport(), settings.credential()::writeTo);
  }

  public static AllowPolicyClient client(ClientSettings settings, Transport transport) {
    return new DefaultAllowPolicyClient(settings, transport);
  }
}
