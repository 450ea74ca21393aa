package dev.allowflux.reactor;

import dev.allowflux.testkit.BlockingGuard;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.annotations.AfterMethod;

/** The rules of Reactive Streams, checked on a publisher whose threads are watched meanwhile. */
public abstract class WatchedVerification<T> extends PublisherVerification<T> {

  /** Watches from before the first thread starts: one that is older can be watched only by half. */
  protected WatchedVerification() {
    super(new TestEnvironment(500, 50));
    BlockingGuard.watch();
  }

  /** Fails the test in which a thread was blocked that must not be. */
  @AfterMethod
  public void nothingBlocked() {
    BlockingGuard.failIfBlocked();
  }
}
