package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.LocalRedis;
import dev.allowflux.benchmarks.peer.Bucket4jPermits;
import dev.allowflux.benchmarks.peer.RedissonPermits;
import dev.allowflux.reactor.QuotaStore;
import dev.allowflux.reactor.QuotaStore.Ended;
import dev.allowflux.reactor.QuotaStore.Exchange;
import dev.allowflux.reactor.QuotaStore.Limits;
import dev.allowflux.reactor.QuotaStore.Reply;
import dev.allowflux.reactor.QuotaStore.Report;
import dev.allowflux.reactor.file.FileQuotaStore;
import dev.allowflux.redis.RedisQuota;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
import reactor.core.scheduler.Schedulers;

/**
 * How long a permit takes where several processes keep one quota. Ours reports the end of the call
 * before with it; the peers have nothing to report, and are not exact.
 *
 * <p>Each permit is timed by itself, for the median: on a busy machine a few that wait for the
 * processor make a mean of many times that.
 *
 * <p>The window is so short that its places are free again before they are needed.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PermitBenchmark {
  private static final Limits LIMITS = new Limits(1200, Duration.ofMillis(20), 120, 0);
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final int PATIENCE = 20;
  private static final Duration PATIENCE_WITH_SERVER = Duration.ofMillis(800);

  /** One call after the other on a store. */
  static final class OwnPermits {
    private final QuotaStore store;
    private List<Report> ended = List.of();

    OwnPermits(QuotaStore store) {
      this.store = store;
    }

    Reply next() {
      Reply reply = store.exchange(new Exchange(LIMITS, 1, 0, LEASE, ended)).block();
      Reply granted = Objects.requireNonNull(reply);
      ended =
          granted.interactive().isEmpty()
              ? List.of()
              : List.of(new Ended(granted.interactive().get(0), Duration.ZERO));
      return granted;
    }
  }

  /** A file of the size that the quota of the API has. */
  @State(Scope.Benchmark)
  public static class InFile {
    private @Nullable Path file;
    private @Nullable FileQuotaStore store;
    private @Nullable OwnPermits permits;

    /** Makes the file. */
    @Setup
    public void open() throws IOException {
      file = Files.createTempFile("allowflux", ".quota");
      store = FileQuotaStore.at(file);
      permits = new OwnPermits(store);
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

  /** Our script on a Redis of this machine. */
  @State(Scope.Benchmark)
  public static class InRedis {
    private @Nullable RedisQuota store;
    private @Nullable OwnPermits permits;

    /** Names the server. */
    @Setup
    public void open() {
      String name = "benchmark " + ProcessHandle.current().pid();
      // A server that is late on a busy machine must not count as away, which costs no round trip.
      store =
          RedisQuota.builder(LocalRedis.uri())
              .name(name)
              .startsUnused(true)
              .timeout(PATIENCE_WITH_SERVER)
              .build();
      permits = new OwnPermits(store);
      // On a busy machine the first connection takes longer than a call would wait.
      Mono.fromCallable(permits::next)
          .subscribeOn(Schedulers.boundedElastic())
          .retry(PATIENCE)
          .block();
    }

    /** Ends the connection. */
    @TearDown
    public void close() {
      if (store != null) {
        store.closeGracefully().block();
      }
    }
  }

  /** Buckets of tokens, in this process and in Redis. */
  @State(Scope.Benchmark)
  public static class Bucket4j {
    private final Bucket4jPermits permits = new Bucket4jPermits(LocalRedis.uri());

    /** Ends the connection. */
    @TearDown
    public void close() {
      permits.close();
    }
  }

  /** A limiter in Redis. */
  @State(Scope.Benchmark)
  public static class Redisson {
    private final RedissonPermits permits = new RedissonPermits(LocalRedis.uri());

    /** Ends the connections. */
    @TearDown
    public void close() {
      permits.close();
    }
  }

  /** A place of a file. */
  @Benchmark
  public Object file(InFile store) {
    return Objects.requireNonNull(store.permits).next();
  }

  /** A place of Redis. */
  @Benchmark
  public Object redis(InRedis store) {
    return Objects.requireNonNull(store.permits).next();
  }

  /** A token of this process. */
  @Benchmark
  public boolean bucket4jInProcess(Bucket4j peer) {
    return peer.permits.inProcess();
  }

  /** A token of Redis. */
  @Benchmark
  public boolean bucket4jInRedis(Bucket4j peer) {
    return peer.permits.inRedis();
  }

  /** A permit of Redis. */
  @Benchmark
  public boolean redissonInRedis(Redisson peer) {
    return peer.permits.inRedis();
  }
}
