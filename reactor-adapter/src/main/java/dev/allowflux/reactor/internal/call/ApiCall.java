package dev.allowflux.reactor.internal.call;

import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import org.jspecify.annotations.Nullable;

/**
 * A request, how its answer is read, and what is to be made of it when its fate is in doubt.
 *
 * @param hint how a person finds out whether it was carried out
 * @param whenGone what to return when a 404 follows an attempt that may have been carried out, or
 *     null if a 404 is a failure in any case
 */
public record ApiCall<T>(
    ApiRequest request, ResponseReader<T> reader, String hint, @Nullable T whenGone) {

  public static <T> ApiCall<T> of(ApiRequest request, ResponseReader<T> reader, String hint) {
    return new ApiCall<>(request, reader, hint, null);
  }
}
