package dev.allowflux.error;

import static java.util.Objects.requireNonNull;

import dev.allowflux.internal.text.FieldText;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.Operation;
import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a failed call; immutable. It holds no credential and no header of the
 * request.
 *
 * @since 0.1
 */
public final class FailureDetails {
  private static final int MAX_WHAT = 300;
  private static final int MAX_ERRORS = 500;

  private final Builder values;

  private FailureDetails(Builder values) {
    this.values = values;
  }

  /**
   * Returns a builder that knows the operation and nothing else.
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
    return values.copy();
  }

  /**
   * Returns the operation that failed.
   *
   * @return the operation
   */
  public Operation operation() {
    return values.operation;
  }

  /**
   * Returns the account that was addressed.
   *
   * @return the account, or {@code null} where it is not known
   */
  public @Nullable AccountId accountId() {
    return values.accountId;
  }

  /**
   * Returns the HTTP status of the response.
   *
   * @return the status, or {@code null} if no response came or no single response is to blame
   */
  public @Nullable Integer status() {
    return values.status;
  }

  /**
   * Tells whether the response was the service's own envelope of a failure. A page of a proxy and
   * an empty body are not, and prove nothing about a policy.
   *
   * @return false by default
   */
  public boolean isServiceEnvelope() {
    return values.serviceEnvelope;
  }

  /**
   * Returns the errors that the API named.
   *
   * @return an immutable list in the API's order, empty if it named none
   */
  public List<ApiError> errors() {
    return values.errors;
  }

  /**
   * Returns the id that Cloudflare's support asks for.
   *
   * @return the id, or {@code null} if the response had none
   */
  public @Nullable String cfRay() {
    return values.cfRay;
  }

  /**
   * Returns how much of the quota was left.
   *
   * @return the state of the quota, or {@code null} if the response did not contain it or was not
   *     the service's own
   */
  public @Nullable RateLimit rateLimit() {
    return values.rateLimit;
  }

  /**
   * Returns the wait that the server or the quota named, counted from the response.
   *
   * @return the wait, or {@code null} if none was named
   */
  public @Nullable Duration retryAfter() {
    return values.retryAfter;
  }

  /**
   * Returns the history of the call.
   *
   * @return an immutable list of the attempts in order, the last of them being this failure; empty
   *     if none was made
   */
  public List<Attempt> attempts() {
    return values.attempts;
  }

  /**
   * Tells whether the request of the last attempt left.
   *
   * @return {@link Sent#NO} only if it is certain that the server saw nothing of it; {@link
   *     Sent#UNKNOWN} by default
   */
  public Sent requestSent() {
    return values.requestSent;
  }

  /**
   * Returns the beginning of the response body.
   *
   * @return at most 512 characters without control characters, or {@code null} if there was no body
   */
  public @Nullable String bodyExcerpt() {
    return values.bodyExcerpt;
  }

  /** Returns everything but the body. */
  @Override
  public String toString() {
    return new FieldText("FailureDetails")
        .add("operation", operation())
        .add("accountId", accountId())
        .add("status", status())
        .add("isServiceEnvelope", isServiceEnvelope())
        .add("errors", errors())
        .add("cfRay", cfRay())
        .add("rateLimit", rateLimit())
        .add("retryAfter", retryAfter())
        .add("attempts", attempts())
        .add("requestSent", requestSent())
        .toString();
  }

  /** {@code edit allow policy: 404 not found: 1003 no such policy (/result/id) [cf-ray 8f00]}. */
  String message(String what) {
    StringBuilder message = new StringBuilder(operation().label()).append(": ");
    if (status() != null) {
      message.append(status()).append(' ');
    }
    message.append(SafeText.line(what, MAX_WHAT));
    String separator = ": ";
    int end = message.length() + MAX_ERRORS;
    for (ApiError error : errors()) {
      if (message.length() >= end) {
        break;
      }
      message.append(separator).append(SafeText.line(words(error), end - message.length()));
      separator = "; ";
    }
    if (cfRay() != null) {
      message.append(" [cf-ray ").append(cfRay()).append(']');
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
   * Collects what is known. A later call replaces an earlier one; {@code null} unsets a value. Not
   * safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private static final int MAX_CF_RAY = 64;
    private static final int MAX_EXCERPT = 512;

    private final Operation operation;
    private final @Nullable AccountId accountId;
    private @Nullable Integer status;
    private boolean serviceEnvelope;
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
     * Sets whether the response was the service's own envelope of a failure.
     *
     * @param own true if it was
     * @return this builder
     */
    public Builder serviceEnvelope(boolean own) {
      this.serviceEnvelope = own;
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
     * Sets the beginning of the response body.
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
    public FailureDetails build() {
      return new FailureDetails(copy());
    }

    private Builder copy() {
      Builder copy = new Builder(operation, accountId);
      copy.status = status;
      copy.serviceEnvelope = serviceEnvelope;
      copy.errors = errors;
      copy.cfRay = cfRay;
      copy.rateLimit = rateLimit;
      copy.retryAfter = retryAfter;
      copy.attempts = attempts;
      copy.requestSent = requestSent;
      copy.bodyExcerpt = bodyExcerpt;
      return copy;
    }
  }
}
