package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.JdkStream;
import dev.allowflux.benchmarks.peer.OwnStream;
import dev.allowflux.benchmarks.peer.WebClientStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** From the subscription to the first policy of a listing with pages of 1000, on a warm client. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FirstItemBenchmark {
  @Benchmark
  public Object allowflux(OwnStream stream) {
    return stream.first();
  }

  @Benchmark
  public Object webClient(WebClientStream stream) {
    return stream.first();
  }

  @Benchmark
  public Object jdk(JdkStream stream) throws IOException, InterruptedException {
    return stream.first();
  }
}
