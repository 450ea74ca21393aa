package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.ApiResult;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;

/** One exchange: a request out, a value or a declared failure back. */
public interface Transport {

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
