package dev.allowflux.plan;

import static java.util.Objects.requireNonNull;

import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PolicyId;
import org.jspecify.annotations.Nullable;

/**
 * One change of a plan. No change needs another one to be done before it, with one exception: a
 * policy that is created under the pattern of one that is deleted, but of another kind, should come
 * in the same batch as the deletion, so that the pattern is never without its policy, nor in the
 * account twice.
 *
 * @since 0.1
 */
public sealed interface PolicyChange {

  /**
   * Returns which policy is meant.
   *
   * @return the key, made anew by each call
   */
  PolicyKey key();

  /**
   * A policy to create.
   *
   * @param policy its content
   * @since 0.1
   */
  record Create(NewAllowPolicy policy) implements PolicyChange {
    /**
     * Refuses null.
     *
     * @param policy its content
     */
    public Create {
      requireNonNull(policy, "policy");
    }

    @Override
    public PolicyKey key() {
      return new PolicyKey(policy.patternType(), policy.isRegex(), policy.pattern());
    }

    /**
     * Tells whether a policy is what this change creates.
     *
     * @param now a policy as it is now
     * @return true if nothing contradicts: the pattern may be spelt in another way, and a field may
     *     be absent ({@link PolicyMatch})
     */
    public boolean isDone(AllowPolicy now) {
      return PolicyMatch.of(policy, now).isSame();
    }
  }

  /**
   * A policy to edit.
   *
   * @param before the policy as the plan saw it: its id, its times ({@link AllowPolicy#modified()}
   *     as {@link AllowPolicy#modifiedAt()}) and what can be written; nothing else is kept
   * @param edit what changes: flags and comments, never the pattern or its kind
   * @since 0.1
   */
  record Edit(AllowPolicy before, AllowPolicyEdit edit) implements PolicyChange {
    /**
     * Drops what is not kept.
     *
     * @param before the policy as the plan saw it
     * @param edit what changes
     * @throws IllegalArgumentException if the policy has no key, or the edit would give it another
     */
    public Edit {
      before = PolicySnapshot.of(before);
      if (edit.pattern() != null || edit.patternType() != null || edit.isRegex() != null) {
        throw new IllegalArgumentException("an edit of a plan leaves the pattern as it is");
      }
    }

    /**
     * Returns the policy to edit.
     *
     * @return its id
     */
    public PolicyId id() {
      return before.id();
    }

    @Override
    public PolicyKey key() {
      return PolicySnapshot.key(before);
    }

    /**
     * Returns the policy as the edit leaves it.
     *
     * @return the policy with the times of before
     */
    public AllowPolicy after() {
      return PolicySnapshot.builder(before)
          .isTrustedSender(changed(edit.isTrustedSender(), before.isTrustedSender()))
          .isAcceptableSender(changed(edit.isAcceptableSender(), before.isAcceptableSender()))
          .isExemptRecipient(changed(edit.isExemptRecipient(), before.isExemptRecipient()))
          .verifySender(changed(edit.verifySender(), before.verifySender()))
          .comments(edit.clearsComments() ? null : changed(edit.comments(), before.comments()))
          .build();
    }

    /**
     * Tells whether the policy is still as the plan saw it.
     *
     * @param now the policy as it is now
     * @return true if nothing that can be written has changed; times are not looked at
     */
    public boolean isDue(AllowPolicy now) {
      return PolicySnapshot.sameContent(before, now);
    }

    /**
     * Tells whether the policy is as the edit leaves it.
     *
     * @param now the policy as it is now
     * @return true if it has the edit's values and nothing else has changed
     */
    public boolean isDone(AllowPolicy now) {
      return PolicySnapshot.sameContent(after(), now);
    }

    private static <T> @Nullable T changed(@Nullable T value, @Nullable T before) {
      return value == null ? before : value;
    }
  }

  /**
   * A policy to delete.
   *
   * @param before the policy as the plan saw it, kept as for an edit
   * @since 0.1
   */
  record Delete(AllowPolicy before) implements PolicyChange {
    /**
     * Drops what is not kept.
     *
     * @param before the policy as the plan saw it
     * @throws IllegalArgumentException if the policy has no key
     */
    public Delete {
      before = PolicySnapshot.of(before);
    }

    /**
     * Returns the policy to delete.
     *
     * @return its id
     */
    public PolicyId id() {
      return before.id();
    }

    @Override
    public PolicyKey key() {
      return PolicySnapshot.key(before);
    }

    /**
     * Tells whether the policy is still as the plan saw it.
     *
     * @param now the policy as it is now
     * @return true if nothing that can be written has changed; times are not looked at
     */
    public boolean isDue(AllowPolicy now) {
      return PolicySnapshot.sameContent(before, now);
    }
  }
}
