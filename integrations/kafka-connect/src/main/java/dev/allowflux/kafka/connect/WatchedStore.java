package dev.allowflux.kafka.connect;

import dev.allowflux.reactor.QuotaStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The store of a quota, and why it failed: a call that it grants nothing is refused like one whose
 * quota is used up, and a person must mend the one and may wait for the other.
 */
final class WatchedStore implements QuotaStore {

  private static final Logger LOG = LoggerFactory.getLogger(WatchedStore.class);

  private final QuotaStore store;
  private volatile @Nullable String failure;

  WatchedStore(QuotaStore store) {
    this.store = store;
  }

  @Override
  public Mono<Reply> exchange(Exchange exchange) {
    return store
        .exchange(exchange)
        .doOnNext(reply -> failure = null)
        .doOnError(thrown -> failure = String.valueOf(thrown.getMessage()));
  }

  /** Why the last exchange failed; null if it did not. */
  @Nullable String failure() {
    return failure;
  }

  /** Lets go of what the store holds open, if anything. */
  void close() {
    if (store instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.warn("A shared quota could not be closed", e);
      }
    }
  }
}
