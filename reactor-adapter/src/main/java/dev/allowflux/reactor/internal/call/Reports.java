package dev.allowflux.reactor.internal.call;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.RateLimit;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.CallEvents.Outcome;
import dev.allowflux.reactor.CallEvents.WaitReason;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * What is reported to an observer. Only the client makes these, so that they can get more parts.
 */
public final class Reports {

  private Reports() {}

  record AttemptEnd(
      int number,
      Duration elapsed,
      @Nullable Integer status,
      @Nullable String cfRay,
      @Nullable EmailSecurityException failure)
      implements CallEvents.AttemptEnd {}

  record CallEnd(
      Outcome outcome,
      int attempts,
      Duration elapsed,
      Map<WaitReason, Duration> waits,
      Duration backoff,
      @Nullable Throwable failure)
      implements CallEvents.CallEnd {

    CallEnd {
      waits = Map.copyOf(waits);
    }
  }

  record QuotaState(
      int available,
      int waiting,
      Duration nextIn,
      @Nullable WaitReason reason,
      @Nullable RateLimit server)
      implements CallEvents.QuotaState {}

  /** A page that was delivered; what each part is, {@link CallEvents.PageDelivery} says. */
  public record PageDelivery(
      AccountId account, Traversal traversal, int policies, boolean last, ContextView context)
      implements CallEvents.PageDelivery {}
}
