package dev.allowflux.internal.http;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.Sent;
import java.security.cert.CertificateException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether a failed attempt is followed by another, and when (docs/api-facts.md#retrying).
 *
 * @param maxAttempts how many attempts a call has, the first one included, at least 1
 * @param baseBackoff the longest wait after the first attempt; it doubles with each further one
 * @param maxBackoff the longest wait after any attempt
 */
public record RetryPolicy(int maxAttempts, Duration baseBackoff, Duration maxBackoff) {
  private static final int TOO_MANY_REQUESTS = 429;

  /**
   * Checks the numbers.
   *
   * @param maxAttempts how many attempts
   * @param baseBackoff the longest first wait
   * @param maxBackoff the longest wait
   * @throws IllegalArgumentException if there is no attempt at all or a wait is negative
   */
  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be 1 or more, not " + maxAttempts);
    }
    if (baseBackoff.isNegative() || maxBackoff.isNegative()) {
      throw new IllegalArgumentException("a backoff must not be negative");
    }
  }

  /**
   * Decides what follows a failed attempt. A throttled call goes back to the gate at once, which
   * holds it there together with all others. For any other failure, a wait that the server named
   * holds as it is; otherwise the wait is a random part of the backoff.
   *
   * @param failure what the attempt ended with
   * @param attempt which attempt it was, from 1
   * @param random a number from 0 to less than 1 that picks the wait
   * @return how long to wait before the next attempt, or {@code null} to stop
   */
  public @Nullable Duration decide(EmailSecurityException failure, int attempt, double random) {
    if (attempt >= maxAttempts || !mayRetry(failure)) {
      return null;
    }
    if (failure instanceof Throttled) {
      return Duration.ZERO;
    }
    Duration named = failure.details().retryAfter();
    return named != null ? named : backoff(attempt, random);
  }

  private static boolean mayRetry(EmailSecurityException failure) {
    boolean idempotent = failure.details().operation().isIdempotent();
    Integer status = failure.details().status();
    if (failure instanceof Throttled) {
      // Without a status it is our own gate that gave up: the deadline cannot be met.
      return status != null && (idempotent || status == TOO_MANY_REQUESTS);
    }
    if (failure instanceof Unavailable) {
      return (idempotent || failure.details().requestSent() == Sent.NO) && !isDistrust(failure);
    }
    return failure instanceof Malformed malformed
        && idempotent
        && isUnreadable(failure.details())
        && !(malformed.isWellFormed() && failure.details().operation().isWrite());
  }

  /**
   * Whether a response could not be read: its body, or not even its status. A listing that
   * contradicts itself has no status either, but its responses came: no single one is to blame.
   */
  private static boolean isUnreadable(FailureDetails details) {
    Integer status = details.status();
    return status == null ? details.requestSent() == Sent.UNKNOWN : status >= 200 && status < 300;
  }

  /** A certificate that is not trusted now will not be in a second. */
  private static boolean isDistrust(EmailSecurityException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private Duration backoff(int attempt, double random) {
    double doubled = Math.scalb((double) baseBackoff.toMillis(), attempt - 1);
    double millis = Math.min(doubled, (double) maxBackoff.toMillis()) * random;
    return Duration.ofNanos((long) (millis * 1_000_000));
  }
}
