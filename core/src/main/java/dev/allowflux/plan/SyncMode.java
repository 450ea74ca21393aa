package dev.allowflux.plan;

import dev.allowflux.model.PolicyTag;

/**
 * Which policies of an account a sync answers for.
 *
 * @since 0.1
 */
public sealed interface SyncMode {

  /**
   * Returns the mode that never deletes.
   *
   * @return {@link Upsert}
   */
  static SyncMode upsert() {
    return new Upsert();
  }

  /**
   * Returns the mode that answers for the policies of an owner.
   *
   * @param owner the name in the marker: 1 to 64 letters, digits, dots, hyphens and underscores of
   *     ASCII
   * @return {@link Owned}
   * @throws IllegalArgumentException if the name has another form
   */
  static SyncMode owned(String owner) {
    return new Owned(owner);
  }

  /**
   * Returns the mode that answers for the whole account.
   *
   * @return {@link All}
   */
  static SyncMode all() {
    return new All();
  }

  /**
   * Creates and edits the desired policies; everything else in the account is left alone.
   *
   * @since 0.1
   */
  record Upsert() implements SyncMode {}

  /**
   * Answers for the policies that have the owner marker in their comments, such as {@code
   * [allowflux:team-a]}. Every desired policy has it afterwards, whether it was created, edited or
   * found as it should be; a policy that has it and is not desired is deleted. A policy that has
   * the marker of another owner is never touched.
   *
   * @param owner the name in the marker: 1 to 64 letters, digits, dots, hyphens and underscores of
   *     ASCII
   * @since 0.1
   */
  record Owned(String owner) implements SyncMode {
    /**
     * Checks the name.
     *
     * @param owner the name in the marker
     * @throws IllegalArgumentException if it has another form
     */
    public Owned {
      PolicyTag unused = PolicyTag.none().withOwner(owner);
    }

    /**
     * Returns what stands in the comments.
     *
     * @return {@code [allowflux:}, the owner and {@code ]}
     */
    public String marker() {
      return PolicyTag.none().withOwner(owner).toString();
    }
  }

  /**
   * Answers for the whole account: what is not desired is deleted, whatever marker it has. Policies
   * whose kind is not EMAIL, DOMAIN or IP are left alone even so.
   *
   * @since 0.1
   */
  record All() implements SyncMode {}
}
