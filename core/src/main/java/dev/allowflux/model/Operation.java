package dev.allowflux.model;

/**
 * The operations of the API (docs/api-facts.md#operations).
 *
 * @since 0.1
 */
public enum Operation {
  /** Reads one page of the policies of an account. */
  LIST("list allow policies"),

  /** Reads one policy. */
  GET("get allow policy"),

  /** Creates a policy. */
  CREATE("create allow policy"),

  /** Changes the named fields of a policy. */
  EDIT("edit allow policy"),

  /** Deletes a policy. */
  DELETE("delete allow policy"),

  /** Deletes, edits, replaces and creates policies in one atomic call. */
  BATCH("batch allow policies"),

  /** Reads one page of the accounts that the credential sees; it addresses no account. */
  LIST_ACCOUNTS("list accounts");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /**
   * Returns the words that messages, logs and metrics use for this operation; they hold no id.
   *
   * @return a verb and its object in lower case
   */
  public String label() {
    return label;
  }

  /**
   * Tells whether sending the same request again leaves the same policies behind
   * (docs/api-facts.md#retrying).
   *
   * @return false for {@link #CREATE} and {@link #BATCH}
   */
  public boolean isIdempotent() {
    return this != CREATE && this != BATCH;
  }

  /**
   * Tells whether the operation can change policies.
   *
   * @return false for {@link #LIST}, {@link #GET} and {@link #LIST_ACCOUNTS}
   */
  public boolean isWrite() {
    return this != LIST && this != GET && this != LIST_ACCOUNTS;
  }
}
