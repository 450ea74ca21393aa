package dev.allowflux.internal.paging;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Operation;
import org.jspecify.annotations.Nullable;

/** The failure of a listing whose responses contradict each other. */
final class MalformedListing {

  private MalformedListing() {}

  /** Has no status, because no single response is to blame, and so is never retried. */
  static Malformed because(AccountId account, ApiResult<?> response, String what) {
    return because(Operation.LIST, account, response, what);
  }

  static Malformed because(
      Operation operation, @Nullable AccountId account, ApiResult<?> response, String what) {
    return new Malformed(
        FailureDetails.builder(operation, account)
            .cfRay(response.cfRay())
            .rateLimit(response.rateLimit())
            .requestSent(Sent.YES)
            .build(),
        what);
  }
}
