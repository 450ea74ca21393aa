package dev.allowflux.micrometer;

import dev.allowflux.micrometer.AllowfluxObservation.CallDetail;
import dev.allowflux.micrometer.AllowfluxObservation.CallKey;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.CallEvents.Call;
import dev.allowflux.reactor.CallEvents.CallEnd;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The names of a call's observation unless they are replaced: {@code allowflux.call}.
 *
 * @since 0.1
 */
public class DefaultCallObservationConvention implements CallObservationConvention {

  /** Makes the convention. */
  public DefaultCallObservationConvention() {}

  @Override
  public String getName() {
    return "allowflux.call";
  }

  @Override
  public String getContextualName(CallObservationContext context) {
    return context.getCall().operation().label();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(CallObservationContext context) {
    CallEnd end = context.getEnd();
    return KeyValues.of(
        CallKey.OPERATION.withValue(lower(context.getCall().operation())),
        CallKey.OUTCOME.withValue(end == null ? KeyValue.NONE_VALUE : lower(end.outcome())),
        CallKey.ERROR_TYPE.withValue(errorType(end == null ? null : end.failure())));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(CallObservationContext context) {
    Call call = context.getCall();
    KeyValues details = KeyValues.empty();
    AccountId account = call.account();
    if (account != null) {
      details = details.and(CallDetail.ACCOUNT.withValue(account.value()));
    }
    if (call.policy() != null) {
      details = details.and(CallDetail.POLICY.withValue(call.policy().value()));
    }
    CallEnd end = context.getEnd();
    if (end != null) {
      Duration waited = end.waits().values().stream().reduce(end.backoff(), Duration::plus);
      details =
          details.and(
              CallDetail.ATTEMPTS.withValue(Integer.toString(end.attempts())),
              CallDetail.WAITED.withValue(Long.toString(waited.toMillis())));
    }
    return details;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  static String errorType(@Nullable Throwable failure) {
    return failure == null ? KeyValue.NONE_VALUE : failure.getClass().getSimpleName();
  }
}
