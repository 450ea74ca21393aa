package dev.allowflux.internal.paging;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far a traversal has come: everything newer than the instant was delivered, and of the
 * policies created at that instant the named ones.
 */
final class Watermark {

  private @Nullable Instant instant;
  private Set<PolicyId> delivered = new HashSet<>();

  /** Moves to an older instant, of which nothing was delivered. */
  void moveTo(Instant older) {
    instant = older;
    delivered = new HashSet<>();
  }

  /** Continues where another traversal stood. */
  void continueAt(@Nullable Instant other, Set<PolicyId> tied) {
    instant = other;
    delivered = new HashSet<>(tied);
  }

  @Nullable Instant instant() {
    return instant;
  }

  /** The policies created at the watermark that were delivered. */
  Set<PolicyId> delivered() {
    return delivered;
  }

  /** Notes that a policy created at the watermark is delivered; false if it was before. */
  boolean deliver(PolicyId id) {
    return delivered.add(id);
  }

  boolean isUnset() {
    return instant == null;
  }

  /** Whether everything created at that instant was delivered. */
  boolean isBelow(Instant created) {
    return instant != null && created.isAfter(instant);
  }

  /** Whether the policy was delivered, or is as new as those that were. */
  boolean covers(AllowPolicy policy) {
    return isBelow(policy.createdAt()) || delivered.contains(policy.id());
  }

  /** Whether nothing created at that instant was delivered. */
  boolean isAbove(Instant created) {
    return instant == null || created.isBefore(instant);
  }
}
