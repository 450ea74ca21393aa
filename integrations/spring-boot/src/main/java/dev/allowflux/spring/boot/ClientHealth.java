package dev.allowflux.spring.boot;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.model.AccountId;
import dev.allowflux.reactor.CallEvents.CallEnd;
import dev.allowflux.reactor.CallEvents.QuotaState;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import reactor.core.publisher.Mono;

/**
 * The health of one client, from its last call and the state of its quota. Nothing is sent, so that
 * a probe costs no call.
 *
 * <p>A failure counts for a minute. If it counted until the next call, an instance that is taken
 * out of service for it would get no call, and never come back.
 */
final class ClientHealth implements ReactiveHealthIndicator {
  private static final Duration COUNTS_FOR = Duration.ofMinutes(1);

  private final LastCall calls;

  ClientHealth(LastCall calls) {
    this.calls = calls;
  }

  @Override
  public Mono<Health> health() {
    return Mono.fromSupplier(() -> health(Instant.now()));
  }

  Health health(Instant now) {
    LastCall.Ended last = calls.last();
    Health.Builder health = Health.status(status(last, now));
    if (last != null) {
      health.withDetail("lastCall", details(last));
    }
    Instant success = calls.lastSuccess();
    if (success != null) {
      health.withDetail("lastSuccess", success.toString());
    }
    QuotaState quota = calls.quota();
    if (quota != null) {
      health.withDetail("quota", details(quota));
    }
    return health.build();
  }

  private static Status status(LastCall.@Nullable Ended last, Instant now) {
    if (last == null) {
      return Status.UNKNOWN;
    }
    Status status = status(last.end());
    boolean old = last.at().plus(COUNTS_FOR).isBefore(now);
    return old && !status.equals(Status.UP) ? Status.UNKNOWN : status;
  }

  private static Status status(CallEnd end) {
    return switch (end.outcome()) {
      case SUCCESS -> Status.UP;
      case REJECTED -> isAboutTheClient(end.failure()) ? Status.DOWN : Status.UP;
      case THROTTLED -> Status.OUT_OF_SERVICE;
      default -> Status.DOWN;
    };
  }

  /** Whether every other call would be refused, too. */
  private static boolean isAboutTheClient(@Nullable Throwable failure) {
    return failure instanceof Rejected rejected
        && switch (rejected.reason()) {
          case CREDENTIAL, PERMISSION, NOT_SUBSCRIBED -> true;
          default -> false;
        };
  }

  private static Map<String, Object> details(LastCall.Ended last) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("operation", last.call().operation().label());
    AccountId account = last.call().account();
    if (account != null) {
      details.put("account", account.value());
    }
    details.put("outcome", last.end().outcome().name());
    details.put("at", last.at().toString());
    if (last.end().failure() instanceof EmailSecurityException failure) {
      details.put("failure", String.valueOf(failure.getMessage()));
    }
    return details;
  }

  private static Map<String, Object> details(QuotaState quota) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put(
        "available", quota.available() == Integer.MAX_VALUE ? "unlimited" : quota.available());
    details.put("waiting", quota.waiting());
    if (quota.server() != null) {
      details.put("remainingAtService", quota.server().remaining());
    }
    return details;
  }
}
