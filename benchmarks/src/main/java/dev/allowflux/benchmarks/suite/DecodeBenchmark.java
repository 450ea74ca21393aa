package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.peer.DslJsonReader;
import dev.allowflux.benchmarks.peer.Fastjson2;
import dev.allowflux.benchmarks.peer.Jackson2Json;
import dev.allowflux.benchmarks.peer.Jackson3Json;
import dev.allowflux.benchmarks.peer.JacksonOnly;
import dev.allowflux.benchmarks.peer.OwnJson;
import dev.allowflux.model.AllowPolicy;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** From the bytes of a page of 1000 policies to objects with every field, times as instants. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecodeBenchmark {
  @Benchmark
  public List<AllowPolicy> allowflux(Bodies bodies, OwnJson json) {
    return json.read(bodies.next());
  }

  @Benchmark
  public List<AllowPolicy> allowfluxJacksonOnly(Bodies bodies) {
    return JacksonOnly.read(bodies.next());
  }

  @Benchmark
  public Object jackson2(Bodies bodies, Jackson2Json json) throws IOException {
    return json.read(bodies.next());
  }

  @Benchmark
  public Object jackson3(Bodies bodies, Jackson3Json json) {
    return json.read(bodies.next());
  }

  @Benchmark
  public Object fastjson2(Bodies bodies, Fastjson2 json) {
    return json.read(bodies.next());
  }

  @Benchmark
  public Object dslJson(Bodies bodies, DslJsonReader json) throws IOException {
    return json.read(bodies.next());
  }

  @Benchmark
  public int nextToken(Bodies bodies, Jackson2Json json) throws IOException {
    return json.countTokens(bodies.next());
  }

  /** What it costs to look at every byte once: no reader can be faster. */
  @Benchmark
  public int sumOfBytes(Bodies bodies) {
    int sum = 0;
    for (byte b : bodies.next()) {
      sum += b;
    }
    return sum;
  }
}
