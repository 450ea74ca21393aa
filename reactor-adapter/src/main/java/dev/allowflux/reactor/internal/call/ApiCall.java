package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.Priority;
import org.jspecify.annotations.Nullable;

/**
 * A request, how its response is read, what follows when its outcome is unknown, and in which line
 * it waits.
 *
 * @param hint how a person finds out whether it was carried out
 * @param policy the policy that it is about, or null if it is about none or several
 * @param whenGone the result where a refusal proves that an earlier attempt deleted the policy, or
 *     null if no refusal proves anything
 * @param priority who goes first
 * @param job what it is a part of; jobs are served in turn
 */
public record ApiCall<T>(
    ApiRequest request,
    ResponseReader<T> reader,
    String hint,
    @Nullable PolicyId policy,
    @Nullable T whenGone,
    Priority priority,
    Object job) {

  /** The job of calls that are a part of none. */
  private static final Object ALONE = new Object();

  /** An interactive call that is about no single policy, and that no refusal confirms. */
  public static <T> ApiCall<T> of(ApiRequest request, ResponseReader<T> reader, String hint) {
    return new ApiCall<>(request, reader, hint, null, null, Priority.INTERACTIVE, ALONE);
  }

  /** This call as one about a policy. */
  public ApiCall<T> about(PolicyId id) {
    return new ApiCall<>(request, reader, hint, id, whenGone, priority, job);
  }

  /** This call as one that has this result once the policy is proved to be gone. */
  public ApiCall<T> confirmedWhenGone(T result) {
    return new ApiCall<>(request, reader, hint, policy, result, priority, job);
  }

  /** The same call with another priority, as a part of a job. */
  public ApiCall<T> with(Priority other, Object ofJob) {
    return new ApiCall<>(request, reader, hint, policy, whenGone, other, ofJob);
  }

  /** The same call with another priority, as a part of a job if it is a part of none yet. */
  public ApiCall<T> withPriority(Priority other, Object ofJob) {
    return with(other, job == ALONE ? ofJob : job);
  }

  boolean isBulk() {
    return priority == Priority.BULK;
  }

  /** The result that a failure proves after an unconfirmed attempt, or null if it proves none. */
  @Nullable T confirmedBy(EmailSecurityException failure, boolean unconfirmed) {
    return unconfirmed && failure instanceof Rejected rejected && rejected.provesAbsence()
        ? whenGone
        : null;
  }
}
