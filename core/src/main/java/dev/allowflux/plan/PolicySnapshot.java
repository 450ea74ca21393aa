package dev.allowflux.plan;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.PatternType;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a plan keeps of a policy that exists. */
final class PolicySnapshot {
  private PolicySnapshot() {}

  static AllowPolicy of(AllowPolicy policy) {
    if (PolicyKey.of(policy) == null) {
      throw new IllegalArgumentException("policy " + policy.id() + " has no key");
    }
    return builder(policy).build();
  }

  static AllowPolicy.Builder builder(AllowPolicy policy) {
    PatternType type = policy.patternType();
    return AllowPolicy.builder()
        .id(policy.id())
        .createdAt(policy.createdAt())
        .modifiedAt(policy.modified())
        .pattern(policy.pattern())
        .patternTypeName(type == null ? null : type.name())
        .isRegex(policy.isRegex())
        .isTrustedSender(policy.isTrustedSender())
        .isAcceptableSender(policy.isAcceptableSender())
        .isExemptRecipient(policy.isExemptRecipient())
        .verifySender(policy.verifySender())
        .comments(policy.comments());
  }

  /**
   * Keeps a policy of which a million may be held, most of them for nothing: the texts of the
   * desired policy stand in for its own where they are equal.
   */
  static AllowPolicy sharing(AllowPolicy policy, DesiredPolicy desired) {
    AllowPolicy.Builder kept = builder(policy);
    if (desired.pattern().equals(policy.pattern())) {
      kept.pattern(desired.pattern());
    }
    if (desired.comments() != null && desired.comments().equals(policy.comments())) {
      kept.comments(desired.comments());
    }
    if (policy.createdAt().equals(policy.modified())) {
      kept.modifiedAt(policy.createdAt());
    }
    return kept.build();
  }

  static PolicyKey key(AllowPolicy policy) {
    return Objects.requireNonNull(PolicyKey.of(policy));
  }

  /**
   * Tells whether a policy is the same in two readings of an account. Stricter than {@link
   * PolicyMatch}, where a field that a response lacks contradicts nothing: here a field that was
   * there and is absent now has changed. An edit that sets a field which the service never shows
   * would otherwise be taken for made before it was sent.
   */
  static boolean sameContent(AllowPolicy one, AllowPolicy other) {
    return one.id().equals(other.id())
        && Objects.equals(one.pattern(), other.pattern())
        && one.patternType() == other.patternType()
        && Objects.equals(one.isRegex(), other.isRegex())
        && Objects.equals(one.isTrustedSender(), other.isTrustedSender())
        && Objects.equals(one.isAcceptableSender(), other.isAcceptableSender())
        && Objects.equals(one.isExemptRecipient(), other.isExemptRecipient())
        && Objects.equals(one.verifySender(), other.verifySender())
        && sameComments(one.comments(), other.comments());
  }

  /** The API may give no comments back as null or as an empty text, and trim others. */
  static boolean sameComments(@Nullable String one, @Nullable String other) {
    return Objects.equals(textOrNull(one), textOrNull(other));
  }

  static @Nullable String textOrNull(@Nullable String comments) {
    return comments == null || comments.isBlank() ? null : comments.strip();
  }
}
