package dev.allowflux.simulator;

/**
 * The operations of the API.
 *
 * @since 0.1
 */
public enum Operation {
  /** {@code GET .../allow_policies}: returns one page of policies. */
  LIST,
  /** {@code GET .../allow_policies/{id}}: returns one policy. */
  GET,
  /** {@code POST .../allow_policies}: adds a policy. */
  CREATE,
  /** {@code PATCH .../allow_policies/{id}}: changes some fields of a policy. */
  EDIT,
  /** {@code DELETE .../allow_policies/{id}}: deletes one policy. */
  DELETE,
  /** {@code POST .../allow_policies/batch}: makes many changes, all or none. */
  BATCH,
  /** {@code GET /accounts}: returns one page of the accounts that the credential sees. */
  LIST_ACCOUNTS;

  /**
   * Returns whether the operation reads one page of a list.
   *
   * @return true for {@link #LIST} and {@link #LIST_ACCOUNTS}
   */
  public boolean isListing() {
    return this == LIST || this == LIST_ACCOUNTS;
  }

  /**
   * Returns whether the operation changes policies.
   *
   * @return false for {@link #LIST}, {@link #GET} and {@link #LIST_ACCOUNTS}
   */
  public boolean isWrite() {
    return this != LIST && this != GET && this != LIST_ACCOUNTS;
  }
}
