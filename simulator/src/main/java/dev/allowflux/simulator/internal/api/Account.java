package dev.allowflux.simulator.internal.api;

import org.jspecify.annotations.Nullable;

/**
 * An account with its policies and the credentials of one user, who has one quota.
 *
 * @param quota null for no rate limit
 */
public record Account(
    String id, Credentials credentials, AllowPolicyApi api, @Nullable Quota quota) {}
