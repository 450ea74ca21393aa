package dev.allowflux.simulator.internal.api;

import dev.allowflux.simulator.internal.exchange.Exchange;
import dev.allowflux.simulator.internal.exchange.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * A request that was accepted: its fault is selected and it is counted, but not carried out yet.
 *
 * @param route null only if it is refused
 * @param user null only if it is refused before its credential is known
 * @param account null if it is refused or the operation addresses none
 * @param refusal why it is refused already, or null
 * @param generation counts the resets before it
 */
public record Call(
    Exchange exchange,
    @Nullable Route route,
    @Nullable User user,
    @Nullable Account account,
    @Nullable Refusal refusal,
    int generation) {

  /** Returns whether it is a request that changes nothing. */
  public boolean reads() {
    return route != null && !route.operation().isWrite();
  }
}
