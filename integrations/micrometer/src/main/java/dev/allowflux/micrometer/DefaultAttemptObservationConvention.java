package dev.allowflux.micrometer;

import dev.allowflux.micrometer.AllowfluxObservation.AttemptDetail;
import dev.allowflux.micrometer.AllowfluxObservation.AttemptKey;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.CallEvents.AttemptEnd;
import dev.allowflux.reactor.CallEvents.Call;
import dev.allowflux.reactor.OutgoingRequest;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The names of an attempt's observation unless they are replaced: OpenTelemetry's for an HTTP
 * client, {@code http.client.request.duration}.
 *
 * @since 0.1
 */
public class DefaultAttemptObservationConvention implements AttemptObservationConvention {

  private static final int ERROR = 400;
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** Makes the convention. */
  public DefaultAttemptObservationConvention() {}

  @Override
  public String getName() {
    return "http.client.request.duration";
  }

  @Override
  public @Nullable String getContextualName(AttemptObservationContext context) {
    OutgoingRequest request = context.getCarrier();
    return request == null ? null : request.method() + " " + request.urlTemplate();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(AttemptObservationContext context) {
    OutgoingRequest request = context.getCarrier();
    AttemptEnd end = context.getResponse();
    Integer status = end == null ? null : end.status();
    String none = KeyValue.NONE_VALUE;
    URI uri = request == null ? null : request.uri();
    return KeyValues.of(
        AttemptKey.METHOD.withValue(request == null ? none : request.method()),
        AttemptKey.STATUS.withValue(status == null ? none : status.toString()),
        AttemptKey.ADDRESS.withValue(uri == null || uri.getHost() == null ? none : uri.getHost()),
        AttemptKey.PORT.withValue(uri == null ? none : Integer.toString(port(uri))),
        AttemptKey.TEMPLATE.withValue(request == null ? none : request.urlTemplate()),
        AttemptKey.ERROR_TYPE.withValue(errorType(end)));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(AttemptObservationContext context) {
    Call call = context.getCall();
    KeyValues details = KeyValues.empty();
    AccountId account = call.account();
    if (account != null) {
      details = details.and(AttemptDetail.ACCOUNT.withValue(account.value()));
    }
    if (call.policy() != null) {
      details = details.and(AttemptDetail.POLICY.withValue(call.policy().value()));
    }
    OutgoingRequest request = context.getCarrier();
    if (request != null && request.attempt() > 1) {
      details =
          details.and(
              AttemptDetail.RESEND_COUNT.withValue(Integer.toString(request.attempt() - 1)));
    }
    AttemptEnd end = context.getResponse();
    if (end != null && end.cfRay() != null) {
      details = details.and(AttemptDetail.CF_RAY.withValue(end.cfRay()));
    }
    return details;
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "http".equalsIgnoreCase(uri.getScheme()) ? HTTP_PORT : HTTPS_PORT;
  }

  private static String errorType(@Nullable AttemptEnd end) {
    if (end == null) {
      return KeyValue.NONE_VALUE;
    }
    Integer status = end.status();
    if (status != null && status >= ERROR) {
      return status.toString();
    }
    if (status == null && end.failure() == null) {
      return "cancelled";
    }
    return DefaultCallObservationConvention.errorType(end.failure());
  }
}
