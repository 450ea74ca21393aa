package dev.allowflux.simulator.internal.api;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A user with the credentials, the one quota that they share, and the accounts that they may use.
 *
 * @param quota null for no rate limit
 * @param revoked whether its credentials are refused
 */
public record User(
    Credentials credentials,
    Set<String> accountIds,
    @Nullable Quota quota,
    AtomicBoolean revoked) {}
