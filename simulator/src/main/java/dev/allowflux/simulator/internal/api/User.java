package dev.allowflux.simulator.internal.api;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user with the credentials, the one quota that they share, and the accounts that they may use.
 *
 * @param quota null for no rate limit
 */
public record User(Credentials credentials, Set<String> accountIds, @Nullable Quota quota) {}
