package dev.allowflux.spring.boot;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.InputException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Turns failures of allowflux into problem details. What the caller of the service did wrong is a
 * 4xx; what the service or the API cannot do is a 5xx, its own refused credential included.
 *
 * <p>It comes before Spring Boot's own advice, which knows a body that cannot be read but not what
 * is wrong with it.
 */
@RestControllerAdvice
@Order(-1)
final class FailureAdvice {

  @ExceptionHandler(EmailSecurityException.class)
  ResponseEntity<ProblemDetail> failed(EmailSecurityException failure) {
    FailureDetails details = failure.details();
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(status(failure), String.valueOf(failure.getMessage()));
    problem.setProperty("kind", kind(failure));
    problem.setProperty("operation", details.operation().label());
    if (details.cfRay() != null) {
      problem.setProperty("cf_ray", details.cfRay());
    }
    if (!details.errors().isEmpty()) {
      problem.setProperty("errors", details.errors().stream().map(FailureAdvice::error).toList());
    }
    if (failure instanceof OutcomeUnknown unknown) {
      problem.setProperty("hint", unknown.hint());
    }
    ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
    Duration wait = details.retryAfter();
    if (failure instanceof Throttled && wait != null) {
      response.header(
          HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, wait.plusMillis(999).toSeconds())));
    }
    return response.body(problem);
  }

  @ExceptionHandler(InputException.class)
  ResponseEntity<ProblemDetail> unreadable(InputException failure) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(
            HttpStatus.BAD_REQUEST, failure.problems().get(0).reason());
    List<Map<String, Object>> errors =
        failure.problems().stream().map(one -> error(one.reason(), one.pointer(), null)).toList();
    problem.setProperty("errors", errors);
    return ResponseEntity.badRequest().body(problem);
  }

  @ExceptionHandler(UnknownAccountException.class)
  ResponseEntity<ProblemDetail> unknown(UnknownAccountException failure) {
    return ResponseEntity.status(HttpStatus.NOT_FOUND)
        .body(
            ProblemDetail.forStatusAndDetail(
                HttpStatus.NOT_FOUND, String.valueOf(failure.getMessage())));
  }

  private static HttpStatus status(EmailSecurityException failure) {
    if (failure instanceof Rejected rejected) {
      return switch (rejected.reason()) {
        case NOT_FOUND -> HttpStatus.NOT_FOUND;
        case CONFLICT -> HttpStatus.CONFLICT;
        case INVALID_REQUEST -> HttpStatus.UNPROCESSABLE_CONTENT;
        default -> HttpStatus.BAD_GATEWAY;
      };
    }
    if (failure instanceof Throttled || failure instanceof Unavailable) {
      return HttpStatus.SERVICE_UNAVAILABLE;
    }
    return failure instanceof OutcomeUnknown ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY;
  }

  /** {@code outcome_unknown} for {@code OutcomeUnknown}. */
  private static String kind(EmailSecurityException failure) {
    return failure
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> error(dev.allowflux.model.ApiError error) {
    return error(error.message(), error.pointer(), error.code());
  }

  private static Map<String, Object> error(
      String detail, @Nullable String pointer, @Nullable Long code) {
    Map<String, Object> error = new LinkedHashMap<>();
    if (code != null) {
      error.put("code", code);
    }
    error.put("detail", detail);
    if (pointer != null) {
      error.put("pointer", pointer);
    }
    return error;
  }
}
