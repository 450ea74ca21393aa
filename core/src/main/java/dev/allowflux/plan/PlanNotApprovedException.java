package dev.allowflux.plan;

/**
 * A plan that is not the one that was reviewed, or not signed by the trusted key. Nothing was sent.
 * The message says in one line what is wrong.
 *
 * @since 0.1
 */
public final class PlanNotApprovedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses a plan.
   *
   * @param message what is wrong, in one line
   */
  public PlanNotApprovedException(String message) {
    super(message);
  }
}
