package dev.allowflux.simulator.internal.api;

/** An account with its policies. */
public record Account(String id, AllowPolicyApi api) {}
