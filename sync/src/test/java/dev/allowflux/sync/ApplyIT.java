package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.sync.ApplyEvent.BatchEnded;
import dev.allowflux.sync.ApplyEvent.Checked;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.sync.ApplyReport.Outcome;
import dev.allowflux.sync.internal.journal.FileJournal;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Plans that are applied to a simulator: through faults, deaths and other runs. */
@Timeout(240)
class ApplyIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int MAX_RUNS = 40;
  private static final List<Fault.Point> POINTS = List.of(Fault.Point.values());

  private final long firstSeed = Long.getLong("allowflux.seed", System.nanoTime());

  @TempDir private Path directory;

  // ---------------------------------------------------------------- faults

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void fiveThousandChangesReachTheDesiredStateThroughFaults() {
    int seeds = Soak.count(3, 100);
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    int changes = 0;
    int runs = 0;
    int faults = 0;
    int twice = 0;
    for (int i = 0; i < seeds; i++) {
      long seed = firstSeed + i;
      String when = "seed " + seed;
      try (ApiSimulator api = simulator(4500, seed)) {
        SyncFixture target = new SyncFixture(api, 2000);
        assertThat(target.plan.changes()).as(when).hasSize(5000);
        changes += target.plan.changes().size();
        api.faults(oneInFour(new Random(seed)));
        ApplySettings settings =
            ApplySettings.builder(directory.resolve(seed + ".journal"))
                .settleTime(Duration.ofMillis(30))
                .build();
        ApplyReport report = null;
        for (int run = 0; report == null || !report.progress().isFinished(); run++) {
          assertThat(run).as(when + ": runs").isLessThan(MAX_RUNS);
          runs++;
          report = runUntilItFails(api, target, settings);
        }
        assertThat(report.isDone()).as(when).isTrue();
        for (ApplyReport.Batch batch : report.batches()) {
          outcomes.merge(batch.outcome(), 1, Integer::sum);
        }
        faults += api.faultCounts().values().stream().mapToInt(Long::intValue).sum();
        twice += target.check(api, when);
        long requests = api.requestCount();
        runUntilItFails(api, target, settings);
        assertThat(api.requestCount()).as(when + ": calls for a finished plan").isEqualTo(requests);
      }
    }
    System.out.printf(
        "apply through faults: %d seeds from %d, %d changes, %d faults met, %d runs, batches %s,"
            + " desired state reached %d times, %d duplicates, 0 calls by the run after%n",
        seeds, firstSeed, changes, faults, runs, outcomes, seeds, twice);
    assertThat(outcomes).containsKeys(Outcome.DONE, Outcome.FOUND_DONE, Outcome.NOT_DONE);
  }

  private static ApplyReport runUntilItFails(
      ApiSimulator api, SyncFixture target, ApplySettings settings) {
    try (AllowPolicyClient client = SyncFixture.client(api).create()) {
      ApplyEvent last =
          AllowPolicySync.of(client)
              .apply(target.approved(), settings)
              .onErrorResume(EmailSecurityException.class, failure -> Mono.empty())
              .blockLast(PATIENCE);
      return last instanceof Finished finished ? finished.report() : null;
    }
  }

  /** Every fourth request meets a fault, writes in two ways: carried out before it, or not. */
  private static FaultScript oneInFour(Random random) {
    List<FaultRule> rules = new ArrayList<>();
    for (Operation operation : List.of(Operation.BATCH, Operation.LIST, Operation.GET)) {
      for (int nth = 1; nth <= 600; nth++) {
        if (random.nextInt(4) == 0) {
          Fault fault = fault(random);
          boolean write = operation == Operation.BATCH;
          rules.add(
              FaultRule.of(!write ? fault : random.nextBoolean() ? fault.done() : fault.notDone())
                  .on(operation)
                  .fromNth(nth));
        }
      }
    }
    return FaultScript.of(rules.toArray(FaultRule[]::new));
  }

  private static Fault fault(Random random) {
    Fault.Point point = POINTS.get(random.nextInt(POINTS.size()));
    return switch (random.nextInt(10)) {
      case 0 -> Fault.status(503, Fault.Content.JSON);
      case 1 -> Fault.status(502, Fault.Content.HTML);
      case 2 -> Fault.status(520, Fault.Content.EMPTY);
      case 3 -> Fault.fin(point);
      case 4 -> Fault.reset(point);
      case 5 -> Fault.halfBody(random.nextBoolean());
      case 6 -> Fault.brokenGzip();
      case 7 -> Fault.invalidUtf8();
      case 8 -> Fault.nullResult();
      default -> Fault.invalidJson();
    };
  }

  // ---------------------------------------------------------------- deaths

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void aRunThatDiesAtAnyPointOfItsJournalIsTakenUpByTheNext() throws IOException {
    int points = Soak.count(80, 500);
    long seed = firstSeed;
    Random random = new Random(seed);
    int lines;
    try (ApiSimulator api = simulator(60, seed)) {
      SyncFixture target = new SyncFixture(api, 20);
      Path journal = directory.resolve("whole.journal");
      ApplySettings settings = settings(journal);
      run(api, target, settings);
      lines = Files.readAllLines(journal).size();
    }
    int sentAgain = 0;
    int found = 0;
    for (int i = 0; i < points; i++) {
      int line = i % lines;
      // With the line whole and nothing done about it, with nothing of it, and within it.
      double part = i < lines ? 1 : i < 2 * lines ? 0 : random.nextDouble();
      String when = "seed %d, death with %.3f of line %d".formatted(seed, part, line + 1);
      try (ApiSimulator api = simulator(60, seed)) {
        SyncFixture target = new SyncFixture(api, 20);
        Path journal = directory.resolve(i + ".journal");
        ApplySettings settings = settings(journal);
        assertThatThrownBy(() -> run(api, target, settings(journal, new DyingDisk(line, part))))
            .as(when)
            .hasStackTraceContaining("killed");
        ApplyReport report = run(api, target, settings);
        assertThat(report.isDone()).as(when).isTrue();
        for (ApplyReport.Batch batch : report.batches()) {
          sentAgain += batch.outcome() == Outcome.NOT_DONE ? 1 : 0;
          found += batch.outcome() == Outcome.FOUND_DONE ? 1 : 0;
        }
        target.check(api, when);
        api.takeRequests();
        run(api, target, settings);
        assertThat(api.takeRequests()).as(when + ": requests of the run after").isEmpty();
      }
    }
    System.out.printf(
        "apply and death: died at %d points of a journal of %d lines, desired state reached %d"
            + " times, 0 duplicates; open batches sent again %d, found done %d; 0 writes by the run"
            + " after; seed %d%n",
        points, lines, points, sentAgain, found, seed);
    assertThat(sentAgain).isPositive();
    assertThat(found).isPositive();
  }

  private static ApplySettings settings(Path journal, FileJournal.Disk disk) {
    return ApplySettings.builder(new FileJournal(journal, disk))
        .batchSize(6)
        .settleTime(Duration.ZERO)
        .build();
  }

  private static ApplySettings settings(Path journal) {
    return settings(journal, FileJournal.FORCED);
  }

  private static ApplyReport run(ApiSimulator api, SyncFixture target, ApplySettings settings) {
    try (AllowPolicyClient client = SyncFixture.client(api).create()) {
      ApplyEvent last =
          AllowPolicySync.of(client).apply(target.approved(), settings).blockLast(PATIENCE);
      return ((Finished) last).report();
    }
  }

  /** A disk whose process dies once it has written so many lines and a part of the next. */
  private static final class DyingDisk implements FileJournal.Disk {
    private final double part;
    private int lines;

    DyingDisk(int lines, double part) {
      this.lines = lines;
      this.part = part;
    }

    @Override
    public void write(FileChannel file, ByteBuffer bytes) throws IOException {
      boolean dies = lines-- == 0;
      if (dies) {
        bytes.limit((int) Math.round(bytes.limit() * part));
      }
      FileJournal.FORCED.write(file, bytes);
      if (dies) {
        throw new IOException("killed");
      }
    }
  }

  // ---------------------------------------------------------------- journal

  @Test
  void aJournalThatWasDamagedIsRefusedWhereverTheDamageIs() throws IOException {
    try (ApiSimulator api = simulator(30, firstSeed)) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("damaged.journal");
      ApplySettings settings = settings(journal);
      run(api, target, settings);
      byte[] whole = Files.readAllBytes(journal);
      api.takeRequests();
      Random random = new Random(firstSeed);
      for (int i = 0; i < whole.length - 1; i++) {
        byte[] damaged = whole.clone();
        damaged[i] ^= (byte) (1 << random.nextInt(7));
        Files.write(journal, damaged);
        assertThatThrownBy(() -> run(api, target, settings))
            .as("seed %d, byte %d", firstSeed, i)
            .isInstanceOf(ApplyRefusedException.class)
            .hasMessageMatching("[^\n]*journal[^\n]*");
      }
      assertThat(api.takeRequests()).isEmpty();
      System.out.printf(
          "apply and damage: one bit changed in each of %d bytes of a journal, %d refused, 0 calls;"
              + " seed %d%n",
          whole.length - 1, whole.length - 1, firstSeed);
    }
  }

  @Test
  void linesThatAreMissingOrTwiceInAJournalAreSeen() throws IOException {
    try (ApiSimulator api = simulator(30, 1)) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("lines.journal");
      ApplySettings settings = settings(journal);
      run(api, target, settings);
      List<String> lines = Files.readAllLines(journal);
      for (int i = 0; i < lines.size() - 1; i++) {
        List<String> fewer = new ArrayList<>(lines);
        String line = fewer.remove(i);
        Files.write(journal, fewer);
        assertThatThrownBy(() -> run(api, target, settings))
            .isInstanceOf(ApplyRefusedException.class);
        fewer.add(i, line);
        fewer.add(i, line);
        Files.write(journal, fewer);
        assertThatThrownBy(() -> run(api, target, settings))
            .isInstanceOf(ApplyRefusedException.class);
      }
    }
  }

  @Test
  void theJournalOfAnotherPlanAndAnyOtherFileAreRefusedAndLeftAsTheyAre() throws IOException {
    try (ApiSimulator api = simulator(30, 2)) {
      SyncFixture target = new SyncFixture(api, 10);
      SyncFixture other = new SyncFixture(api, 11);
      Path journal = directory.resolve("other.journal");
      ApplySettings settings = settings(journal);
      run(api, target, settings);
      assertThatThrownBy(() -> run(api, other, settings))
          .isInstanceOf(ApplyRefusedException.class)
          .hasMessageContaining("is of another plan");
      for (String text : List.of("a letter", "a letter\n", "{}", "{\"journal\":\"x\"}\n")) {
        Files.writeString(journal, text);
        assertThatThrownBy(() -> run(api, target, settings))
            .isInstanceOf(ApplyRefusedException.class);
        assertThat(journal).hasContent(text);
      }
    }
  }

  @Test
  void ofTwoRunsAtOnceOneIsRefused() {
    try (ApiSimulator api = simulator(30, 3);
        AllowPolicyClient client = SyncFixture.client(api).create()) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("shared.journal");
      ApplySettings settings = settings(journal);
      AllowPolicySync sync = AllowPolicySync.of(client);
      StepVerifier.create(sync.apply(target.approved(), settings), 2)
          .expectNextMatches(Checked.class::isInstance)
          .expectNextMatches(BatchEnded.class::isInstance)
          .then(
              () ->
                  StepVerifier.create(sync.apply(target.approved(), settings))
                      .expectErrorSatisfies(
                          failure ->
                              assertThat(failure)
                                  .isInstanceOf(ApplyRefusedException.class)
                                  .hasMessageContaining("another run"))
                      .verify(PATIENCE))
          .thenRequest(Long.MAX_VALUE)
          .thenConsumeWhile(event -> true)
          .expectComplete()
          .verify(PATIENCE);
      target.check(api, "after the run that was not refused");
    }
  }

  // ---------------------------------------------------------------- demand and end

  @Test
  void noBatchIsSentThatWasNotDemanded() {
    try (ApiSimulator api = simulator(30, 4);
        AllowPolicyClient client = SyncFixture.client(api).create()) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("demand.journal");
      ApplySettings settings = settings(journal);
      StepVerifier.create(AllowPolicySync.of(client).apply(target.approved(), settings), 0)
          .expectSubscription()
          .then(() -> assertThat(batches(api)).isZero())
          .thenRequest(1)
          .expectNextMatches(Checked.class::isInstance)
          .expectNoEvent(Duration.ofMillis(100))
          .then(() -> assertThat(batches(api)).isZero())
          .thenRequest(2)
          .expectNextCount(2)
          .expectNoEvent(Duration.ofMillis(100))
          .then(() -> assertThat(batches(api)).isEqualTo(2))
          .thenCancel()
          .verify(PATIENCE);
      assertThat(batches(api)).isEqualTo(2);
    }
  }

  @Test
  void aStopEndsTheRunAfterTheBatchInFlightAndTheNextRunGoesOn() {
    try (ApiSimulator api = simulator(30, 5);
        AllowPolicyClient client = SyncFixture.client(api).create()) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("stop.journal");
      ApplySettings settings = settings(journal);
      Sinks.Empty<Void> stop = Sinks.empty();
      List<ApplyEvent> events =
          AllowPolicySync.of(client)
              .apply(target.approved(), settings, stop.asMono())
              .doOnNext(
                  event -> {
                    if (event instanceof BatchEnded ended && ended.batch().number() == 2) {
                      stop.tryEmitEmpty();
                    }
                  })
              .collectList()
              .block(PATIENCE);
      assertThat(batches(api)).isEqualTo(2);
      ApplyReport report = ((Finished) events.get(events.size() - 1)).report();
      assertThat(report.batches())
          .extracting(ApplyReport.Batch::outcome)
          .containsOnly(Outcome.DONE);
      assertThat(report.progress().left()).isEqualTo(target.plan.changes().size() - 12);
      assertThat(run(api, target, settings).open()).isEmpty();
      target.check(api, "after the second run");
    }
  }

  @Test
  void aCancelWithinABatchLeavesItToTheNextRunToFindOut() throws IOException {
    try (ApiSimulator api = simulator(30, 6);
        AllowPolicyClient client = SyncFixture.client(api).create()) {
      SyncFixture target = new SyncFixture(api, 10);
      Path journal = directory.resolve("cancel.journal");
      ApplySettings settings = settings(journal);
      api.faults(
          FaultScript.of(
              FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS)).on(Operation.BATCH).fromNth(2)));
      StepVerifier.create(AllowPolicySync.of(client).apply(target.approved(), settings))
          .expectNextCount(2)
          .expectNoEvent(Duration.ofMillis(300))
          .thenCancel()
          .verify(PATIENCE);
      assertThat(Files.readAllLines(journal).get(3)).startsWith("{\"send\":2");
      ApplyReport report = null;
      for (int i = 0; report == null; i++) {
        try {
          report = run(api, target, settings);
        } catch (ApplyRefusedException held) {
          // The cancelled run gives its lock up on another thread, which may not have come to it.
          assertThat(i).isLessThan(1000);
          Thread.onSpinWait();
        }
      }
      assertThat(report.open()).isEmpty();
      assertThat(report.batches().get(1).outcome()).isEqualTo(Outcome.FOUND_DONE);
      target.check(api, "after the second run");
    }
  }

  private static long batches(ApiSimulator api) {
    return api.requests().stream()
        .filter(request -> request.operation() == Operation.BATCH)
        .map(RecordedRequest::number)
        .count();
  }

  private static ApiSimulator simulator(int policies, long seed) {
    return ApiSimulator.builder().policies(policies).seed(seed).noRateLimit().start();
  }
}
