package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.command.AllowFlux;
import dev.allowflux.cli.runtime.ProcessIo;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.sync.PlanFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code apply} and {@code sync} against a simulator, in this process and killed as another. */
@Timeout(240)
class SyncIT {
  @TempDir Path folder;

  private final List<CliProcess> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(CliProcess::close);
  }

  private Path file(int policies) throws IOException {
    return Files.write(
        folder.resolve("policies.ndjson"),
        IntStream.range(0, policies)
            .mapToObj(
                i ->
                    "{\"pattern\":\"d%05d.example.org\",\"pattern_type\":\"DOMAIN\",\"comments\":\"c\"}"
                        .formatted(i))
            .toList());
  }

  private Path plan(ApiSimulator api, int policies) throws IOException {
    Path plan = folder.resolve("plan.json");
    Run run =
        Run.of(Run.environment(api), "plan", file(policies).toString(), "--out", plan.toString());
    assertThat(run.exit()).as(run.err()).isZero();
    return plan;
  }

  private static String digest(String plan) throws IOException {
    return PlanFile.read(Path.of(plan)).digest();
  }

  private static List<String> patterns(ApiSimulator api) {
    Run run = Run.of(Run.environment(api), "list", "--fields", "pattern", "--format", "csv");
    assertThat(run.exit()).isZero();
    return run.lines().stream().skip(1).toList();
  }

  private static long batches(ApiSimulator api) {
    return api.requests().stream().filter(r -> r.operation() == Operation.BATCH).count();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  // ---------------------------------------------------------------- sync

  @Test
  void tenThousandChangesUnderTheRealRateLimitTakeFewCallsAndLittleTime() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().policies(1000).start()) {
      String file = file(10_000).toString();
      long start = System.nanoTime();
      Run run = Run.of(Run.environment(api), "sync", file, "--yes");
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.err()).contains("10,000 of 10,000 changes done");
      long calls = api.requestCount();
      assertThat(calls).isLessThan(120);
      assertThat(patterns(api)).hasSize(11_000).doesNotHaveDuplicates();
      assertThat(files()).containsExactly("policies.ndjson");
      System.out.printf(
          "sync of 10,000 changes: %d calls under 1200/300s, %d ms%n", calls, time.toMillis());

      Run again = Run.of(Run.environment(api), "sync", file, "--yes");
      assertThat(again.exit()).isZero();
      assertThat(again.out()).contains("0 to create, 0 to edit, 0 to delete, 10,000 unchanged");
      assertThat(batches(api)).isEqualTo(50);
    }
  }

  @Test
  void syncKeepsToTheSafetyRules() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().policies(100).start()) {
      Run run = Run.of(Run.environment(api), "sync", file(50).toString(), "--mode", "all", "--yes");
      assertThat(run.exit()).isEqualTo(9);
      assertThat(run.err()).contains("--max-delete-percent");
      assertThat(batches(api)).isZero();
    }
  }

  @Test
  void whatTheServiceRefusesIsNamedAndTheOthersAreMade() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      Path file = file(10);
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      lines.add("{\"pattern\":\"localhost\",\"pattern_type\":\"DOMAIN\"}");
      Files.write(file, lines);
      Run run =
          Run.of(Run.environment(api), "sync", file.toString(), "--yes", "--settle-time", "200ms");
      assertThat(run.exit()).isEqualTo(3);
      assertThat(run.lines())
          .anyMatch(
              line -> line.startsWith("refused: DOMAIN localhost: ") && line.contains("/posts/"));
      assertThat(run.err()).contains("10 of 11 changes done, 1 refused");
      assertThat(patterns(api)).hasSize(10);
    }
  }

  // ---------------------------------------------------------------- apply

  @Test
  void aPlanThatIsAppliedTwiceIsDoneOnceAndTheSecondRunMakesNoCall() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = plan(api, 500).toString();
      Run run = Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.lines())
          .hasSize(3)
          .allMatch(line -> line.matches("batch \\d: [12]00 changes, done at .*, cf-ray .*"));
      api.takeRequests();
      Run again = Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
      assertThat(again.exit()).isZero();
      assertThat(again.out()).isEqualTo(run.out());
      assertThat(api.takeRequests()).isEmpty();
    }
  }

  @Test
  void theNextPlanInTheSameFileIsAppliedAsTheFirstOneWas() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      for (int policies : new int[] {5, 6}) {
        String plan = plan(api, policies).toString();
        Run run = Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(patterns(api)).hasSize(policies);
      }
    }
  }

  @Test
  void theJournalOfAPlanThatIsDoneGoesWithThePlan() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = plan(api, 5).toString();
      assertThat(apply(api, plan).exit()).isZero();
      assertThat(files()).contains(journal(plan));

      Run next = Run.of(Run.environment(api), "plan", file(6).toString(), "--out", plan);

      assertThat(next.err()).hasLineCount(1).contains("plan written to");
      assertThat(files()).containsExactly("plan.json", "policies.ndjson");
      assertThat(apply(api, plan).exit()).isZero();
      assertThat(patterns(api)).hasSize(6);
    }
  }

  @Test
  void linksFoldersAndFilesOfOthersAreNoJournalsOfAnEarlierPlan() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = folder.resolve("plan.json").toString();
      Path letter = Files.writeString(folder.resolve("letter"), "a letter\n");
      Path others = Files.createDirectory(folder.resolve("others"));
      Files.createSymbolicLink(folder.resolve("plan.json.000000000000.journal"), letter);
      Files.createSymbolicLink(folder.resolve("plan.json.111111111111.journals"), others);
      Files.createDirectory(folder.resolve("plan.json.222222222222.journal"));
      Files.writeString(folder.resolve("plan.json.333333333333.journals"), "");
      Files.writeString(folder.resolve("plan.json.mine.journal"), "");
      Path foreign = Files.copy(letter, folder.resolve("plan.json.444444444444.journal"));

      Run run = Run.of(Run.environment(api), "plan", file(5).toString(), "--out", plan);

      assertThat(run.exit()).as(run.err()).isZero();
      assertThat(run.err().lines().map(line -> line.replaceFirst(" written to .*", "")))
          .containsExactly(
              "allowflux: journal of an earlier plan: "
                  + foreign
                  + " is no journal, or line 1 is damaged: it is too short; move it away and make a"
                  + " new plan",
              "allowflux: plan");
      assertThat(files()).hasSize(11).contains("plan.json.444444444444.journal");
    }
  }

  @Test
  void aPlanInTheFileOfOneWithUnconfirmedChangesSaysSo() throws IOException, InterruptedException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = plan(api, 5).toString();
      api.faults(
          FaultScript.of(
              FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS).notDone())
                  .on(Operation.BATCH)
                  .always()));
      CliProcess process = start(api, "apply", plan, "--yes", "--digest", digest(plan));
      process.await(() -> batches(api) > 0);
      process.kill();
      api.faults(FaultScript.none());
      String journal = folder.resolve(journal(plan)).toString();
      String line =
          "allowflux: the outcome of 5 changes of an earlier plan is unconfirmed, see "
              + journal
              + ": plan again in a few minutes, then delete the journal";

      Run next = Run.of(Run.environment(api), "plan", file(6).toString(), "--out", plan);
      Run applied = apply(api, plan);

      assertThat(next.err().lines()).contains(line);
      assertThat(applied.exit()).as(applied.err()).isZero();
      assertThat(applied.err().lines()).contains(line);
      assertThat(Path.of(journal)).exists();
      assertThat(patterns(api)).hasSize(6);

      // As was said; its lock goes with the next plan.
      Files.delete(Path.of(journal));
      Run.of(Run.environment(api), "plan", file(7).toString(), "--out", plan);
      assertThat(files()).contains("plan.json").noneMatch(name -> name.contains("journal"));
    }
  }

  private static Run apply(ApiSimulator api, String plan) throws IOException {
    return Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
  }

  private static String journal(String plan) throws IOException {
    return "plan.json." + digest(plan).substring(0, 12) + ".journal";
  }

  @Test
  void aPlanEditedByHandAndAPlanForAnotherAccountAreRefusedInOneLine() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      Path plan = plan(api, 5);
      String text = Files.readString(plan);
      api.takeRequests();
      Run other =
          Run.of(
              Run.environment(api),
              "apply",
              plan.toString(),
              "--account",
              "other",
              "--yes",
              "--digest",
              digest(plan.toString()));
      assertThat(other.exit()).isEqualTo(1);
      assertThat(other.err().lines())
          .containsExactly(
              "allowflux: the plan is for account " + api.accountId() + ", not for other");
      Run unreviewed =
          Run.of(Run.environment(api), "apply", plan.toString(), "--digest", "abc", "--yes");
      assertThat(unreviewed.exit()).isEqualTo(1);
      assertThat(unreviewed.err().lines()).hasSize(1);
      assertThat(unreviewed.err()).contains("not the one that was reviewed");
      Files.writeString(plan, text.replace("d00003", "d00009"));
      Run edited =
          Run.of(Run.environment(api), "apply", plan.toString(), "--yes", "--digest", "abc");
      assertThat(edited.exit()).isEqualTo(1);
      assertThat(edited.err().lines()).hasSize(1);
      assertThat(edited.err()).contains("edited after it was made");
      assertThat(api.takeRequests()).isEmpty();
    }
  }

  @Test
  void withoutATerminalThePlanIsAppliedOnlyIfYesIsSaid() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = plan(api, 5).toString();
      api.takeRequests();
      Run run = Run.withInput("y\n", Run.environment(api), "apply", plan);
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err().lines())
          .containsExactly("allowflux: there is nobody to ask; give --yes to apply the plan");
      assertThat(api.takeRequests()).isEmpty();
      assertThat(files()).noneMatch(name -> name.contains("journal"));
    }
  }

  @Test
  void whatWasNotReviewedIsNotAppliedWithoutAsking() throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      Run run = Run.of(Run.environment(api), "apply", plan(api, 5).toString(), "--yes");
      assertThat(run.exit()).isEqualTo(2);
      assertThat(run.err()).contains("--yes needs --digest");
      assertThat(batches(api)).isZero();
    }
  }

  @Test
  void aPlanIsAppliedIfTheTrustedKeySignedItAndItWasNotChangedSince()
      throws IOException, GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path secret = pem("secret.pem", "PRIVATE KEY", keys.getPrivate());
    Path trusted = pem("trusted.pem", "PUBLIC KEY", keys.getPublic());
    KeyPair strangers = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path stranger = pem("stranger.pem", "PUBLIC KEY", strangers.getPublic());
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      Path plan = folder.resolve("plan.json");
      String[] make = {"plan", file(5).toString(), "--out", plan.toString(), "--sign"};
      Run unsigned = Run.of(Run.environment(api), "plan", file(5).toString(), "--sign", "x");
      assertThat(unsigned.err()).contains("--sign needs --out");
      String[] signing = Arrays.copyOf(make, make.length + 1);
      signing[make.length] = secret.toString();
      Run made = Run.of(Run.environment(api), signing);
      assertThat(made.exit()).as(made.err()).isZero();
      signing[make.length] = trusted.toString();
      Run wrongKey = Run.of(Run.environment(api), signing);
      assertThat(wrongKey.exit()).isEqualTo(2);
      assertThat(wrongKey.err()).contains(trusted + ": no private Ed25519 key");

      String text = Files.readString(plan);
      Run refused = apply(api, plan, stranger);
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).hasLineCount(1).contains("not of the trusted key");
      String started = text.replaceFirst("(\"started_at\"\\s*:\\s*\"20)\\d", "$10");
      assertThat(started).isNotEqualTo(text);
      Files.writeString(plan, started);
      assertThat(apply(api, plan, trusted).err()).contains("not of the trusted key");
      Files.writeString(plan, text);
      assertThat(batches(api)).isZero();
      Run applied = apply(api, plan, trusted);
      assertThat(applied.exit()).as(applied.err()).isZero();
      assertThat(patterns(api)).hasSize(5);
    }
  }

  private static Run apply(ApiSimulator api, Path plan, Path trusted) {
    return Run.of(
        Run.environment(api), "apply", plan.toString(), "--yes", "--trust", trusted.toString());
  }

  private Path pem(String name, String label, Key key) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, base64, label));
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "YES\n", "n\n", "\n", ""})
  void onATerminalItAsksAndTakesOnlyYesForYes(String answer) throws IOException {
    try (ApiSimulator api = ApiSimulator.builder().start()) {
      String plan = plan(api, 5).toString();
      boolean yes = answer.toLowerCase(Locale.ROOT).startsWith("y");
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      ProcessIo io =
          new ProcessIo(
              new ByteArrayInputStream(answer.getBytes(UTF_8)),
              new ByteArrayOutputStream(),
              new PrintStream(err, true, UTF_8),
              Run.environment(api),
              true,
              true);
      assertThat(AllowFlux.run(io, "apply", plan)).isEqualTo(yes ? 0 : 2);
      assertThat(err.toString(UTF_8))
          .contains("+ DOMAIN d00004.example.org", "Apply 5 to create", "[y/N]", digest(plan));
      assertThat(patterns(api)).hasSize(yes ? 5 : 0);
    }
  }

  // ---------------------------------------------------------------- killed, interrupted

  private CliProcess start(ApiSimulator api, String... args)
      throws IOException, InterruptedException {
    CliProcess process = CliProcess.start(folder, Run.environment(api), List.of(), args);
    processes.add(process);
    return process;
  }

  @Test
  @Timeout(300)
  void aProcessThatIsKilledTenTimesReachesTheDesiredStateAndTheRunAfterWritesNothing()
      throws IOException, InterruptedException {
    long seed = Long.getLong("allowflux.seed", System.nanoTime());
    Random random = new Random(seed);
    int kills = 0;
    try (ApiSimulator api =
        ApiSimulator.builder().noRateLimit().latency(Duration.ofMillis(15)).start()) {
      String plan = plan(api, 1200).toString();
      String[] apply = {
        "apply",
        plan,
        "--yes",
        "--digest",
        digest(plan),
        "--batch-size",
        "10",
        "--settle-time",
        "200ms"
      };
      while (kills < 10) {
        // The last batch gets no response, so that the process is there to be killed.
        int last = 1 + random.nextInt(8);
        Fault hang = Fault.hang(Fault.Point.BEFORE_HEADERS);
        long before = batches(api);
        api.faults(
            FaultScript.of(
                FaultRule.of(random.nextBoolean() ? hang : hang.notDone())
                    .on(Operation.BATCH)
                    .fromNth(last)
                    .always()));
        CliProcess process = start(api, apply);
        process.await(() -> batches(api) >= before + last);
        process.kill();
        api.faults(FaultScript.none());
        kills++;
      }
      Run last = Run.of(Run.environment(api), apply);
      assertThat(last.exit()).as(last.err()).isZero();
      List<String> patterns = patterns(api);
      assertThat(patterns).as("seed %d", seed).hasSize(1200).doesNotHaveDuplicates();
      long sent = api.requests().stream().filter(SyncIT::isBatch).count();
      api.takeRequests();
      assertThat(Run.of(Run.environment(api), apply).exit()).isZero();
      long after = api.takeRequests().size();
      assertThat(after).isZero();
      System.out.printf(
          "apply as a process: killed %d times within %d batches, %d policies of %d, %d duplicates;"
              + " %d found done, %d sent again; %d calls by the run after; seed %d%n",
          kills,
          sent,
          patterns.size(),
          1200,
          patterns.size() - new HashSet<>(patterns).size(),
          last.lines().stream().filter(line -> line.contains("found done")).count(),
          last.lines().stream().filter(line -> line.contains("not done")).count(),
          after,
          seed);
    }
  }

  private static boolean isBatch(RecordedRequest request) {
    return request.operation() == Operation.BATCH;
  }

  @Test
  void anInterruptEndsItAfterTheBatchUnderWayAndSaysHowToGoOn()
      throws IOException, InterruptedException {
    try (ApiSimulator api =
        ApiSimulator.builder().noRateLimit().latency(Duration.ofMillis(100)).start()) {
      String plan = plan(api, 600).toString();
      CliProcess process =
          start(api, "apply", plan, "--yes", "--digest", digest(plan), "--batch-size", "10");
      process.await(() -> batches(api) >= 3);
      process.signal("INT");
      List<String> report = process.out().lines().toList();
      assertThat(process.exit()).isEqualTo(130);
      assertThat(process.err())
          .contains("ending after the batch under way")
          .contains("left; to go on, run the same command again");
      long sent = batches(api);
      assertThat(report).hasSize((int) sent).allMatch(line -> line.contains(" done at "));
      Run last = Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
      assertThat(last.exit()).as(last.err()).isZero();
      assertThat(last.out()).doesNotContain("found done", "not done");
      assertThat(patterns(api)).hasSize(600).doesNotHaveDuplicates();
    }
  }

  @Test
  void ofTwoProcessesAtOnceOneRefuses() throws IOException, InterruptedException {
    try (ApiSimulator api =
        ApiSimulator.builder().noRateLimit().latency(Duration.ofMillis(100)).start()) {
      String plan = plan(api, 600).toString();
      CliProcess process =
          start(api, "apply", plan, "--yes", "--digest", digest(plan), "--batch-size", "10");
      process.await(() -> batches(api) >= 1);
      Run second = Run.of(Run.environment(api), "apply", plan, "--yes", "--digest", digest(plan));
      assertThat(second.exit()).isEqualTo(1);
      assertThat(second.err().lines())
          .hasSize(1)
          .allMatch(line -> line.contains("another run is using the journal"));
      assertThat(process.exit()).isZero();
      assertThat(patterns(api)).hasSize(600).doesNotHaveDuplicates();
    }
  }
}
