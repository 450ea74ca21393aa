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
import dev.allowflux.internal.quota.BelievableWait;
import dev.allowflux.internal.text.SafeText;
import dev.allowflux.internal.text.SecretMask;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What status, headers, envelope and result together mean (docs/api-facts.md#error-codes). */
final class ResponseInterpreter<T> implements ResponseReader<T> {
  /** Enough for 512 characters of any script and a secret that begins within them. */
  private static final int EXCERPT_BYTES = 4096;

  private static final int MAX_NOTE = 200;

  /** The request is to be made elsewhere, so it was not carried out here. */
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  /** Reads a policy, whichever it is. */
  static final ResponseInterpreter<AllowPolicy> POLICY =
      new ResponseInterpreter<>(BodyJson::readPolicy, policy -> null);

  /** Reads the id of a deleted policy, whichever it is. */
  static final ResponseInterpreter<PolicyId> DELETED =
      new ResponseInterpreter<>(BodyJson::readDeleted, id -> null);

  /** Reads the results of a batch, whichever it is. */
  static final ResponseInterpreter<BatchResult> BATCH =
      new ResponseInterpreter<>(BodyJson::readBatch, results -> null);

  private final Envelope.Parser<T> parser;
  private final Function<T, @Nullable RequestedResult> comparison;

  /**
   * Makes an interpreter.
   *
   * @param parser reads the envelope of a success
   * @param comparison compares the result with the request; null where there is nothing to compare
   */
  ResponseInterpreter(
      Envelope.Parser<T> parser, Function<T, @Nullable RequestedResult> comparison) {
    this.parser = parser;
    this.comparison = comparison;
  }

  /** Reads the same and compares the result with the request. */
  ResponseInterpreter<T> comparing(Function<T, @Nullable RequestedResult> by) {
    return new ResponseInterpreter<>(parser, by);
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
      Envelope<Void> other = tryReadFailure(response);
      if (isFailure(other)) {
        throw refusal(request, response, other);
      }
      throw malformed(request, response, String.valueOf(e.getMessage()), other != null);
    }
    if (envelope.success() == null) {
      throw malformed(request, response, "the response does not contain success", true);
    }
    T value = envelope.result();
    if (!envelope.success()) {
      if (value != null && request.operation().isWrite()) {
        throw malformed(
            request, response, "the response has a result but reports no success", true);
      }
      throw refusal(request, response, envelope);
    }
    if (envelope.errors().stream().anyMatch(ResponseInterpreter::saysSomething)) {
      throw malformed(request, response, "the response reports success and errors", true);
    }
    if (response.status() > 201) {
      throw malformed(request, response, "the status does not say that it was done", true);
    }
    if (value == null) {
      throw malformed(request, response, "the response has no result", true);
    }
    ApiResult<T> result =
        new ApiResult<>(
            value,
            response.status(),
            masked(response.mask(), envelope.messages()),
            masked(response.mask(), response.headers().cfRay()),
            masked(response.mask(), response.headers().rateLimit()));
    return compared(request, response, result);
  }

  /** Compares a result with its request: refuses a contradiction, and notes other differences. */
  private ApiResult<T> compared(ApiRequest request, ApiResponse response, ApiResult<T> result) {
    RequestedResult compared = comparison.apply(result.value());
    if (compared == null) {
      return result;
    }
    if (compared.isContradicted()) {
      throw malformed(request, response, compared.contradiction(), true);
    }
    return compared.notes().isEmpty()
        ? result
        : result.withNotes(
            compared.notes().stream()
                .map(note -> SafeText.line(response.mask().hide(note), MAX_NOTE))
                .toList());
  }

  private static EmailSecurityException failure(ApiRequest request, ApiResponse response) {
    int status = response.status();
    if (status < 200 || status > 599) {
      return malformed(request, response, "a status without a meaning", false);
    }
    Envelope<?> envelope = tryReadFailure(response);
    if (status < 400 && request.operation().isWrite() && !REDIRECTS.contains(status)) {
      // 303, for one, follows a request that was carried out.
      return malformed(request, response, "the status does not say whether it was done", true);
    }
    if (status < 400) {
      return new Rejected(details(request, response, envelope), RejectionReason.REDIRECTED);
    }
    if (status == 408) {
      return new Unavailable(
          details(request, response, envelope), "the request took too long", null);
    }
    if (status >= 500 && status != 501 && status != 505) {
      return new Unavailable(details(request, response, envelope), "the service failed", null);
    }
    return refusal(request, response, envelope);
  }

  private static EmailSecurityException refusal(
      ApiRequest request, ApiResponse response, @Nullable Envelope<?> envelope) {
    FailureDetails details = details(request, response, envelope);
    return response.status() == 429 || isThrottling(details.errors())
        ? new Throttled(details, "too many requests")
        : new Rejected(details, reason(response.status(), details.errors()));
  }

  /** A list of errors may hold nothing in another form than an empty list. */
  private static boolean saysSomething(ApiError error) {
    return error.code() != 0 || !error.message().isEmpty();
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
    return malformed(request, response, what, false);
  }

  private static Malformed malformed(
      ApiRequest request, ApiResponse response, String what, boolean wellFormed) {
    return new Malformed(details(request, response, null), response.mask().hide(what), wellFormed);
  }

  /** What an envelope of the service has, and a page of something in between has not. */
  private static boolean isFailure(@Nullable Envelope<?> envelope) {
    return envelope != null && Boolean.FALSE.equals(envelope.success());
  }

  private static FailureDetails details(
      ApiRequest request, ApiResponse response, @Nullable Envelope<?> envelope) {
    ResponseHeaders headers = response.headers();
    boolean own = isFailure(envelope);
    return FailureDetails.builder(request.operation(), request.account())
        .status(response.status())
        .serviceEnvelope(own)
        .errors(envelope == null ? List.of() : masked(response.mask(), envelope.errors()))
        .cfRay(masked(response.mask(), headers.cfRay()))
        // Whatever stands in between counts other calls than the service does.
        .rateLimit(own ? masked(response.mask(), headers.rateLimit()) : null)
        .retryAfter(retryAfter(response.status(), headers, own))
        .requestSent(Sent.YES)
        .bodyExcerpt(excerpt(response))
        .build();
  }

  /** After a 429 the reset of the quota is the next best thing to a named wait. */
  private static @Nullable Duration retryAfter(int status, ResponseHeaders headers, boolean own) {
    RateLimit rateLimit = headers.rateLimit();
    Duration wait = headers.retryAfter();
    if (wait == null && status == 429 && rateLimit != null) {
      wait = rateLimit.reset();
    }
    if (wait == null || own || status != 429) {
      return wait;
    }
    return BelievableWait.ofOther(wait);
  }

  private static @Nullable String excerpt(ApiResponse response) {
    int length = Math.min(response.length(), EXCERPT_BYTES);
    return length == 0
        ? null
        : response.mask().hide(new String(response.bytes(), response.offset(), length, UTF_8));
  }

  private static @Nullable String masked(SecretMask mask, @Nullable String text) {
    return text == null ? null : mask.hide(text);
  }

  private static @Nullable RateLimit masked(SecretMask mask, @Nullable RateLimit limit) {
    return limit == null
        ? null
        : new RateLimit(
            masked(mask, limit.policy()),
            limit.remaining(),
            limit.reset(),
            limit.quota(),
            limit.window());
  }

  private static List<ApiError> masked(SecretMask mask, List<ApiError> errors) {
    return errors.stream()
        .map(
            error ->
                new ApiError(
                    error.code(),
                    mask.hide(error.message()),
                    masked(mask, error.pointer()),
                    masked(mask, error.documentationUrl()),
                    masked(mask, error.chain())))
        .toList();
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
