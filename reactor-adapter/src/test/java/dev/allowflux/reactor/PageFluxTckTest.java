package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** The rules of Reactive Streams, on the flux of pages. */
public class PageFluxTckTest extends WatchedVerification<ApiResult<Page>> {

  @Override
  public Publisher<ApiResult<Page>> createPublisher(long elements) {
    // The last page is a short one, so that there are as many pages as elements.
    long policies = elements == Long.MAX_VALUE ? elements : elements * 2 - 1;
    return Clients.listing(policies, 2)
        .pagesWithResponse(new AccountId("account"), AllowPolicyFilter.all());
  }

  @Override
  public @Nullable Publisher<ApiResult<Page>> createFailedPublisher() {
    // A listing sends nothing before demand, so without demand it does not fail either.
    return null;
  }
}
