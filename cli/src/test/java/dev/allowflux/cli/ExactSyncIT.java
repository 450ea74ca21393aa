package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Syncs against services and people that do what they like: each policy once, and done is seen. */
@Timeout(240)
class ExactSyncIT {
  @TempDir private Path folder;

  private ApiSimulator api = ApiSimulator.builder().start();
  private Path file = Path.of("policies.ndjson");
  private Path state = Path.of("state");

  @AfterEach
  void stop() {
    api.close();
  }

  /** Starts the service anew, with a file of policies that it does not have. */
  private void start(ApiSimulatorBuilder settings, int policies) throws IOException {
    api.close();
    api = settings.noRateLimit().start();
    state = folder.resolve("state");
    file =
        Files.write(
            folder.resolve("policies.ndjson"),
            IntStream.range(0, policies)
                .mapToObj(
                    i ->
                        "{\"pattern\":\"d%04d.example.org\",\"pattern_type\":\"DOMAIN\",\"comments\":\"c\"}"
                            .formatted(i))
                .toList());
  }

  private Map<String, String> environment(Path stateHome) {
    Map<String, String> environment = new HashMap<>(Run.environment(api));
    environment.put("XDG_STATE_HOME", stateHome.toString());
    return environment;
  }

  private String[] args(String... more) {
    List<String> args = new ArrayList<>(List.of("sync", file.toString(), "--yes"));
    args.addAll(List.of("--settle-time", "300ms", "--rate-limit", "off"));
    args.addAll(List.of(more));
    return args.toArray(new String[0]);
  }

  private Run sync(String... more) {
    return Run.of(environment(state), args(more));
  }

  private List<String> patterns() {
    api.faults(FaultScript.none());
    Run run = Run.of(Run.environment(api), "list", "--fields", "pattern", "--format", "csv");
    assertThat(run.exit()).isZero();
    return run.lines().stream().skip(1).toList();
  }

  private long batches() {
    return count(api.requests(), Operation.BATCH);
  }

  private static long count(List<RecordedRequest> requests, Operation operation) {
    return requests.stream().filter(request -> request.operation() == operation).count();
  }

  /** The file is in the account, each policy once, and a sync from now on sends nothing. */
  private void isInSync(int policies) {
    assertThat(patterns()).hasSize(policies).doesNotHaveDuplicates();
    api.takeRequests();
    Run again = sync();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(again.out()).contains("0 to create, 0 to edit, 0 to delete");
    assertThat(batches()).as("batches of a second sync").isZero();
    assertThat(stateFiles()).as("what a sync leaves").allMatch(name -> name.endsWith(".lock"));
  }

  private List<String> stateFiles() {
    try (Stream<Path> files = Files.list(state.resolve("allowflux"))) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  // ---------------------------------------------------------------- the first look

  @Test
  void aSyncThatAsksNobodySendsItsBatchRightAfterTheReading() throws IOException {
    start(ApiSimulator.builder().policies(1), 5);
    assertThat(Run.of(environment(state), "plan", file.toString()).exit()).isZero();
    long reading = api.takeRequests().size();

    assertThat(sync("--stop-on-change").exit()).isZero();
    assertThat(beforeTheFirstBatch()).as("it is to look again").isGreaterThan(reading);

    Files.writeString(file, "{\"pattern\":\"new.example\",\"pattern_type\":\"DOMAIN\"}\n");
    api.takeRequests();
    assertThat(sync().exit()).isZero();
    assertThat(beforeTheFirstBatch()).isEqualTo(reading);
  }

  private long beforeTheFirstBatch() {
    return api.requests().stream()
        .takeWhile(request -> request.operation() != Operation.BATCH)
        .count();
  }

  // ---------------------------------------------------------------- services

  @Test
  void aServiceThatLosesEverySecondResponseGetsEachPolicyOnce() throws IOException {
    start(ApiSimulator.builder().policies(30), 60);
    List<FaultRule> rules = new ArrayList<>();
    for (Operation operation : List.of(Operation.BATCH, Operation.LIST, Operation.GET)) {
      for (int i = 0; i < 100; i++) {
        Fault lost = Fault.reset(Point.BEFORE_HEADERS);
        rules.add(FaultRule.of(Fault.none()).on(operation));
        rules.add(FaultRule.of(i % 2 == 0 ? lost.done() : lost.notDone()).on(operation));
      }
    }
    api.faults(FaultScript.of(rules.toArray(FaultRule[]::new)));

    Run run = sync("--batch-size", "5");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out()).contains("found done", "not done");
    isInSync(90);
  }

  @Test
  void aServiceThatStoresItsOwnSpellingIsSentNothingByTheSecondSync() throws IOException {
    start(ApiSimulator.builder().normalizing(true), 0);
    Files.writeString(
        file,
        """
        pattern,pattern_type,is_acceptable_sender,verify_sender,comments
        Boats.Example,DOMAIN,true,true,  blanks around
        ports.example.,DOMAIN,true,true,a dot
        Bücher.example,DOMAIN,true,true,a U-label
        jo@Partner.Example,EMAIL,true,true,
        198.51.100.77/24,IP,true,false,host bits
        2001:DB8:0:0::1,IP,true,false,long
        """);

    Run run = sync();

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).contains("6 of 6 changes done");
    assertThat(patterns())
        .contains("boats.example", "xn--bcher-kva.example", "198.51.100.0/24", "2001:db8::1");
    isInSync(6);
  }

  @Test
  void whatIsThereMoreThanOnceAndNotOfTheRunHasAnExitCodeOfItsOwn() throws IOException {
    start(ApiSimulator.builder(), 1);
    api.faults(
        FaultScript.of(
            FaultRule.of(Fault.pause(Point.BEFORE_HEADERS, Duration.ofSeconds(2)))
                .on(Operation.BATCH)));
    CompletableFuture<Run> sync = CompletableFuture.supplyAsync(this::sync);
    while (api.size() == 0) {
      Thread.onSpinWait();
    }
    Run other =
        Run.of(
            Run.environment(api),
            "create",
            "--pattern",
            "d0000.example.org",
            "--pattern-type",
            "DOMAIN",
            "--comments",
            "c");
    assertThat(other.exit()).as(other.err()).isZero();

    Run run = sync.join();

    assertThat(run.exit()).isEqualTo(ExitCode.FINDINGS.code()).isEqualTo(10);
    assertThat(run.out()).contains("more than once: DOMAIN d0000.example.org: ");
    assertThat(run.err()).contains("1 of 1 change done, 1 there more than once");
    assertThat(patterns()).hasSize(2);
  }

  // ---------------------------------------------------------------- two at once

  @Test
  void twoSyncsAtOnceFromTwoFoldersEndWithEachPolicyOnce() throws IOException {
    start(ApiSimulator.builder().latency(Duration.ofMillis(5)), 300);
    List<CompletableFuture<Run>> runs = new ArrayList<>();
    for (String name : List.of("one", "other")) {
      Map<String, String> environment = environment(folder.resolve(name));
      String[] args = args("--batch-size", "50");
      runs.add(CompletableFuture.supplyAsync(() -> Run.of(environment, args)));
    }
    for (CompletableFuture<Run> run : runs) {
      assertThat(run.join().exit())
          .as(run.join().err())
          .isIn(ExitCode.DONE.code(), ExitCode.FINDINGS.code());
    }
    isInSync(300);
  }

  @Test
  void onePlanThatIsAppliedFromTwoFoldersAtOnceEndsWithEachPolicyOnce() throws IOException {
    start(ApiSimulator.builder().latency(Duration.ofMillis(5)), 300);
    Path plan = folder.resolve("plan.json");
    Run planned = Run.of(environment(state), "plan", file.toString(), "--out", plan.toString());
    String digest = planned.err().replaceAll("(?s).*digest (\\w+).*", "$1");
    List<CompletableFuture<Run>> runs = new ArrayList<>();
    for (String name : List.of("one", "other")) {
      String journal = Files.createDirectory(folder.resolve(name)).resolve("j").toString();
      runs.add(
          CompletableFuture.supplyAsync(
              () ->
                  Run.of(
                      environment(state),
                      "apply",
                      plan.toString(),
                      "--yes",
                      "--digest",
                      digest,
                      "--journal",
                      journal,
                      "--batch-size",
                      "50")));
    }
    for (CompletableFuture<Run> run : runs) {
      assertThat(run.join().exit())
          .as(run.join().err())
          .isIn(ExitCode.DONE.code(), ExitCode.FINDINGS.code());
    }
    isInSync(300);
  }

  // ---------------------------------------------------------------- killed

  /** A sync makes one call to read the account, one for each of three batches, and one to look. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void aSyncThatIsKilledAtAnyCallIsSettledByTheNext(int call)
      throws IOException, InterruptedException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed + call);
    start(ApiSimulator.builder(), 30);
    Fault hang = Fault.hang(Point.BEFORE_HEADERS);
    api.faults(
        FaultScript.of(
            FaultRule.of(random.nextBoolean() ? hang : hang.notDone()).fromNth(call).always()));
    try (CliProcess process =
        CliProcess.start(folder, environment(state), List.of(), args("--batch-size", "10"))) {
      process.await(() -> api.requestCount() >= call);
      process.kill();
    }
    if (call > 1) {
      assertThat(stateFiles()).anyMatch(name -> name.endsWith(".journal.plan"));
      for (String name : stateFiles()) {
        Path left = state.resolve("allowflux").resolve(name);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(left)))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
    api.faults(FaultScript.none());

    Run run = sync("--batch-size", "10");

    assertThat(run.exit()).as("seed %d: %s", seed, run.err()).isZero();
    assertThat(run.err().contains("settling an earlier sync")).isEqualTo(call > 1);
    isInSync(30);
  }
}
