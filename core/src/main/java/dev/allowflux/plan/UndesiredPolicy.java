package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyTag;
import java.time.Instant;

/**
 * A policy that may have to be deleted.
 *
 * @param desiredUntilNow whether it is desired in a form that has expired
 */
record UndesiredPolicy(PolicyKey key, AllowPolicy policy, boolean desiredUntilNow) {
  UndesiredPolicy(PolicyKey key, AllowPolicy policy) {
    this(key, policy, false);
  }

  boolean isExpired(Instant now) {
    return desiredUntilNow || PolicyTag.of(policy.comments()).isExpired(now);
  }
}
