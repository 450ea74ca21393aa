package dev.allowflux.micrometer;

import dev.allowflux.reactor.CallEvents.AttemptEnd;
import dev.allowflux.reactor.CallEvents.Call;
import dev.allowflux.reactor.OutgoingRequest;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.RequestReplySenderContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an attempt: the request from the start, as the carrier to which tracing adds its
 * headers, and how it ended from its stop on, as the response.
 *
 * @since 0.1
 */
public final class AttemptObservationContext
    extends RequestReplySenderContext<OutgoingRequest, AttemptEnd> {

  private final Call call;

  /**
   * Makes the context of an attempt that is about to be sent.
   *
   * @param call the call
   * @param request the request
   */
  public AttemptObservationContext(Call call, OutgoingRequest request) {
    super(AttemptObservationContext::setHeader, Kind.CLIENT);
    this.call = call;
    setCarrier(request);
  }

  private static void setHeader(@Nullable OutgoingRequest request, String name, String value) {
    if (request != null) {
      request.header(name, value);
    }
  }

  /**
   * Returns the call that the attempt belongs to.
   *
   * @return operation, account, policy, Reactor context
   */
  public Call getCall() {
    return call;
  }
}
