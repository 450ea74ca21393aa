package dev.allowflux.reactor;

import dev.allowflux.model.AccountId;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.retry.Retry;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** x. */
public final class X {
  /** x. */
  public @Nullable HttpClient a;

  @Nullable RateLimiter r;
  @Nullable Retry t;
  @Nullable SslContext s;

  /** y. */
  public X() {}

  /**
   * z.
   *
   * @return q
   */
  public Mono<AccountId> x() {
    return Mono.empty();
  }
}
