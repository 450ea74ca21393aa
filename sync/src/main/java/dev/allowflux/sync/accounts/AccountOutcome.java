package dev.allowflux.sync.accounts;

/**
 * What became of the work in one account.
 *
 * @param <T> what the work gives
 * @since 0.1
 */
public sealed interface AccountOutcome<T> {

  /**
   * Returns the account.
   *
   * @return the account and its name
   */
  AccountEntry entry();

  /**
   * The work was done.
   *
   * @param entry the account
   * @param value what it gave
   * @param <T> what the work gives
   * @since 0.1
   */
  record Done<T>(AccountEntry entry, T value) implements AccountOutcome<T> {}

  /**
   * The work failed, and failed again at the end.
   *
   * @param entry the account
   * @param failure the last failure
   * @param <T> what the work would have given
   * @since 0.1
   */
  record Failed<T>(AccountEntry entry, Throwable failure) implements AccountOutcome<T> {}
}
