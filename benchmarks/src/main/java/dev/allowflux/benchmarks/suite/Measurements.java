package dev.allowflux.benchmarks.suite;

import dev.allowflux.benchmarks.driver.LocalRedis;
import dev.allowflux.benchmarks.driver.Rounds;
import dev.allowflux.benchmarks.driver.RunProfile;
import dev.allowflux.benchmarks.driver.Server;
import dev.allowflux.benchmarks.driver.ServerProcess;
import dev.allowflux.benchmarks.driver.Worker.Order;
import dev.allowflux.benchmarks.driver.WorkerProcess;
import dev.allowflux.benchmarks.peer.Endpoint;
import dev.allowflux.benchmarks.peer.OwnStream;
import dev.allowflux.benchmarks.report.Sample;
import dev.allowflux.benchmarks.report.Subjects;
import dev.allowflux.benchmarks.report.Suite;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is measured inside JVMs: each suite by a method that starts what it needs and ends it again.
 */
public final class Measurements {

  private static final int STREAM_PAGES = 50;
  private static final int GZIP_PAGES = 20;
  private static final int HEAP_PAGES = 500;
  private static final int DELAYS = 20;
  private static final int[] HEAPS = {8, 10, 12, 16, 20, 24, 32, 48, 64};
  private static final int HEAP_SECONDS = 20;
  private static final Order WARM_UP = new Order(3, 1, 500);

  /** What a client does once a page is compiled for good after some 5,000 pages. */
  private static final Order WARM_UP_STREAMS = new Order(16, 1, 500);

  /** In gzip most of the time is spent in native code. */
  private static final Order WARM_UP_GZIP = new Order(8, 1, 500);

  private static final Order SHORT = new Order(1, 2, 100);
  private static final Order STREAMS = new Order(1, 2, 200);

  /** One pass over a stream, however long it takes. */
  private static final Order ONCE = new Order(0, 1, 1);

  private final RunProfile form;
  private final Rounds rounds;

  public Measurements(RunProfile form) {
    this.form = form;
    this.rounds = new Rounds(form.rounds(), form.seed());
  }

  /** The suites by their names, in order. */
  public Map<String, Step> steps() {
    Map<String, Step> steps = new LinkedHashMap<>();
    steps.put("decode", this::decode);
    steps.put("encode-lines", () -> encode("lines", "Lines of an export"));
    steps.put("encode-batch", () -> encode("batch", "Body of a batch that creates"));
    steps.put("stream-plain", () -> stream(false));
    steps.put("stream-gzip", () -> stream(true));
    steps.put("first-item", this::firstItem);
    steps.put("delay-20", () -> delay(20));
    steps.put("delay-100", () -> delay(100));
    steps.put("delay-300", () -> delay(300));
    steps.put("overhead", this::overhead);
    steps.put("observers", this::observers);
    steps.put("permit", this::permit);
    steps.put("smallest-heap", this::smallestHeap);
    steps.put("small-heap-speed", this::smallHeapSpeed);
    return steps;
  }

  /** Measures a suite. */
  public interface Step {
    Suite run() throws IOException;
  }

  /** A method of a benchmark class and the name that the results give it. */
  private record Subject(String name, String method, List<String> jvmArguments) {
    Subject(String name, String method) {
      this(name, method, List.of());
    }
  }

  private Suite decode() throws IOException {
    List<Subject> subjects =
        List.of(
            new Subject(Subjects.OWN, "allowflux"),
            new Subject(Subjects.AGAIN, "allowflux"),
            new Subject(Subjects.JACKSON_ONLY, "allowfluxJacksonOnly"),
            new Subject(Subjects.FASTJSON, "fastjson2"),
            new Subject("dsl-json", "dslJson"),
            new Subject(Subjects.JACKSON_2, "jackson2"),
            new Subject(Subjects.JACKSON_3, "jackson3"),
            new Subject(Subjects.NEXT_TOKEN, "nextToken"),
            new Subject("floor: sum of bytes", "sumOfBytes"));
    return new Suite(
        "decode",
        "Decode a page of 1000 policies, times to instants",
        "page",
        "allocated",
        Subjects.OWN,
        Subjects.AGAIN,
        benchmarks(DecodeBenchmark.class, subjects, WARM_UP, SHORT, 1));
  }

  private Suite encode(String what, String title) throws IOException {
    List<Subject> subjects =
        List.of(
            new Subject(Subjects.OWN, what + "Allowflux"),
            new Subject(Subjects.AGAIN, what + "Allowflux"),
            new Subject(Subjects.JACKSON_2, what + "Jackson2"),
            new Subject(Subjects.JACKSON_3, what + "Jackson3"));
    return new Suite(
        "encode-" + what,
        title + ", 1000 policies",
        "thousand policies",
        "allocated",
        Subjects.OWN,
        Subjects.AGAIN,
        benchmarks(EncodeBenchmark.class, subjects, WARM_UP, SHORT, 1));
  }

  private Suite stream(boolean gzip) throws IOException {
    int pages = gzip ? GZIP_PAGES : STREAM_PAGES;
    Order warmUp = gzip ? WARM_UP_GZIP : WARM_UP_STREAMS;
    try (ServerProcess server = new ServerProcess(new Server.Spec(pages, gzip, Duration.ZERO))) {
      List<String> where = server.endpoints().get(0).jvmArguments();
      warmServer(where);
      List<Subject> subjects =
          List.of(
              new Subject(Subjects.OWN, "allowflux", where),
              new Subject(Subjects.AGAIN, "allowflux", where),
              new Subject(Subjects.WEB_CLIENT, "webClient", where),
              new Subject("JDK HttpClient + Jackson 2", "jdk", where),
              new Subject("Reactor Netty + aggregate + Jackson 2", "reactorNetty", where),
              new Subject(Subjects.DRAIN, "drain", where));
      return new Suite(
          gzip ? "stream-gzip" : "stream-plain",
          "Stream pages of 1000 over loopback, " + (gzip ? "in gzip" : "not compressed"),
          "page",
          "allocated",
          Subjects.OWN,
          Subjects.AGAIN,
          benchmarks(StreamBenchmark.class, subjects, warmUp, STREAMS, pages));
    }
  }

  /** A client that warms up while the server does comes less far in its time than the others. */
  private static void warmServer(List<String> server) throws IOException {
    try (WorkerProcess client =
        WorkerProcess.benchmark(StreamBenchmark.class, "drain", server, WARM_UP, STREAMS, 1)) {
      client.awaitWarm();
    }
  }

  private Suite firstItem() throws IOException {
    try (ServerProcess server = new ServerProcess(Server.Spec.plain(STREAM_PAGES))) {
      List<String> where = server.endpoints().get(0).jvmArguments();
      List<Subject> subjects =
          List.of(
              new Subject(Subjects.OWN, "allowflux", where),
              new Subject(Subjects.AGAIN, "allowflux", where),
              new Subject(Subjects.WEB_CLIENT, "webClient", where),
              new Subject("JDK HttpClient + Jackson 2", "jdk", where));
      return new Suite(
          "first-item",
          "From the subscription to the first policy, pages of 1000 over loopback",
          "listing",
          "allocated",
          Subjects.OWN,
          Subjects.AGAIN,
          benchmarks(FirstItemBenchmark.class, subjects, WARM_UP, SHORT, 1));
    }
  }

  /**
   * Every stream lasts as many delays: the first page alone, then as many pages at once as are
   * allowed. So the ratio that arithmetic allows is a little below the number in flight.
   */
  private Suite delay(int millis) throws IOException {
    List<Integer> inFlight = form.inFlight();
    Server.Spec[] specs = new Server.Spec[inFlight.size()];
    for (int i = 0; i < specs.length; i++) {
      specs[i] = new Server.Spec(1 + inFlight.get(i) * DELAYS, false, Duration.ofMillis(millis));
    }
    try (ServerProcess server = new ServerProcess(specs);
        Workers workers = new Workers()) {
      for (int i = 0; i < specs.length; i++) {
        int pages = inFlight.get(i);
        stream(workers, pages + " in flight", server.endpoints().get(i), pages);
      }
      stream(workers, "1 in flight, again", server.endpoints().get(0), 1);
      return new Suite(
          "delay-" + millis,
          "Pages in flight when each answer takes " + millis + " ms",
          "page",
          "allocated",
          "1 in flight",
          "1 in flight, again",
          measure("delay-" + millis, workers));
    }
  }

  private static void stream(Workers workers, String name, Endpoint endpoint, int inFlight)
      throws IOException {
    List<String> arguments = new ArrayList<>(endpoint.jvmArguments());
    arguments.add("-D" + OwnStream.READ_AHEAD + "=" + inFlight);
    workers.add(
        name,
        WorkerProcess.benchmark(
            StreamBenchmark.class, "allowflux", arguments, ONCE, ONCE, endpoint.pages()));
  }

  private Suite overhead() throws IOException {
    List<Subject> subjects =
        List.of(
            new Subject(Subjects.PROTECTED, "withoutTimeLimit"),
            new Subject(Subjects.PROTECTED_AGAIN, "withoutTimeLimit"),
            new Subject("limiter + retry + time limit", "whole"),
            new Subject("limiter + retry, quota in a file", "sharedByFile"),
            new Subject(Subjects.UNPROTECTED, "exchangeOnly"));
    return new Suite(
        "overhead",
        "What the pipeline adds to a call whose exchange answers at once",
        "call",
        "allocated",
        Subjects.PROTECTED,
        Subjects.PROTECTED_AGAIN,
        benchmarks(CallOverheadBenchmark.class, subjects, WARM_UP, SHORT, 1));
  }

  private Suite observers() throws IOException {
    List<Subject> subjects =
        List.of(
            new Subject(Subjects.UNOBSERVED, "none"),
            new Subject(Subjects.UNOBSERVED_AGAIN, "none"),
            new Subject("CallObservations, registry off", "off"),
            new Subject("CallObservations and CallMeters", "on"));
    return new Suite(
        "observers",
        "What observers add to a call whose exchange answers at once",
        "call",
        "allocated",
        Subjects.UNOBSERVED,
        Subjects.UNOBSERVED_AGAIN,
        benchmarks(ObserverBenchmark.class, subjects, WARM_UP, SHORT, 1));
  }

  private Suite permit() throws IOException {
    try (LocalRedis redis = new LocalRedis()) {
      List<String> where = redis.jvmArguments();
      List<Subject> subjects =
          List.of(
              new Subject(Subjects.REDIS, "redis", where),
              new Subject(Subjects.REDIS_AGAIN, "redis", where),
              new Subject("Bucket4j, Redis on loopback", "bucket4jInRedis", where),
              new Subject("Redisson, Redis on loopback", "redissonInRedis", where),
              new Subject(Subjects.FILE, "file", where),
              new Subject("Bucket4j, in process", "bucket4jInProcess", where));
      return new Suite(
          "permit",
          "A permit of a quota that processes share, one after the other, median",
          "permit",
          "allocated",
          Subjects.REDIS,
          Subjects.REDIS_AGAIN,
          benchmarks(PermitBenchmark.class, subjects, WARM_UP, SHORT, 1));
    }
  }

  private Suite smallestHeap() throws IOException {
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    try (ServerProcess server = new ServerProcess(Server.Spec.plain(HEAP_PAGES))) {
      Endpoint endpoint = server.endpoints().get(0);
      samples.put(Subjects.ONE_IN_FLIGHT, List.of(smallestHeap(endpoint, 1)));
      samples.put(Subjects.EIGHT_IN_FLIGHT, List.of(smallestHeap(endpoint, 8)));
      if (form.heapOfPeers()) {
        samples.put(Subjects.WEB_CLIENT, List.of(smallestHeap(endpoint, 1, "webClient")));
      }
    }
    System.err.println(" done");
    return new Suite(
        "smallest-heap",
        "Smallest heap (-Xmx) in which "
            + HEAP_PAGES
            + " pages stream to their end within "
            + HEAP_SECONDS
            + " s",
        "page",
        "heap",
        Subjects.ONE_IN_FLIGHT,
        null,
        samples);
  }

  private static Sample smallestHeap(Endpoint endpoint, int inFlight, String... peer)
      throws IOException {
    List<String> arguments = new ArrayList<>(endpoint.jvmArguments());
    arguments.add("-D" + OwnStream.READ_AHEAD + "=" + inFlight);
    for (int heap : HEAPS) {
      System.err.print(" " + heap);
      try (WorkerProcess worker = WorkerProcess.heap(heap, arguments, peer)) {
        Sample sample = worker.first(HEAP_SECONDS);
        if (sample != null) {
          return new Sample(sample.nanos(), heap * 1024.0 * 1024, sample.cpuNanos());
        }
      }
    }
    throw new IOException("no heap is large enough; see above");
  }

  private Suite smallHeapSpeed() throws IOException {
    try (ServerProcess server = new ServerProcess(Server.Spec.plain(HEAP_PAGES));
        Workers workers = new Workers()) {
      List<String> where = server.endpoints().get(0).jvmArguments();
      workers.add(Subjects.SMALL, WorkerProcess.heap(16, where));
      workers.add(Subjects.LARGE, WorkerProcess.heap(64, where));
      workers.add(Subjects.LARGE_AGAIN, WorkerProcess.heap(64, where));
      return new Suite(
          "small-heap-speed",
          "Stream " + HEAP_PAGES + " pages over loopback in a small heap",
          "page",
          "allocated",
          Subjects.LARGE,
          Subjects.LARGE_AGAIN,
          measure("small-heap-speed", workers));
    }
  }

  private Map<String, List<Sample>> benchmarks(
      Class<?> type, List<Subject> subjects, Order warmUp, Order order, int units)
      throws IOException {
    try (Workers workers = new Workers()) {
      for (Subject subject : subjects) {
        workers.add(
            subject.name,
            WorkerProcess.benchmark(
                type, subject.method, subject.jvmArguments, warmUp, order, units));
      }
      return measure(type.getSimpleName(), workers);
    }
  }

  private Map<String, List<Sample>> measure(String what, Workers workers) throws IOException {
    workers.awaitWarm();
    System.err.print(what + ", " + rounds.count() + " rounds ");
    return rounds.measure(workers.byName);
  }

  /** JVMs side by side. Two at a time warm up; from then on one at a time has something to do. */
  private static final class Workers implements AutoCloseable {
    private final Map<String, WorkerProcess> byName = new LinkedHashMap<>();
    private final Deque<WorkerProcess> cold = new ArrayDeque<>();

    void add(String name, WorkerProcess worker) throws IOException {
      byName.put(name, worker);
      cold.add(worker);
      if (cold.size() > 1) {
        cold.remove().awaitWarm();
      }
    }

    void awaitWarm() throws IOException {
      while (!cold.isEmpty()) {
        cold.remove().awaitWarm();
      }
    }

    @Override
    public void close() {
      byName.values().forEach(WorkerProcess::close);
    }
  }
}
