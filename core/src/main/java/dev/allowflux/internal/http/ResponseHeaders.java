package dev.allowflux.internal.http;

import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The headers of a response that matter. */
public final class ResponseHeaders {
  private final @Nullable String contentType;
  private final @Nullable String cfRay;
  private final @Nullable RateLimit rateLimit;
  private final @Nullable Duration retryAfter;

  private ResponseHeaders(Function<String, List<String>> values) {
    contentType = first(values.apply("content-type"));
    cfRay = first(values.apply("cf-ray"));
    rateLimit =
        RateLimitHeaders.tightest(
            RateLimitHeaders.parse(values.apply("ratelimit"), values.apply("ratelimit-policy")));
    retryAfter =
        RateLimitHeaders.retryAfter(values.apply("retry-after"), first(values.apply("date")));
  }

  /**
   * Picks what matters.
   *
   * @param values gives the values of a header by its name, which is in lower case; an empty list
   *     if the response does not have it
   * @return a copy that needs the function no longer
   */
  public static ResponseHeaders of(Function<String, List<String>> values) {
    return new ResponseHeaders(values);
  }

  /**
   * Returns the content type.
   *
   * @return the header, or {@code null} if there is none
   */
  public @Nullable String contentType() {
    return contentType;
  }

  /**
   * Returns the id that Cloudflare's support asks for.
   *
   * @return the header, or {@code null} if there is none
   */
  public @Nullable String cfRay() {
    return cfRay;
  }

  /**
   * Returns the tightest quota.
   *
   * @return how much is left, or {@code null} if no usable header says so
   */
  public @Nullable RateLimit rateLimit() {
    return rateLimit;
  }

  /**
   * Returns the wait that the server names.
   *
   * @return the wait, or {@code null} if no usable header names one
   */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  private static @Nullable String first(List<String> values) {
    return values.isEmpty() ? null : values.get(0);
  }
}
