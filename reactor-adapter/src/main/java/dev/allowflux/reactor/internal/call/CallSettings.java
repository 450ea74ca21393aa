package dev.allowflux.reactor.internal.call;

import dev.allowflux.reactor.CallEvents;
import java.time.Duration;

/**
 * The limits of a call.
 *
 * @param maxAttempts how many attempts a call has, the first one included
 * @param firstBackoff the longest backoff after the first attempt
 * @param maxBackoff how long a call may spend in backoff in all; zero for no limit
 * @param attemptTimeouts how long an attempt may take from its sending
 * @param operationTimeout how long a call may take in all; zero for no limit
 * @param events the observer
 * @param baseUrl the address of the API, without a slash at its end, for the observer
 */
public record CallSettings(
    int maxAttempts,
    Duration firstBackoff,
    Duration maxBackoff,
    AttemptTimeouts attemptTimeouts,
    Duration operationTimeout,
    CallEvents events,
    String baseUrl) {}
