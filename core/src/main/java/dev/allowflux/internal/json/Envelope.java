package dev.allowflux.internal.json;

import dev.allowflux.model.ApiError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every answer of the API is wrapped in (docs/api-facts.md#envelope).
 *
 * @param success what the API says, null if it does not
 * @param result the result, null if it is missing or null
 * @param errors the errors, in whatever form they came
 * @param messages the messages, likewise
 */
public record Envelope<T>(
    @Nullable Boolean success, @Nullable T result, List<ApiError> errors, List<ApiError> messages) {

  <U> Envelope<U> withResult(@Nullable U other) {
    return new Envelope<>(success, other, errors, messages);
  }

  /** Reads an envelope from a slice of bytes. */
  public interface Parser<T> {
    /**
     * Reads the whole slice.
     *
     * @throws UnreadableException if it is not JSON or not of the agreed form
     */
    Envelope<T> parse(byte[] bytes, int offset, int length);
  }
}
