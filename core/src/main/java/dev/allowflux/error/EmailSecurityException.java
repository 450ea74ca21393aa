package dev.allowflux.error;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.FieldText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.Operation;
import dev.allowflux.model.RateLimit;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call that did not end in a value. The five kinds say what the caller can do next, the data says
 * why it came to this (docs/api-facts.md#envelope).
 *
 * <ul>
 *   <li>{@link Rejected}: the API said no; the same call will fail again.
 *   <li>{@link Throttled}: too many calls; wait for {@link #retryAfter()}, then call again.
 *   <li>{@link Unavailable}: no usable answer came, and nothing is left in doubt; call again later.
 *   <li>{@link OutcomeUnknown}: a write may or may not have happened; look before acting.
 *   <li>{@link Malformed}: the answer breaks the contract of the API; report it.
 * </ul>
 *
 * <p>A message is one line of at most 1000 characters. Neither messages nor data hold a credential
 * or a header of the request. Instances are not serializable, although every {@code Throwable}
 * claims to be.
 */
@SuppressWarnings("serial")
public abstract sealed class EmailSecurityException extends RuntimeException {
  private static final int MAX_MESSAGE = 1000;

  private final transient Details details;

  private EmailSecurityException(Details details, String message, @Nullable Throwable cause) {
    super(SafeText.line(message, MAX_MESSAGE), cause);
    this.details = details;
  }

  private EmailSecurityException(EmailSecurityException other, List<Attempt> attempts) {
    super(other.getMessage(), other.getCause());
    details = other.details.toBuilder().attempts(attempts).build();
    setStackTrace(other.getStackTrace());
    for (Throwable suppressed : other.getSuppressed()) {
      addSuppressed(suppressed);
    }
  }

  /**
   * Returns this failure with another history: same kind, data, message, cause, suppressed failures
   * and stack trace.
   *
   * @param attempts the attempts that were made, in order
   * @return a new exception
   */
  public abstract EmailSecurityException withAttempts(List<Attempt> attempts);

  /**
   * Returns all data of this failure at once.
   *
   * @return the data that the other accessors return one by one
   */
  public Details details() {
    return details;
  }

  /**
   * Returns what was being done.
   *
   * @return the operation
   */
  public Operation operation() {
    return details.operation();
  }

  /**
   * Returns the account that was addressed.
   *
   * @return the account, or {@code null} where it is not known
   */
  public @Nullable AccountId accountId() {
    return details.accountId();
  }

  /**
   * Returns the HTTP status of the answer.
   *
   * @return the status, or {@code null} if no answer came or no single answer is to blame
   */
  public @Nullable Integer status() {
    return details.status();
  }

  /**
   * Returns the errors that the API named.
   *
   * @return the errors in the API's order, empty if it named none
   */
  public List<ApiError> errors() {
    return details.errors();
  }

  /**
   * Returns the id that Cloudflare's support asks for.
   *
   * @return the id, or {@code null} if the answer had none
   */
  public @Nullable String cfRay() {
    return details.cfRay();
  }

  /**
   * Returns how much of the quota was left.
   *
   * @return the state of the quota, or {@code null} if the answer did not say
   */
  public @Nullable RateLimit rateLimit() {
    return details.rateLimit();
  }

  /**
   * Returns the wait that the server or the quota named, counted from the answer.
   *
   * @return the wait, or {@code null} if none was named
   */
  public @Nullable Duration retryAfter() {
    return details.retryAfter();
  }

  /**
   * Returns the history of the call.
   *
   * @return the attempts in order, the last of them being this failure; empty if none was made
   */
  public List<Attempt> attempts() {
    return details.attempts();
  }

  /**
   * Tells whether the request of the last attempt left.
   *
   * @return {@link Sent#NO} only if it is certain that the server saw nothing of it
   */
  public Sent requestSent() {
    return details.requestSent();
  }

  /**
   * Returns the beginning of the answer's body.
   *
   * @return at most 512 characters without control characters, or {@code null} if there was no body
   */
  public @Nullable String bodyExcerpt() {
    return details.bodyExcerpt();
  }

  /**
   * Refuses, as the data would be lost on the way.
   *
   * @param out unused
   * @throws NotSerializableException always
   */
  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException(getClass().getName());
  }

  /** The API refused the call, and would refuse it again. */
  public static final class Rejected extends EmailSecurityException {
    private final transient Reason reason;

    /**
     * Makes the failure; the message is built from what is given.
     *
     * @param details what is known about the call
     * @param reason why the API refused
     */
    public Rejected(Details details, Reason reason) {
      super(details, details.message(reason.words), null);
      this.reason = reason;
    }

    private Rejected(Rejected other, List<Attempt> attempts) {
      super(other, attempts);
      reason = other.reason;
    }

    /**
     * Returns why the API refused.
     *
     * @return the reason that people branch on
     */
    public Reason reason() {
      return reason;
    }

    @Override
    public Rejected withAttempts(List<Attempt> attempts) {
      return new Rejected(this, attempts);
    }
  }

  /**
   * Too many calls: the API answered 429, or the quota would not let the call go in time.
   *
   * <p>{@link #retryAfter()} says how long to wait when that is known.
   */
  public static final class Throttled extends EmailSecurityException {

    /**
     * Makes the failure; the message is built from what is given.
     *
     * @param details what is known about the call
     * @param what what happened, in a few words
     */
    public Throttled(Details details, String what) {
      super(details, details.message(what), null);
    }

    private Throttled(Throttled other, List<Attempt> attempts) {
      super(other, attempts);
    }

    @Override
    public Throttled withAttempts(List<Attempt> attempts) {
      return new Throttled(this, attempts);
    }
  }

  /**
   * No usable answer came: a status of 408 or 500 and above, a failed connection, a time limit. A
   * write that ends like this was not done, or can be repeated without harm.
   */
  public static final class Unavailable extends EmailSecurityException {

    /**
     * Makes the failure; the message is built from what is given.
     *
     * @param details what is known about the call
     * @param what what happened, in a few words
     * @param cause the failure beneath, or {@code null}
     */
    public Unavailable(Details details, String what, @Nullable Throwable cause) {
      super(details, details.message(what), cause);
    }

    private Unavailable(Unavailable other, List<Attempt> attempts) {
      super(other, attempts);
    }

    @Override
    public Unavailable withAttempts(List<Attempt> attempts) {
      return new Unavailable(this, attempts);
    }
  }

  /**
   * A write whose fate is not known: it was sent, and what came back does not say whether it was
   * done (docs/api-facts.md#repeating).
   */
  public static final class OutcomeUnknown extends EmailSecurityException {
    private static final int MAX_HINT = 300;

    private final transient String hint;

    private OutcomeUnknown(Details details, String message, String hint, Throwable cause) {
      super(details, message, cause);
      this.hint = SafeText.line(hint, MAX_HINT);
    }

    private OutcomeUnknown(OutcomeUnknown other, List<Attempt> attempts) {
      super(other, attempts);
      hint = other.hint;
    }

    /**
     * Turns the failure of a write into a doubt about it, with the data of that failure and the
     * failure as the cause.
     *
     * @param failure what the write ended with
     * @param hint how to find out what happened, in one line
     * @return a new exception
     */
    public static OutcomeUnknown from(EmailSecurityException failure, String hint) {
      Details details = failure.details();
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
    public OutcomeUnknown withAttempts(List<Attempt> attempts) {
      return new OutcomeUnknown(this, attempts);
    }
  }

  /**
   * The answer breaks the contract: not JSON, no result where one is due, a value of the wrong
   * type, an unknown status, or a listing that repeats itself.
   */
  public static final class Malformed extends EmailSecurityException {

    /**
     * Makes the failure; the message is built from what is given.
     *
     * @param details what is known about the call
     * @param what what is wrong with the answer, in a few words
     */
    public Malformed(Details details, String what) {
      super(details, details.message(what), null);
    }

    private Malformed(Malformed other, List<Attempt> attempts) {
      super(other, attempts);
    }

    @Override
    public Malformed withAttempts(List<Attempt> attempts) {
      return new Malformed(this, attempts);
    }
  }

  /** Why the API refused a call (docs/api-facts.md#error-codes). */
  public enum Reason {
    /** The credential is missing, malformed, wrong or expired. */
    CREDENTIAL("credential refused"),

    /** The credential may not do this, or not for this account. */
    PERMISSION("permission denied"),

    /** The account does not subscribe to Email Security. */
    NOT_SUBSCRIBED("not in the account's subscription"),

    /** There is no such policy, account or route. */
    NOT_FOUND("not found"),

    /** The change conflicts with the state of the account. */
    CONFLICT("conflict"),

    /** The API does not accept the content or form of the request. */
    INVALID_REQUEST("invalid request"),

    /** The answer points elsewhere; the credential was not sent there. */
    REDIRECTED("redirected, which is not followed"),

    /** Any other refusal. */
    OTHER("refused");

    private final String words;

    Reason(String words) {
      this.words = words;
    }
  }

  /** Whether a request left for the server. */
  public enum Sent {
    /** Certainly nothing of it left. */
    NO,

    /** It was written, at least in part. */
    YES,

    /** It cannot be told. */
    UNKNOWN
  }

  /**
   * One attempt of a call.
   *
   * @param number which attempt, from 1
   * @param elapsed from its start, after any wait for the quota, to its end
   * @param outcome what it ended with, in one line of at most 200 characters
   */
  public record Attempt(int number, Duration elapsed, String outcome) {
    private static final int MAX_OUTCOME = 200;

    /**
     * Makes the outcome one line and bounds it.
     *
     * @param number which attempt
     * @param elapsed how long it took
     * @param outcome what it ended with
     */
    public Attempt {
      requireNonNull(elapsed, "elapsed");
      outcome = SafeText.line(outcome, MAX_OUTCOME);
    }
  }

  /** What is known about a failed call; immutable. */
  public static final class Details {
    private static final int MAX_WHAT = 300;
    private static final int MAX_ERRORS = 500;

    private final Operation operation;
    private final @Nullable AccountId accountId;
    private final @Nullable Integer status;
    private final List<ApiError> errors;
    private final @Nullable String cfRay;
    private final @Nullable RateLimit rateLimit;
    private final @Nullable Duration retryAfter;
    private final List<Attempt> attempts;
    private final Sent requestSent;
    private final @Nullable String bodyExcerpt;

    private Details(Builder builder) {
      operation = builder.operation;
      accountId = builder.accountId;
      status = builder.status;
      errors = builder.errors;
      cfRay = builder.cfRay;
      rateLimit = builder.rateLimit;
      retryAfter = builder.retryAfter;
      attempts = builder.attempts;
      requestSent = builder.requestSent;
      bodyExcerpt = builder.bodyExcerpt;
    }

    /**
     * Returns a builder that knows what was being done and nothing else.
     *
     * @param operation the operation
     * @param accountId the account addressed, or {@code null} where it is not known
     * @return a builder
     */
    public static Builder builder(Operation operation, @Nullable AccountId accountId) {
      return new Builder(requireNonNull(operation, "operation"), accountId);
    }

    /**
     * Returns a builder with these values.
     *
     * @return a builder of its own
     */
    public Builder toBuilder() {
      Builder builder = new Builder(operation, accountId);
      builder.status = status;
      builder.errors = errors;
      builder.cfRay = cfRay;
      builder.rateLimit = rateLimit;
      builder.retryAfter = retryAfter;
      builder.attempts = attempts;
      builder.requestSent = requestSent;
      builder.bodyExcerpt = bodyExcerpt;
      return builder;
    }

    /**
     * Returns what was being done.
     *
     * @return the operation
     */
    public Operation operation() {
      return operation;
    }

    /**
     * Returns the account that was addressed.
     *
     * @return the account, or {@code null} where it is not known
     */
    public @Nullable AccountId accountId() {
      return accountId;
    }

    /**
     * Returns the HTTP status.
     *
     * @return the status, or {@code null} if no answer came or no single answer is to blame
     */
    public @Nullable Integer status() {
      return status;
    }

    /**
     * Returns the errors that the API named.
     *
     * @return an immutable list, empty by default
     */
    public List<ApiError> errors() {
      return errors;
    }

    /**
     * Returns the id that Cloudflare's support asks for.
     *
     * @return the id, or {@code null}
     */
    public @Nullable String cfRay() {
      return cfRay;
    }

    /**
     * Returns how much of the quota was left.
     *
     * @return the state of the quota, or {@code null}
     */
    public @Nullable RateLimit rateLimit() {
      return rateLimit;
    }

    /**
     * Returns the wait that the server or the quota named.
     *
     * @return the wait, or {@code null}
     */
    public @Nullable Duration retryAfter() {
      return retryAfter;
    }

    /**
     * Returns the history of the call.
     *
     * @return an immutable list, empty by default
     */
    public List<Attempt> attempts() {
      return attempts;
    }

    /**
     * Tells whether the request of the last attempt left.
     *
     * @return {@link Sent#UNKNOWN} by default
     */
    public Sent requestSent() {
      return requestSent;
    }

    /**
     * Returns the beginning of the answer's body.
     *
     * @return at most 512 characters without control characters, or {@code null} if there was no
     *     body
     */
    public @Nullable String bodyExcerpt() {
      return bodyExcerpt;
    }

    /** Returns everything but the body. */
    @Override
    public String toString() {
      return new FieldText("Details")
          .add("operation", operation)
          .add("accountId", accountId)
          .add("status", status)
          .add("errors", errors)
          .add("cfRay", cfRay)
          .add("rateLimit", rateLimit)
          .add("retryAfter", retryAfter)
          .add("attempts", attempts)
          .add("requestSent", requestSent)
          .toString();
    }

    /** {@code edit allow policy: 404 not found: 1003 no such policy (/result/id) [cf-ray 8f00]}. */
    private String message(String what) {
      StringBuilder message = new StringBuilder(operation.label()).append(": ");
      if (status != null) {
        message.append(status).append(' ');
      }
      message.append(SafeText.line(what, MAX_WHAT));
      String separator = ": ";
      int end = message.length() + MAX_ERRORS;
      for (ApiError error : errors) {
        if (message.length() >= end) {
          break;
        }
        message.append(separator).append(SafeText.line(words(error), end - message.length()));
        separator = "; ";
      }
      if (cfRay != null) {
        message.append(" [cf-ray ").append(cfRay).append(']');
      }
      return message.toString();
    }

    private static String words(ApiError error) {
      StringBuilder words = new StringBuilder();
      words.append(error.code()).append(' ').append(error.message());
      if (error.pointer() != null) {
        words.append(" (").append(error.pointer()).append(')');
      }
      for (ApiError behind : error.chain()) {
        words.append(" < ").append(behind.code()).append(' ').append(behind.message());
      }
      return words.toString();
    }

    /**
     * Collects what is known. A later call replaces an earlier one; {@code null} takes a value
     * back. Not safe for use by several threads.
     */
    public static final class Builder {
      private static final int MAX_CF_RAY = 64;
      private static final int MAX_EXCERPT = 512;

      private final Operation operation;
      private final @Nullable AccountId accountId;
      private @Nullable Integer status;
      private List<ApiError> errors = List.of();
      private @Nullable String cfRay;
      private @Nullable RateLimit rateLimit;
      private @Nullable Duration retryAfter;
      private List<Attempt> attempts = List.of();
      private Sent requestSent = Sent.UNKNOWN;
      private @Nullable String bodyExcerpt;

      private Builder(Operation operation, @Nullable AccountId accountId) {
        this.operation = operation;
        this.accountId = accountId;
      }

      /**
       * Sets the HTTP status.
       *
       * @param status the status
       * @return this builder
       */
      public Builder status(@Nullable Integer status) {
        this.status = status;
        return this;
      }

      /**
       * Sets the errors that the API named.
       *
       * @param errors the errors, copied
       * @return this builder
       */
      public Builder errors(List<ApiError> errors) {
        this.errors = List.copyOf(errors);
        return this;
      }

      /**
       * Sets the id that Cloudflare's support asks for.
       *
       * @param cfRay the id; made one line and cut at 64 characters
       * @return this builder
       */
      public Builder cfRay(@Nullable String cfRay) {
        this.cfRay = cfRay == null ? null : SafeText.line(cfRay, MAX_CF_RAY);
        return this;
      }

      /**
       * Sets the state of the quota.
       *
       * @param rateLimit the state
       * @return this builder
       */
      public Builder rateLimit(@Nullable RateLimit rateLimit) {
        this.rateLimit = rateLimit;
        return this;
      }

      /**
       * Sets the wait that the server or the quota named.
       *
       * @param retryAfter the wait
       * @return this builder
       */
      public Builder retryAfter(@Nullable Duration retryAfter) {
        this.retryAfter = retryAfter;
        return this;
      }

      /**
       * Sets the history of the call.
       *
       * @param attempts the attempts in order, copied
       * @return this builder
       */
      public Builder attempts(List<Attempt> attempts) {
        this.attempts = List.copyOf(attempts);
        return this;
      }

      /**
       * Sets whether the request left.
       *
       * @param requestSent what is known
       * @return this builder
       */
      public Builder requestSent(Sent requestSent) {
        this.requestSent = requireNonNull(requestSent, "requestSent");
        return this;
      }

      /**
       * Sets the beginning of the answer's body.
       *
       * @param body the text; control characters become spaces, and it is cut at 512 characters
       * @return this builder
       */
      public Builder bodyExcerpt(@Nullable String body) {
        this.bodyExcerpt = body == null ? null : SafeText.line(body, MAX_EXCERPT);
        return this;
      }

      /**
       * Returns the details; the builder keeps its values.
       *
       * @return what was set
       */
      public Details build() {
        return new Details(this);
      }
    }
  }
}
