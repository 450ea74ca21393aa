package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.JdkStream;
import dev.allowflux.benchmarks.peer.OwnStream;
import dev.allowflux.benchmarks.peer.ReactorNettyStream;
import dev.allowflux.benchmarks.peer.WebClientStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Every policy of a server in another JVM, page by page of 1000, to the same consumer. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamBenchmark {
  @Benchmark
  public long allowflux(OwnStream stream) {
    return stream.all();
  }

  @Benchmark
  public long webClient(WebClientStream stream) {
    return stream.all();
  }

  @Benchmark
  public long jdk(JdkStream stream) throws IOException, InterruptedException {
    return stream.all();
  }

  @Benchmark
  public long reactorNetty(ReactorNettyStream stream) {
    return stream.all();
  }

  @Benchmark
  public long drain(ReactorNettyStream stream) {
    return stream.drain();
  }
}
