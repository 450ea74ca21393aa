package dev.allowflux.simulator.internal.api;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A user with the credentials, the one quota that they share, and the accounts that they may use.
 *
 * @param quota null for no rate limit
 * @param withdrawn those of its accounts that it may not use for now
 * @param revoked whether its credentials are refused
 */
public record User(
    Credentials credentials,
    Set<String> accountIds,
    Set<String> withdrawn,
    @Nullable Quota quota,
    AtomicBoolean revoked) {

  /** Whether it may use this account now. */
  public boolean mayUse(String accountId) {
    return accountIds.contains(accountId) && !withdrawn.contains(accountId);
  }
}
