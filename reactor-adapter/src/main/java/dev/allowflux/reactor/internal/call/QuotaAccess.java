package dev.allowflux.reactor.internal.call;

import io.github.resilience4j.ratelimiter.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * What a call passes before it is sent: the gate of the quota and, if the user has one, a limiter
 * of their own in front of it.
 *
 * @param gate who may call next, and when
 * @param granted runs when an attempt was let through
 * @param refused runs when a call would have waited past its time limit
 * @param foreignLimiter the user's own limiter, or {@code null}
 */
public record QuotaAccess(
    CallGate gate, Runnable granted, Runnable refused, @Nullable RateLimiter foreignLimiter) {}
