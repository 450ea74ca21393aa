package dev.allowflux.spring.boot;

import dev.allowflux.reactor.CallEvents;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Keeps what the last call of a client said about the service. */
final class LastCall implements CallEvents {

  /** A call that ended, other than by a cancel or a close. */
  record Ended(Call call, CallEnd end, Instant at) {}

  private volatile @Nullable Ended last;
  private volatile @Nullable Instant lastSuccess;
  private volatile @Nullable QuotaState quota;

  @Override
  public void ended(Call call, CallEnd end) {
    switch (end.outcome()) {
      case CANCELLED, CLOSED, ERROR -> {}
      case SUCCESS -> {
        Instant now = Instant.now();
        lastSuccess = now;
        last = new Ended(call, end, now);
      }
      default -> last = new Ended(call, end, Instant.now());
    }
  }

  @Override
  public void quota(Call call, QuotaState state) {
    quota = state;
  }

  @Nullable Ended last() {
    return last;
  }

  @Nullable Instant lastSuccess() {
    return lastSuccess;
  }

  @Nullable QuotaState quota() {
    return quota;
  }
}
