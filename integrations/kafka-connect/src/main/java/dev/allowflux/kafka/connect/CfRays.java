package dev.allowflux.kafka.connect;

import dev.allowflux.reactor.CallEvents;
import java.util.concurrent.atomic.AtomicReference;

/** Keeps the cf-ray of the last response for whoever reads, in the place its context names. */
final class CfRays implements CallEvents {

  static final Object KEY = CfRays.class;

  @Override
  @SuppressWarnings("unchecked")
  public void attempted(Call call, AttemptEnd end) {
    if (end.cfRay() != null && call.context().hasKey(KEY)) {
      ((AtomicReference<String>) call.context().get(KEY)).set(end.cfRay());
    }
  }
}
