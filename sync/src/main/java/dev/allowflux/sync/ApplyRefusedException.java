package dev.allowflux.sync;

/**
 * A plan that is not applied, or not any further: the digest or the account is another one, the
 * plan is too old, the account has changed, or the journal cannot be used. Nothing was sent beyond
 * what the journal records. The message says in one line what is wrong and what to do.
 *
 * @since 0.1
 */
public final class ApplyRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses a plan or a journal.
   *
   * @param message what is wrong and what to do, in one line
   */
  public ApplyRefusedException(String message) {
    super(message);
  }
}
