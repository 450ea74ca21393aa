package dev.allowflux.benchmarks.suite;

import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.internal.quota.BurstLimit;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.file.FileQuotaStore;
import dev.allowflux.reactor.internal.call.ApiCall;
import dev.allowflux.reactor.internal.call.AttemptTimeouts;
import dev.allowflux.reactor.internal.call.CallGate;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.call.CallSettings;
import dev.allowflux.reactor.internal.call.QuotaAccess;
import dev.allowflux.reactor.internal.call.SendPermit;
import dev.allowflux.reactor.internal.call.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Mono;

/**
 * What the pipeline adds to a call: permit, retry, time limit, observation. The exchange answers at
 * once, so that nothing else is measured.
 *
 * <p>The clock of the quota goes on by a little more than a call's share with each call: that is
 * the standard quota with its window full of send times, and still no call waits.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallOverheadBenchmark {
  private static final Duration SHARE = Duration.ofMillis(260);
  private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);

  /** The call and the ways to make it. */
  @State(Scope.Benchmark)
  public static class Calls {
    private final AccountId account = new AccountId("benchmark");
    private final PolicyId id = new PolicyId("1");
    private final ApiResult<AllowPolicy> answer =
        new ApiResult<>(
            AllowPolicy.builder().id(id).createdAt(Instant.EPOCH).build(),
            200,
            List.of(),
            null,
            null);
    private final ApiCall<AllowPolicy> call =
        ApiCall.of(ApiCalls.get(account, id), ResponseReader.get(id), "");
    private final Transport transport = new Immediate(answer);
    private final CallPipeline whole =
        new CallPipeline(standard(DEFAULT_LIMIT), quota(), transport);
    private final CallPipeline withoutTimeLimit =
        new CallPipeline(standard(Duration.ZERO), quota(), transport);
    private long now;

    /** Lets time for one more call pass. */
    ApiCall<AllowPolicy> next() {
      now += SHARE.toNanos();
      return call;
    }

    /** A call by the pipeline as it is by default. */
    @Nullable Object whole(ApiCall<AllowPolicy> next) {
      return whole.call(next, CallPipeline.NO_DEADLINE).block();
    }

    /** The pipeline as it is by default, with an observer. */
    CallPipeline pipeline(CallEvents events) {
      return new CallPipeline(standard(DEFAULT_LIMIT, events), quota(), transport);
    }

    private static CallSettings standard(Duration operationTimeout) {
      return standard(operationTimeout, CallEvents.none());
    }

    private static CallSettings standard(Duration operationTimeout, CallEvents events) {
      return new CallSettings(
          4,
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          new AttemptTimeouts(Duration.ofSeconds(30), Duration.ofMinutes(2)),
          operationTimeout,
          events,
          ClientSettings.DEFAULT_BASE_URL);
    }

    /** The quota of the API, on a clock that goes on with each call. */
    private QuotaAccess quota() {
      CallGate gate =
          new CallGate(
              new Limits(1200, Duration.ofSeconds(302), 120, 0),
              new BurstLimit(150, true),
              10_000,
              () -> now,
              null);
      return new QuotaAccess(gate, () -> {}, () -> {}, null);
    }
  }

  /** The pipeline as it is by default: standard quota, four attempts, ten minutes at most. */
  @Benchmark
  public @Nullable Object whole(Calls calls) {
    return calls.whole(calls.next());
  }

  /** Without a limit for the whole operation, which costs a timer: limiter and retry. */
  @Benchmark
  public @Nullable Object withoutTimeLimit(Calls calls) {
    return calls.withoutTimeLimit.call(calls.next(), CallPipeline.NO_DEADLINE).block();
  }

  /** A quota in a file, whose window is so short that its places are free again at once. */
  @State(Scope.Benchmark)
  public static class SharedCalls {
    private @Nullable Path file;
    private @Nullable FileQuotaStore store;
    private @Nullable CallPipeline pipeline;

    /** Opens a file of the size that the quota of the API has. */
    @Setup
    public void open(Calls calls) throws IOException {
      file = Files.createTempFile("allowflux", ".quota");
      store = FileQuotaStore.at(file);
      CallGate gate =
          new CallGate(
              new Limits(1200, Duration.ofNanos(1000), 120, 0),
              new BurstLimit(Integer.MAX_VALUE, false),
              10_000,
              System::nanoTime,
              store);
      QuotaAccess access = new QuotaAccess(gate, () -> {}, () -> {}, null);
      pipeline = new CallPipeline(Calls.standard(Duration.ZERO), access, calls.transport);
    }

    /** Removes it. */
    @TearDown
    public void close() throws IOException {
      if (store != null && file != null) {
        store.closeGracefully().block();
        Files.delete(file);
      }
    }
  }

  /** Limiter and retry, where each permit and its end are exchanged with a file. */
  @Benchmark
  public @Nullable Object sharedByFile(Calls calls, SharedCalls shared) {
    CallPipeline pipeline = Objects.requireNonNull(shared.pipeline);
    return pipeline.call(calls.call, CallPipeline.NO_DEADLINE).block();
  }

  /** The exchange alone, without any pipeline. */
  @Benchmark
  public @Nullable Object exchangeOnly(Calls calls) {
    return calls.transport.exchange(calls.call.request(), calls.call.reader(), FREE).block();
  }

  /** A permit that is never refused and costs nothing. */
  private static final SendPermit FREE =
      new SendPermit() {
        @Override
        public boolean send() {
          return true;
        }

        @Override
        public void written() {}

        @Override
        public void responded() {}

        @Override
        public boolean isSent() {
          return true;
        }

        @Override
        public long sentAt() {
          return 0;
        }

        @Override
        public long now() {
          return 0;
        }
      };

  /** An exchange whose response is there already. */
  private record Immediate(ApiResult<AllowPolicy> answer) implements Transport {
    @Override
    @SuppressWarnings("unchecked")
    public <T> Mono<ApiResult<T>> exchange(
        ApiRequest request, ResponseReader<T> reader, SendPermit permit) {
      return Mono.fromSupplier(
          () -> {
            if (!permit.send()) {
              throw new IllegalStateException("nothing calls a permit back here");
            }
            permit.written();
            permit.responded();
            return (ApiResult<T>) answer;
          });
    }

    @Override
    public Mono<Void> close() {
      return Mono.empty();
    }

    @Override
    public void startClose() {}
  }
}
