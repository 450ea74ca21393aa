package dev.allowflux.model;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An error or a message that the API put into its response (docs/api-facts.md#envelope).
 *
 * @param code the API's number for it, 0 if it gave none
 * @param message the API's text as it came, empty if it gave none
 * @param pointer the part of the request that is meant, or {@code null} if absent
 * @param documentationUrl where the API says more, or {@code null} if absent
 * @param chain the errors behind this one, usually none
 * @since 0.1
 */
public record ApiError(
    long code,
    String message,
    @Nullable String pointer,
    @Nullable String documentationUrl,
    List<ApiError> chain) {

  /**
   * Copies the chain.
   *
   * @param code the number
   * @param message the text
   * @param pointer the part of the request
   * @param documentationUrl where to read more
   * @param chain the errors behind this one
   */
  public ApiError {
    requireNonNull(message, "message");
    chain = List.copyOf(chain);
  }
}
