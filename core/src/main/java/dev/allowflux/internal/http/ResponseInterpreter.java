package dev.allowflux.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.json.BodyJson;
import dev.allowflux.internal.json.Envelope;
import dev.allowflux.internal.json.UnreadableException;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What status, headers and envelope together mean (docs/api-facts.md#error-codes). */
final class ResponseInterpreter<T> implements ResponseReader<T> {
  /** Enough for 512 characters of any script. */
  private static final int EXCERPT_BYTES = 2048;

  private final Envelope.Parser<T> parser;

  ResponseInterpreter(Envelope.Parser<T> parser) {
    this.parser = parser;
  }

  @Override
  public ApiResult<T> read(ApiRequest request, ApiResponse response) {
    if (!isSuccess(response.status())) {
      throw failure(request, response);
    }
    return readSuccess(request, response);
  }

  private ApiResult<T> readSuccess(ApiRequest request, ApiResponse response) {
    if (response.length() == 0) {
      throw malformed(request, response, "the body is empty");
    }
    String type = response.headers().contentType();
    if (type == null) {
      throw malformed(request, response, "the body has no content type");
    }
    if (!isJson(type)) {
      throw malformed(request, response, "the body is " + type + ", not JSON");
    }
    Envelope<T> envelope;
    try {
      envelope = parser.parse(response.bytes(), response.offset(), response.length());
    } catch (UnreadableException e) {
      // A failure may carry a result of any form; only a success owes us one.
      Envelope<Void> failure = tryReadFailure(response);
      if (failure != null && Boolean.FALSE.equals(failure.success())) {
        throw refusal(request, response, failure.errors());
      }
      throw malformed(request, response, String.valueOf(e.getMessage()));
    }
    if (envelope.success() == null) {
      throw malformed(request, response, "the answer does not say whether it is a success");
    }
    if (!envelope.success()) {
      throw refusal(request, response, envelope.errors());
    }
    T result = envelope.result();
    if (result == null) {
      throw malformed(request, response, "the answer has no result");
    }
    return new ApiResult<>(
        result,
        response.status(),
        envelope.messages(),
        response.headers().cfRay(),
        response.headers().rateLimit());
  }

  private static EmailSecurityException failure(ApiRequest request, ApiResponse response) {
    int status = response.status();
    if (status < 200 || status > 599) {
      return malformed(request, response, "a status without a meaning");
    }
    Envelope<Void> envelope = tryReadFailure(response);
    List<ApiError> errors = envelope == null ? List.of() : envelope.errors();
    if (status < 400) {
      return new Rejected(details(request, response, errors), RejectionReason.REDIRECTED);
    }
    if (status == 408) {
      return new Unavailable(details(request, response, errors), "the request took too long", null);
    }
    if (status >= 500 && status != 501 && status != 505) {
      return new Unavailable(details(request, response, errors), "the service failed", null);
    }
    return refusal(request, response, errors);
  }

  private static EmailSecurityException refusal(
      ApiRequest request, ApiResponse response, List<ApiError> errors) {
    FailureDetails details = details(request, response, errors);
    return response.status() == 429 || isThrottling(errors)
        ? new Throttled(details, "too many requests")
        : new Rejected(details, reason(response.status(), errors));
  }

  private static boolean isThrottling(List<ApiError> errors) {
    return !errors.isEmpty()
        && errors.stream().allMatch(error -> error.code() == 971 || error.code() == 10100);
  }

  private static RejectionReason reason(int status, List<ApiError> errors) {
    if (status == 401
        || errors.stream().anyMatch(error -> isCredentialCode(status, error.code()))) {
      return RejectionReason.CREDENTIAL;
    }
    return switch (status) {
      case 403 ->
          isNotSubscribed(errors) ? RejectionReason.NOT_SUBSCRIBED : RejectionReason.PERMISSION;
      case 404 -> RejectionReason.NOT_FOUND;
      case 409 -> RejectionReason.CONFLICT;
      case 400, 405, 413, 414, 415, 422 -> RejectionReason.INVALID_REQUEST;
      default -> RejectionReason.OTHER;
    };
  }

  /** A 403 with 10000 is a good credential without the permission. */
  private static boolean isCredentialCode(int status, long code) {
    return code == 9106 || code == 6003 || (code == 10000 && status != 403);
  }

  private static boolean isNotSubscribed(List<ApiError> errors) {
    return errors.stream()
        .map(error -> error.message().toLowerCase(Locale.ROOT))
        .anyMatch(message -> message.contains("not available in the current subscription"));
  }

  private static @Nullable Envelope<Void> tryReadFailure(ApiResponse response) {
    if (response.length() == 0) {
      return null;
    }
    try {
      return BodyJson.readFailure(response.bytes(), response.offset(), response.length());
    } catch (UnreadableException e) {
      return null;
    }
  }

  private static Malformed malformed(ApiRequest request, ApiResponse response, String what) {
    return new Malformed(details(request, response, List.of()), what);
  }

  private static FailureDetails details(
      ApiRequest request, ApiResponse response, List<ApiError> errors) {
    ResponseHeaders headers = response.headers();
    return FailureDetails.builder(request.operation(), request.account())
        .status(response.status())
        .errors(errors)
        .cfRay(headers.cfRay())
        .rateLimit(headers.rateLimit())
        .retryAfter(retryAfter(response.status(), headers))
        .requestSent(Sent.YES)
        .bodyExcerpt(excerpt(response))
        .build();
  }

  /** After a 429 the reset of the quota is the next best thing to a named wait. */
  private static @Nullable Duration retryAfter(int status, ResponseHeaders headers) {
    RateLimit rateLimit = headers.rateLimit();
    return headers.retryAfter() == null && status == 429 && rateLimit != null
        ? rateLimit.reset()
        : headers.retryAfter();
  }

  private static @Nullable String excerpt(ApiResponse response) {
    int length = Math.min(response.length(), EXCERPT_BYTES);
    return length == 0 ? null : new String(response.bytes(), response.offset(), length, UTF_8);
  }

  private static boolean isSuccess(int status) {
    return status >= 200 && status < 300;
  }

  private static boolean isJson(String contentType) {
    int end = contentType.indexOf(';');
    String type = (end < 0 ? contentType : contentType.substring(0, end)).strip();
    String lowerCase = type.toLowerCase(Locale.ROOT);
    return lowerCase.endsWith("/json") || lowerCase.endsWith("+json");
  }
}
