package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.ApiResult;
import reactor.core.publisher.Mono;

/** One exchange: a request out, a result or a declared failure back. */
public interface Transport {

  /**
   * Describes one attempt. It fails with {@code EmailSecurityException} only.
   *
   * @param permit asked once, when the request is about to be sent; a failure before that has sent
   *     nothing. If it refuses, nothing is sent, and the attempt waits to be cancelled. It is
   *     notified when the request was written and when the response begins.
   */
  <T> Mono<ApiResult<T>> exchange(ApiRequest request, ResponseReader<T> reader, SendPermit permit);

  /** Closes what the transport made, once exchanges under way have had their time to finish. */
  Mono<Void> close();

  /** Starts {@link #close()} and returns at once. */
  void startClose();
}
