package dev.allowflux.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation of an attempt and its keys. Replace it to use other names: extend {@link
 * DefaultAttemptObservationConvention}.
 *
 * @since 0.1
 */
public interface AttemptObservationConvention
    extends ObservationConvention<AttemptObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof AttemptObservationContext;
  }
}
