package dev.allowflux.micrometer;

import dev.allowflux.reactor.CallEvents.Call;
import dev.allowflux.reactor.CallEvents.CallEnd;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call: what it is from the start, and how it ended from its stop on.
 *
 * @since 0.1
 */
public final class CallObservationContext extends Observation.Context {

  private final Call call;
  private volatile @Nullable CallEnd end;

  /**
   * Makes the context of a call that starts.
   *
   * @param call the call
   */
  public CallObservationContext(Call call) {
    this.call = call;
  }

  /**
   * Returns the call.
   *
   * @return operation, account, policy, Reactor context
   */
  public Call getCall() {
    return call;
  }

  /**
   * Returns how the call ended.
   *
   * @return outcome, attempts, times; null until it has ended
   */
  public @Nullable CallEnd getEnd() {
    return end;
  }

  void setEnd(CallEnd end) {
    this.end = end;
  }
}
