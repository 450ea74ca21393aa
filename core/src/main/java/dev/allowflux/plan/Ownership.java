package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PolicyTag;
import org.jspecify.annotations.Nullable;

/** Whose policies a plan answers for, by the owners in their comments; null is everybody's. */
record Ownership(@Nullable String owner) {

  static Ownership of(SyncMode mode) {
    return new Ownership(mode instanceof SyncMode.Owned owned ? owned.owner() : null);
  }

  /** Returns an owner that is named and is not this one, or one that cannot be read. */
  @Nullable String otherThanThis(PolicyTag tag) {
    if (owner == null) {
      return null;
    }
    return tag.owners().stream()
        .filter(name -> !name.equals(owner))
        .findFirst()
        .or(tag::unreadableOwner)
        .orElse(null);
  }

  /** Tells whether a policy can be deleted as far as its owner goes. */
  boolean has(AllowPolicy policy) {
    return owner == null || PolicyTag.of(policy.comments()).owners().contains(owner);
  }

  /** Tells whether a policy has an owner although the plan answers for none. */
  boolean passesOver(AllowPolicy policy) {
    return owner == null && !PolicyTag.of(policy.comments()).owners().isEmpty();
  }

  /**
   * Returns the comments that a policy is to have which has these.
   *
   * @throws IllegalArgumentException if they name another owner
   */
  @Nullable String comments(DesiredPolicy policy, @Nullable String existing) {
    String comments = policy.commentsOn(existing);
    if (owner == null) {
      return comments;
    }
    PolicyTag tag = PolicyTag.of(comments);
    String other = otherThanThis(tag);
    if (other != null) {
      throw new IllegalArgumentException("comments name the owner " + other);
    }
    return tag.owners().isEmpty() ? tag.withOwner(owner).in(comments) : comments;
  }
}
