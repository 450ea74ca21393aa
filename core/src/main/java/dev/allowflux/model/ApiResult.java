package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a successful call: its value and what came with it.
 *
 * @param <T> the type of the value
 * @param value the requested value
 * @param status the HTTP status, 200 to 299; 404 for a deletion that a 404 confirmed
 * @param messages the messages of the API, usually none
 * @param cfRay the id that Cloudflare's support asks for, or {@code null} if the response had none
 * @param rateLimit how much of the quota is left, or {@code null} if the response did not contain
 *     it
 * @param notes differences between the request and the response that are no contradiction, one line
 *     each, usually none: another spelling of the same pattern, or a field that the response leaves
 *     out
 * @since 0.1
 */
public record ApiResult<T>(
    T value,
    int status,
    List<ApiError> messages,
    @Nullable String cfRay,
    @Nullable RateLimit rateLimit,
    List<String> notes) {

  /**
   * Copies the messages and the notes.
   *
   * @param value the requested value
   * @param status the HTTP status
   * @param messages the messages of the API
   * @param cfRay the id for support
   * @param rateLimit the state of the quota
   * @param notes the differences that are no contradiction
   */
  public ApiResult {
    requireNonNull(value, "value");
    messages = List.copyOf(messages);
    notes = List.copyOf(notes);
  }

  /**
   * Makes a result without notes.
   *
   * @param value the requested value
   * @param status the HTTP status
   * @param messages the messages of the API
   * @param cfRay the id for support
   * @param rateLimit the state of the quota
   */
  public ApiResult(
      T value,
      int status,
      List<ApiError> messages,
      @Nullable String cfRay,
      @Nullable RateLimit rateLimit) {
    this(value, status, messages, cfRay, rateLimit, List.of());
  }

  /**
   * Returns the same result with other notes.
   *
   * @param others the notes
   * @return a result that differs in its notes alone
   */
  public ApiResult<T> withNotes(List<String> others) {
    return new ApiResult<>(value, status, messages, cfRay, rateLimit, others);
  }

  /**
   * Returns the same result with another value.
   *
   * @param <U> the type of the other value
   * @param other the other value
   * @return a result that differs in its value alone
   */
  public <U> ApiResult<U> withValue(U other) {
    return new ApiResult<>(other, status, messages, cfRay, rateLimit, notes);
  }
}
