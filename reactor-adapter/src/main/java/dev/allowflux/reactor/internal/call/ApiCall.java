package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import org.jspecify.annotations.Nullable;

/**
 * A request, how its response is read, and what follows when its outcome is unknown.
 *
 * @param hint how a person finds out whether it was carried out
 * @param whenGone the result where a refusal proves that an earlier attempt deleted the policy, or
 *     null if no refusal proves anything
 */
public record ApiCall<T>(
    ApiRequest request, ResponseReader<T> reader, String hint, @Nullable T whenGone) {

  /** A call that no refusal confirms. */
  public static <T> ApiCall<T> of(ApiRequest request, ResponseReader<T> reader, String hint) {
    return new ApiCall<>(request, reader, hint, null);
  }

  /** The result that a failure proves after an unconfirmed attempt, or null if it proves none. */
  @Nullable T confirmedBy(EmailSecurityException failure, boolean unconfirmed) {
    return unconfirmed && failure instanceof Rejected rejected && rejected.provesAbsence()
        ? whenGone
        : null;
  }
}
