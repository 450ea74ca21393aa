package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The rules of Reactive Streams, on the flux of policies. */
public class PolicyFluxTckTest extends WatchedVerification<AllowPolicy> {

  @Override
  public Publisher<AllowPolicy> createPublisher(long elements) {
    return Clients.listing(elements, 7).list(new AccountId("account"));
  }

  @Override
  public @Nullable Publisher<AllowPolicy> createFailedPublisher() {
    // A listing sends nothing before demand, so without demand it does not fail either.
    return null;
  }
}
