package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.suite.CallOverheadBenchmark.Calls;
import dev.allowflux.micrometer.CallMeters;
import dev.allowflux.micrometer.CallObservations;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.internal.call.CallPipeline;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What observing a call adds to it, with the pipeline as it is by default and an exchange that
 * answers at once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ObserverBenchmark {

  /** Observations are there, and their registry is off. */
  @State(Scope.Benchmark)
  public static class Off {
    private @Nullable CallPipeline pipeline;

    /** Makes the pipeline. */
    @Setup
    public void prepare(Calls calls) {
      pipeline = calls.pipeline(CallObservations.of(ObservationRegistry.NOOP));
    }
  }

  /** Observations become timers, and meters count. */
  @State(Scope.Benchmark)
  public static class On {
    private @Nullable CallPipeline pipeline;

    /** Makes the pipeline and its registries. */
    @Setup
    public void prepare(Calls calls) {
      MeterRegistry meters = new SimpleMeterRegistry();
      ObservationRegistry observations = ObservationRegistry.create();
      observations
          .observationConfig()
          .observationHandler(new DefaultMeterObservationHandler(meters));
      pipeline =
          calls.pipeline(
              CallObservations.of(observations)
                  .andThen(CallMeters.of(meters, ApiQuota.standard())));
    }
  }

  /** No observer. */
  @Benchmark
  public @Nullable Object none(Calls calls) {
    return calls.whole(calls.next());
  }

  /** An observer whose registry is off. */
  @Benchmark
  public @Nullable Object off(Calls calls, Off observed) {
    return call(observed.pipeline, calls);
  }

  /** Observations and meters. */
  @Benchmark
  public @Nullable Object on(Calls calls, On observed) {
    return call(observed.pipeline, calls);
  }

  private static @Nullable Object call(@Nullable CallPipeline pipeline, Calls calls) {
    return Objects.requireNonNull(pipeline).call(calls.next(), CallPipeline.NO_DEADLINE).block();
  }
}
