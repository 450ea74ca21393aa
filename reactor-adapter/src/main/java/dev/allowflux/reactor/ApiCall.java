package dev.allowflux.reactor;

import dev.allowflux.wire.ApiRequest;
import dev.allowflux.wire.ResponseReader;
import org.jspecify.annotations.Nullable;

/**
 * A request, how its answer is read, and what is to be made of it when its fate is in doubt.
 *
 * @param hint how a person finds out whether it was carried out
 * @param whenGone what to return when a 404 follows an attempt that may have been carried out, or
 *     null if a 404 is a failure in any case
 */
record ApiCall<T>(ApiRequest request, ResponseReader<T> reader, String hint, @Nullable T whenGone) {

  static <T> ApiCall<T> of(ApiRequest request, ResponseReader<T> reader, String hint) {
    return new ApiCall<>(request, reader, hint, null);
  }
}
