package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much of a quota is left, as the headers of a response say (docs/api-facts.md#rate-limits).
 * When they name several quotas, this is the tightest.
 *
 * @param policy the name of the quota, or {@code null} if it has none
 * @param remaining calls left until the reset, 0 or more
 * @param reset time from the response until the quota is whole again, in whole seconds, 0 or more
 * @param quota calls allowed in a window, or {@code null} if absent
 * @param window length of a window, or {@code null} if absent
 * @since 0.1
 */
public record RateLimit(
    @Nullable String policy,
    long remaining,
    Duration reset,
    @Nullable Long quota,
    @Nullable Duration window) {

  /**
   * Refuses a null reset.
   *
   * @param policy the name of the quota
   * @param remaining calls left
   * @param reset time until the quota is whole
   * @param quota calls in a window
   * @param window length of a window
   */
  public RateLimit {
    requireNonNull(reset, "reset");
  }
}
