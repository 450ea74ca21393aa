package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.Page;
import dev.allowflux.model.Traversal;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/** The rules of Reactive Streams, on the flux of a complete traversal. */
public class TraversalFluxTckTest extends PublisherVerification<Page> {

  /** Made by the runner. */
  public TraversalFluxTckTest() {
    super(new TestEnvironment(500, 50));
  }

  /** The end of a list without a total is looked for in twice as many places each time. */
  @Override
  public long maxElementsFromPublisher() {
    return 1000;
  }

  @Override
  public Publisher<Page> createPublisher(long elements) {
    // An account without policies has one page too, which says so.
    return Clients.listing(elements, 1)
        .traverse(new AccountId("account"), AllowPolicyFilter.all(), Traversal.COMPLETE)
        .skip(elements == 0 ? 1 : 0);
  }

  @Override
  public @Nullable Publisher<Page> createFailedPublisher() {
    // A traversal sends nothing before demand, so without demand it does not fail either.
    return null;
  }
}
