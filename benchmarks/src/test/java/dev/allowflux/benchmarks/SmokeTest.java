package dev.allowflux.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.benchmarks.driver.CpuProfiler;
import dev.allowflux.benchmarks.driver.LocalRedis;
import dev.allowflux.benchmarks.peer.DslJsonReader;
import dev.allowflux.benchmarks.peer.Endpoint;
import dev.allowflux.benchmarks.peer.Fastjson2;
import dev.allowflux.benchmarks.peer.Jackson2Json;
import dev.allowflux.benchmarks.peer.Jackson3Json;
import dev.allowflux.benchmarks.peer.JacksonOnly;
import dev.allowflux.benchmarks.peer.JdkStream;
import dev.allowflux.benchmarks.peer.OwnJson;
import dev.allowflux.benchmarks.peer.OwnStream;
import dev.allowflux.benchmarks.peer.ReactorNettyStream;
import dev.allowflux.benchmarks.peer.WebClientStream;
import dev.allowflux.benchmarks.suite.Bodies;
import dev.allowflux.benchmarks.suite.CallOverheadBenchmark;
import dev.allowflux.benchmarks.suite.DecodeBenchmark;
import dev.allowflux.benchmarks.suite.EncodeBenchmark;
import dev.allowflux.benchmarks.suite.FirstItemBenchmark;
import dev.allowflux.benchmarks.suite.ObserverBenchmark;
import dev.allowflux.benchmarks.suite.PermitBenchmark;
import dev.allowflux.benchmarks.suite.StreamBenchmark;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.simulator.ApiSimulator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.json.JsonMapper;

/** No peer is measured that does other work than the library, and no benchmark is broken. */
@Timeout(240)
class SmokeTest {
  private static final int POLICIES = 2300;
  private static final List<Class<?>> BENCHMARKS =
      List.of(
          DecodeBenchmark.class,
          EncodeBenchmark.class,
          StreamBenchmark.class,
          FirstItemBenchmark.class,
          CallOverheadBenchmark.class,
          ObserverBenchmark.class,
          PermitBenchmark.class);

  private static ApiSimulator api;
  private static LocalRedis redis;

  @BeforeAll
  static void serve() throws IOException {
    redis = new LocalRedis();
    redis.use();
    api = ApiSimulator.builder().policies(POLICIES).noRateLimit().start();
    useServer(false);
  }

  private static void useServer(boolean gzip) {
    new Endpoint(api.baseUrl(), api.accountId(), api.token(), POLICIES, gzip)
        .jvmArguments()
        .forEach(
            argument -> {
              String[] parts = argument.substring("-D".length()).split("=", 2);
              System.setProperty(parts[0], parts[1]);
            });
  }

  @AfterAll
  static void stopServing() throws IOException {
    api.close();
    redis.close();
  }

  @Test
  void everyDecoderReadsTheSamePolicies() throws IOException {
    for (byte[] body : new Bodies().all()) {
      List<AllowPolicy> expected = new OwnJson().read(body);
      assertThat(expected).hasSize(1000).doesNotHaveDuplicates();
      assertThat(JacksonOnly.read(body)).isEqualTo(expected);
      assertThat(new Jackson2Json().read(body).policies()).isEqualTo(expected);
      assertThat(new Jackson3Json().read(body).policies()).isEqualTo(expected);
      assertThat(new Fastjson2().read(body).policies()).isEqualTo(expected);
      assertThat(new DslJsonReader().read(body).policies()).isEqualTo(expected);
    }
  }

  @Test
  void aDecoderThatIsUsedAgainReadsTheNextPage() throws IOException {
    DslJsonReader reader = new DslJsonReader();
    List<byte[]> bodies = new Bodies().all();
    reader.read(bodies.get(0));
    assertThat(reader.read(bodies.get(1)).policies()).isEqualTo(new OwnJson().read(bodies.get(1)));
  }

  @Test
  void everyEncoderWritesTheSamePolicies() throws IOException {
    EncodeBenchmark.Policies policies = new EncodeBenchmark.Policies();
    policies.lines.write(policies.policies);
    List<AllowPolicy> expected = policies.policies;
    assertThat(readLines(policies.lines.toString())).isEqualTo(expected);
    new Jackson2Json().writeLines(policies.records, policies.out);
    assertThat(readLines(policies.out.toString(UTF_8))).isEqualTo(expected);
    policies.out.reset();
    new Jackson3Json().writeLines(policies.records, policies.out);
    assertThat(readLines(policies.out.toString(UTF_8))).isEqualTo(expected);
  }

  private static List<AllowPolicy> readLines(String lines) {
    Jackson3Json json = new Jackson3Json();
    return lines.lines().map(line -> json.readLine(line).toPolicy()).toList();
  }

  @Test
  void everyEncoderWritesTheSameBatch() throws IOException {
    EncodeBenchmark.Policies policies = new EncodeBenchmark.Policies();
    JsonMapper mapper = JsonMapper.shared();
    byte[] own = EncodeBenchmark.body(policies);
    assertThat(mapper.readTree(new Jackson2Json().writeBatch(policies.batchRecord)))
        .isEqualTo(mapper.readTree(own));
    assertThat(mapper.readTree(new Jackson3Json().writeBatch(policies.batchRecord)))
        .isEqualTo(mapper.readTree(own));
  }

  @Test
  void everyStreamBringsTheSamePoliciesInTheSameOrder() throws Exception {
    long plain = counters(new OwnStream(), new WebClientStream(), new JdkStream());
    useServer(true);
    try {
      assertThat(counters(new OwnStream(), new WebClientStream(), new JdkStream()))
          .isEqualTo(plain);
    } finally {
      useServer(false);
    }
  }

  private static long counters(OwnStream own, WebClientStream webClient, JdkStream jdk)
      throws IOException, InterruptedException {
    long expected = own.all();
    assertThat(webClient.all()).isEqualTo(expected);
    assertThat(jdk.all()).isEqualTo(expected);
    ReactorNettyStream reactorNetty = new ReactorNettyStream();
    assertThat(reactorNetty.all()).isEqualTo(expected);
    assertThat(reactorNetty.drain()).isPositive();
    assertThat(webClient.first().toPolicy()).isEqualTo(own.first());
    assertThat(jdk.first().toPolicy()).isEqualTo(own.first());
    own.close();
    webClient.close();
    reactorNetty.close();
    return expected;
  }

  @Test
  void everyBenchmarkRunsOnce() throws RunnerException {
    System.setProperty("jmh.ignoreLock", "true");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(".*")
                    .mode(Mode.SingleShotTime)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .addProfiler(CpuProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    Set<String> ran =
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> declared =
        BENCHMARKS.stream()
            .flatMap(SmokeTest::benchmarks)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(ran).isEqualTo(declared);
  }

  private static Stream<String> benchmarks(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(Benchmark.class))
        .map(Method::getName)
        .map(name -> type.getName() + "." + name);
  }
}
