package dev.allowflux.error;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.ApiError;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed. The five kinds say what the caller can do next; the {@linkplain #details()
 * details} say why the call failed (docs/api-facts.md#envelope).
 *
 * <ul>
 *   <li>{@link Rejected}: the API refused the call; the same call will fail again.
 *   <li>{@link Throttled}: too many calls; wait for {@link FailureDetails#retryAfter()}, then call
 *       again.
 *   <li>{@link Unavailable}: no usable response came, and nothing was changed; call again later.
 *   <li>{@link OutcomeUnknown}: a write may or may not have happened; look before acting.
 *   <li>{@link Malformed}: the response breaks the contract of the API; report it.
 * </ul>
 *
 * <p>A message is one line of at most 1000 characters. Neither messages nor details hold a
 * credential or a header of the request. Instances are not serializable, although every {@code
 * Throwable} claims to be.
 *
 * @since 0.1
 */
@SuppressWarnings("serial")
public abstract sealed class EmailSecurityException extends RuntimeException {
  private static final int MAX_MESSAGE = 1000;

  private final transient FailureDetails details;

  private EmailSecurityException(
      FailureDetails details, String message, @Nullable Throwable cause) {
    super(SafeText.line(message, MAX_MESSAGE), cause);
    this.details = details;
  }

  private EmailSecurityException(EmailSecurityException other, FailureDetails details) {
    super(other.getMessage(), other.getCause());
    this.details = details;
    setStackTrace(other.getStackTrace());
    for (Throwable suppressed : other.getSuppressed()) {
      addSuppressed(suppressed);
    }
  }

  /**
   * Returns what is known about the call: status, errors, attempts, waits.
   *
   * @return the details
   */
  public FailureDetails details() {
    return details;
  }

  /**
   * Returns this failure with another history: same kind, details, message, cause, suppressed
   * failures and stack trace.
   *
   * @param attempts the attempts that were made, in order
   * @return a new exception
   */
  public EmailSecurityException withAttempts(List<Attempt> attempts) {
    return with(details.toBuilder().attempts(attempts).build());
  }

  abstract EmailSecurityException with(FailureDetails other);

  /**
   * Refuses, since the details would be lost.
   *
   * @param out unused
   * @throws NotSerializableException always
   */
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException(getClass().getName());
  }

  /**
   * The API refused the call, and would refuse it again.
   *
   * @since 0.1
   */
  public static final class Rejected extends EmailSecurityException {
    /** No such route; an identifier that is none. */
    private static final Set<Long> NOT_ABOUT_A_POLICY = Set.of(7000L, 7003L);

    private final transient RejectionReason reason;

    /**
     * Makes the failure; the message is built from the arguments.
     *
     * @param details what is known about the call
     * @param reason why the API refused
     */
    public Rejected(FailureDetails details, RejectionReason reason) {
      super(details, details.message(reason.words()), null);
      this.reason = reason;
    }

    private Rejected(Rejected other, FailureDetails details) {
      super(other, details);
      reason = other.reason;
    }

    /**
     * Returns why the API refused.
     *
     * @return the reason to branch on
     */
    public RejectionReason reason() {
      return reason;
    }

    /**
     * Tells whether the service itself said that there is no such policy
     * (docs/api-facts.md#not-found).
     *
     * @return true only for the service's own envelope with an error that is not about routing; a
     *     page of a proxy, an empty body and an unknown route prove nothing
     */
    public boolean provesAbsence() {
      List<ApiError> errors = details().errors();
      return reason == RejectionReason.NOT_FOUND
          && details().isServiceEnvelope()
          && !errors.isEmpty()
          && errors.stream()
              .allMatch(error -> error.code() > 0 && !NOT_ABOUT_A_POLICY.contains(error.code()));
    }

    @Override
    Rejected with(FailureDetails other) {
      return new Rejected(this, other);
    }
  }

  /**
   * Too many calls: the API responded with 429, or the quota would not let the call go in time.
   *
   * <p>{@link FailureDetails#retryAfter()} says how long to wait when that is known.
   *
   * @since 0.1
   */
  public static final class Throttled extends EmailSecurityException {

    /**
     * Makes the failure; the message is built from the arguments.
     *
     * @param details what is known about the call
     * @param what what happened, in a few words
     */
    public Throttled(FailureDetails details, String what) {
      super(details, details.message(what), null);
    }

    private Throttled(Throttled other, FailureDetails details) {
      super(other, details);
    }

    @Override
    Throttled with(FailureDetails other) {
      return new Throttled(this, other);
    }
  }

  /**
   * No usable response came: a status of 408 or 500 and above, a failed connection, a time limit. A
   * write that ends like this was not done, or can be retried without harm.
   *
   * @since 0.1
   */
  public static final class Unavailable extends EmailSecurityException {

    /**
     * Makes the failure; the message is built from the arguments.
     *
     * @param details what is known about the call
     * @param what what happened, in a few words
     * @param cause the underlying failure, or {@code null}
     */
    public Unavailable(FailureDetails details, String what, @Nullable Throwable cause) {
      super(details, details.message(what), cause);
    }

    private Unavailable(Unavailable other, FailureDetails details) {
      super(other, details);
    }

    @Override
    Unavailable with(FailureDetails other) {
      return new Unavailable(this, other);
    }
  }

  /**
   * A write whose outcome is not known: it was sent, and what came back does not say whether it was
   * done (docs/api-facts.md#retrying).
   *
   * @since 0.1
   */
  public static final class OutcomeUnknown extends EmailSecurityException {
    private static final int MAX_HINT = 300;

    private final transient String hint;

    private OutcomeUnknown(FailureDetails details, String message, String hint, Throwable cause) {
      super(details, message, cause);
      this.hint = SafeText.line(hint, MAX_HINT);
    }

    private OutcomeUnknown(OutcomeUnknown other, FailureDetails details) {
      super(other, details);
      hint = other.hint;
    }

    /**
     * Turns the failure of a write into one of unknown outcome, with the details of that failure
     * and the failure as the cause.
     *
     * @param failure how the write failed
     * @param hint how to find out whether the write happened, in one line
     * @return a new exception
     */
    public static OutcomeUnknown from(EmailSecurityException failure, String hint) {
      FailureDetails details = failure.details();
      String label = details.operation().label() + ": ";
      String reason = requireNonNull(failure.getMessage()).substring(label.length());
      return new OutcomeUnknown(
          details,
          label
              + "outcome unknown, it may have happened ("
              + SafeText.line(reason, MAX_MESSAGE - 2 * MAX_HINT)
              + "); "
              + SafeText.line(hint, MAX_HINT),
          hint,
          failure);
    }

    /**
     * Tells how to find out whether the write happened.
     *
     * @return one line of at most 300 characters
     */
    public String hint() {
      return hint;
    }

    @Override
    OutcomeUnknown with(FailureDetails other) {
      return new OutcomeUnknown(this, other);
    }
  }

  /**
   * The response breaks the contract: not JSON, no result where one is due, a value of the wrong
   * type, an unknown status, a result of another request, or a listing that repeats itself.
   *
   * @since 0.1
   */
  public static final class Malformed extends EmailSecurityException {
    private final transient boolean wellFormed;

    /**
     * Makes the failure of a response that cannot be read; the message is built from the arguments.
     *
     * @param details what is known about the call
     * @param what what is wrong with the response, in a few words
     */
    public Malformed(FailureDetails details, String what) {
      this(details, what, false);
    }

    /**
     * Makes the failure; the message is built from the arguments.
     *
     * @param details what is known about the call
     * @param what what is wrong with the response, in a few words
     * @param wellFormed whether the response could be read, and only its content is wrong
     */
    public Malformed(FailureDetails details, String what, boolean wellFormed) {
      super(details, details.message(what), null);
      this.wellFormed = wellFormed;
    }

    private Malformed(Malformed other, FailureDetails details) {
      super(other, details);
      wellFormed = other.wellFormed;
    }

    /**
     * Tells whether the response arrived whole and could be read, and only its content is wrong. A
     * write is not retried for such a response, since the service received it and responded.
     *
     * @return false for what the connection or something in between may have damaged
     */
    public boolean isWellFormed() {
      return wellFormed;
    }

    @Override
    Malformed with(FailureDetails other) {
      return new Malformed(this, other);
    }
  }
}
