package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole of a good answer: its value and what came with it.
 *
 * @param <T> the type of the value
 * @param value what was asked for
 * @param status the HTTP status, 200 to 299
 * @param messages what the API had to say besides, usually nothing
 * @param cfRay the id that Cloudflare's support asks for, or {@code null} if the answer had none
 * @param rateLimit how much of the quota is left, or {@code null} if the answer did not say
 */
public record ApiResult<T>(
    T value,
    int status,
    List<ApiError> messages,
    @Nullable String cfRay,
    @Nullable RateLimit rateLimit) {

  /**
   * Copies the messages.
   *
   * @param value what was asked for
   * @param status the HTTP status
   * @param messages what else the API said
   * @param cfRay the id for support
   * @param rateLimit the state of the quota
   */
  public ApiResult {
    requireNonNull(value, "value");
    messages = List.copyOf(messages);
  }

  /**
   * Returns the same answer with another value.
   *
   * @param <U> the type of the other value
   * @param other the other value
   * @return a result that differs in its value alone
   */
  public <U> ApiResult<U> withValue(U other) {
    return new ApiResult<>(other, status, messages, cfRay, rateLimit);
  }
}
