package dev.allowflux.reactor;

import dev.allowflux.model.ApiResult;
import dev.allowflux.wire.ApiRequest;
import dev.allowflux.wire.ResponseReader;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;

/** One exchange: a request out, a value or a declared failure back. */
interface Transport {

  /**
   * Describes one attempt. It fails with {@code EmailSecurityException} only.
   *
   * @param mayBeSent asked once, when the request is about to be written; a failure before that has
   *     sent nothing. If it says no, nothing is written, and the attempt waits to be cancelled.
   */
  <T> Mono<ApiResult<T>> exchange(
      ApiRequest request, ResponseReader<T> reader, BooleanSupplier mayBeSent);

  /** Closes what the transport made, once exchanges under way have had their time to finish. */
  Mono<Void> close();

  /** Starts {@link #close()} and returns at once. */
  void startClose();
}
