package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports that end before their end, and what resumes them. */
@Timeout(value = 900)
class ResumeIT {
  private static final int POLICIES = 600;
  private static final String[] FORMATS = {"ndjson", "csv"};
  private static final boolean SOAK = Boolean.getBoolean("allowflux.soak");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("all.ndjson");
  }

  private Path part() {
    return folder.resolve("all.ndjson.part");
  }

  private Path checkpoint() {
    return folder.resolve("all.ndjson.checkpoint");
  }

  private Run export(ApiSimulator api, String... more) {
    return Run.of(Run.environment(api), arguments(more));
  }

  private String[] arguments(String... more) {
    List<String> args = new ArrayList<>(List.of("export", "--output", file().toString()));
    args.addAll(List.of("--per-page", "50", "--rate-limit", "off"));
    args.addAll(List.of(more));
    return args.toArray(new String[0]);
  }

  private static ApiSimulator start(long seed) {
    // Slow enough that there is a checkpoint of each page.
    return ApiSimulator.builder()
        .policies(POLICIES)
        .seed(seed)
        .latency(Duration.ofMillis(25))
        .noRateLimit()
        .start();
  }

  private static FaultScript failAt(int request) {
    return FaultScript.of(
        FaultRule.of(Fault.status(400, Fault.Content.JSON)).fromNth(request).always());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** An account that others change; and who was there all the time. */
  private static final class Changing {
    final ApiSimulator api;
    final Random random;
    final Set<String> stayed;

    Changing(ApiSimulator api, Random random) {
      this.api = api;
      this.random = random;
      this.stayed = new HashSet<>(api.policyIds());
    }

    int change(int most) {
      List<String> ids = new ArrayList<>(api.policyIds());
      Collections.shuffle(ids, random);
      List<String> gone = ids.subList(0, random.nextInt(Math.min(most / 2, ids.size()) + 1));
      api.deletePolicies(gone);
      gone.forEach(stayed::remove);
      int added = random.nextInt(most - gone.size() + 1);
      for (int left = added; left > 0; left -= 40) {
        api.addPolicies(Math.min(40, left));
      }
      return gone.size() + added;
    }
  }

  private record Found(int lines, int missed, int twice) {}

  /** Reads the file that is there under its name, each line of which must be whole. */
  private Found found(Changing account, String format) throws IOException {
    List<String> lines = Files.readAllLines(file());
    if (format.equals("csv")) {
      assertThat(lines.get(0)).startsWith("id,");
      lines = lines.subList(1, lines.size());
      // Comments may have line breaks of their own; the quoted rest of them is no policy.
      lines = lines.stream().filter(line -> line.matches("[0-9a-f-]{36},20.*")).toList();
    } else {
      assertThat(lines).allMatch(line -> line.startsWith("{\"id\":\"") && line.endsWith("}"));
    }
    int start = format.equals("csv") ? 0 : 7;
    List<String> ids = lines.stream().map(line -> line.substring(start, start + 36)).toList();
    Set<String> distinct = new HashSet<>(ids);
    Set<String> missed = new HashSet<>(account.stayed);
    missed.removeAll(distinct);
    return new Found(ids.size(), missed.size(), ids.size() - distinct.size());
  }

  private int requestsOfAWholeExport(long seed) throws IOException {
    try (ApiSimulator api = start(seed)) {
      assertThat(export(api).exit()).isZero();
      Files.delete(file());
      return (int) api.requestCount();
    }
  }

  /**
   * Starts a process that meets an answer that never comes, and kills it there.
   *
   * @return false if the export was whole before: how many requests it takes depends on how long
   *     its pages take
   */
  private boolean killAt(ApiSimulator api, int request, String... more)
      throws IOException, InterruptedException {
    long before = api.requestCount();
    api.faults(
        FaultScript.of(
            FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS)).fromNth(request).always()));
    try (CliProcess process =
        CliProcess.start(folder, Run.environment(api), List.of(), arguments(more))) {
      if (!process.awaitOrEnd(() -> api.requestCount() >= before + request)) {
        assertThat(process.exit()).as(process.err()).isZero();
        return false;
      }
      process.kill();
    }
    assertThat(file()).doesNotExist();
    Files.delete(folder.resolve("err"));
    api.faults(FaultScript.none());
    return true;
  }

  @Test
  void anExportKilledAtAnyPageGoesOnAndMissesNothingThatStaysHoweverMuchChanged()
      throws IOException, InterruptedException {
    long seed = System.nanoTime();
    int requests = requestsOfAWholeExport(seed);
    int kills = 0;
    int changes = 0;
    int missed = 0;
    int twice = 0;
    for (int round = 0; round < (SOAK ? 20 : 1); round++) {
      for (int request = 1; request <= requests; request++) {
        String name = "seed " + seed + ", round " + round + ", killed at request " + request;
        String format = FORMATS[(request + round) % 2];
        try (ApiSimulator api = start(seed)) {
          Changing account = new Changing(api, new Random(seed + 1000L * round + request));
          if (!killAt(api, request, "--format", format)) {
            Files.delete(file());
            Files.delete(folder.resolve("err"));
            break;
          }
          kills++;
          changes += account.change(1000);
          Run run = export(api, "--format", format, "--resume");
          assertThat(run.exit()).as(name + run.err()).isZero();
          Found found = found(account, format);
          missed += found.missed();
          twice += found.twice();
          assertThat(found.missed()).as(name).isZero();
          assertThat(found.twice()).as(name).isZero();
          assertThat(files()).as(name).containsExactly("all.ndjson");
          Files.delete(file());
        }
      }
    }
    System.out.printf(
        "kill -9: %d processes killed, one at each of %d requests, %d changes before they were"
            + " resumed: missed %d, lines twice %d%n",
        kills, requests, changes, missed, twice);
    assertThat(kills).isGreaterThanOrEqualTo(12);
  }

  @Test
  void anExportKilledTimeAndAgainEndsAndMissesNothingThatStays()
      throws IOException, InterruptedException {
    long seed = System.nanoTime();
    int chains = SOAK ? 20 : 1;
    int kills = 0;
    int changes = 0;
    int missed = 0;
    int twice = 0;
    for (int chain = 0; chain < chains; chain++) {
      String name = "seed " + seed + ", chain " + chain;
      try (ApiSimulator api = start(seed + chain)) {
        Changing account = new Changing(api, new Random(seed + chain));
        assertThat(killAt(api, 4)).as(name).isTrue();
        for (int kill = 1; kill < 6; kill++) {
          kills++;
          changes += account.change(60);
          assertThat(killAt(api, 3 + account.random.nextInt(2), "--resume")).as(name).isTrue();
        }
        kills++;
        changes += account.change(60);
        Run run = export(api, "--resume");
        assertThat(run.exit()).as(name + run.err()).isZero();
        assertThat(run.err()).contains("resuming after");
        Found found = found(account, "ndjson");
        missed += found.missed();
        twice += found.twice();
        assertThat(found.missed()).as(name).isZero();
        assertThat(found.twice()).as(name).isZero();
        Files.delete(file());
      }
    }
    System.out.printf(
        "kill -9 of the same export: %d times in %d exports, %d changes between: missed %d, lines"
            + " twice %d%n",
        kills, chains, changes, missed, twice);
  }

  @Test
  void aFailedExportSaysHowToResumeAndIsResumed() throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      Run failed = export(api, "--read-ahead", "1");
      assertThat(failed.exit()).isEqualTo(ExitCode.REFUSED.code());
      assertThat(failed.err().lines().toList().get(0)).contains("400 invalid request");
      assertThat(failed.err().lines().toList().get(1))
          .matches(
              "allowflux: \\d+ policies kept in .*/all.ndjson.part; .*--resume resumes the export");
      assertThat(files()).containsExactly("all.ndjson.checkpoint", "all.ndjson.part");
      api.faults(FaultScript.none());
      long before = api.requestCount();
      Run resumed = export(api, "--resume", "--read-ahead", "1");
      assertThat(resumed.exit()).isZero();
      assertThat(resumed.err()).contains("resuming after ").contains(" to " + file());
      assertThat(api.requestCount() - before).isLessThan(12);
      assertThat(files()).containsExactly("all.ndjson");
      assertThat(found(new Changing(api, new Random()), "ndjson")).isEqualTo(new Found(600, 0, 0));
    }
  }

  @Test
  void anUnfinishedExportIsNotLostByMistake() throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      export(api);
      byte[] kept = Files.readAllBytes(part());
      api.faults(FaultScript.none());
      for (String[] options : new String[][] {{}, {"--traversal", "fast"}}) {
        Run again = export(api, options);
        assertThat(again.exit()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
        assertThat(again.err())
            .hasLineCount(1)
            .contains("an unfinished export of ")
            .contains("--resume resumes it, --no-resume starts anew");
        assertThat(part()).hasBinaryContent(kept);
      }
      Run anew = export(api, "--no-resume");
      assertThat(anew.exit()).isZero();
      assertThat(anew.err()).hasLineCount(1).contains("exported 600 policies");
      assertThat(files()).containsExactly("all.ndjson");
    }
  }

  @Test
  void whatIsNotTheSameExportIsRefusedInOneLine() throws IOException {
    try (ApiSimulator api = start(7);
        ApiSimulator other = start(7)) {
      api.faults(failAt(6));
      export(api, "--fields", "id,pattern");
      api.faults(FaultScript.none());
      String[][] others = {
        {"filter", "--fields", "id,pattern", "--pattern-type", "IP"},
        {"format", "--fields", "id,pattern", "--format", "csv"},
        {"fields", "--fields", "pattern,id"},
        {"fields"},
      };
      for (String[] options : others) {
        String[] more = options.clone();
        more[0] = "--resume";
        refuse(export(api, more), "its " + options[0] + " is ");
      }
      refuse(export(other, "--fields", "id,pattern", "--resume"), "its source is http://127.0.0.1");
      refuse(
          export(api, "--fields", "id,pattern", "--resume", "--account", "another"),
          "its account is " + api.accountId() + ", not another");
      assertThat(export(api, "--fields", "id,pattern", "--resume").exit()).isZero();
    }
  }

  private void refuse(Run run, String reason) {
    assertThat(run.exit()).as(run.err()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
    assertThat(run.err()).hasLineCount(1).contains("cannot resume").contains(reason);
    assertThat(part()).exists();
    assertThat(checkpoint()).exists();
    assertThat(file()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a byte", "its end"})
  void aPartThatIsNotAsItWasLeftIsRefused(String changed) throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      export(api);
      api.faults(FaultScript.none());
      byte[] bytes = Files.readAllBytes(part());
      if (changed.equals("a byte")) {
        bytes[bytes.length / 2] ^= 1;
        Files.write(part(), bytes);
      } else {
        Files.write(part(), Arrays.copyOf(bytes, bytes.length - 1));
      }
      refuse(export(api, "--resume"), "it is not as the export left it");
    }
  }

  @Test
  void bytesBehindTheCheckpointAreDropped() throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      export(api);
      api.faults(FaultScript.none());
      Files.writeString(part(), "{\"id\":\"half a li", StandardOpenOption.APPEND);
      assertThat(export(api, "--resume").exit()).isZero();
      assertThat(found(new Changing(api, new Random()), "ndjson")).isEqualTo(new Found(600, 0, 0));
    }
  }

  @Test
  void aDamagedCheckpointIsRefusedAndCanBeLeftBehind() throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      export(api);
      api.faults(FaultScript.none());
      String text = Files.readString(checkpoint());
      for (String damaged : new String[] {"", "hello", text.replace("length ", "length 1")}) {
        Files.writeString(checkpoint(), damaged);
        for (String[] options : new String[][] {{}, {"--resume"}}) {
          Run run = export(api, options);
          assertThat(run.exit()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
          assertThat(run.err()).hasLineCount(1).contains("damaged, or of another version");
        }
      }
      assertThat(export(api, "--no-resume").exit()).isZero();
      assertThat(files()).containsExactly("all.ndjson");
    }
  }

  @Test
  void withoutAnythingToGoOnWithItStartsAnewAndSaysSo() throws IOException {
    try (ApiSimulator api = start(7)) {
      Run run = export(api, "--resume");
      assertThat(run.exit()).isZero();
      assertThat(run.err()).contains("no unfinished export of ").contains("exported 600 policies");
      Files.delete(file());
      Files.createFile(part());
      assertThat(export(api).exit()).isZero();
      assertThat(found(new Changing(api, new Random()), "ndjson")).isEqualTo(new Found(600, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--resume", "--no-resume", "--traversal=fast"})
  void aPartThatNoExportWroteIsLeftAlone(String option) throws IOException {
    Files.writeString(part(), "half of a download");
    try (ApiSimulator api = start(7)) {
      Run run = option.isEmpty() ? export(api) : export(api, option);
      assertThat(run.exit()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
      assertThat(run.err()).hasLineCount(1).contains(part() + " is in the way");
      assertThat(part()).hasContent("half of a download");
      assertThat(files()).containsExactly("all.ndjson.part");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".part", ".checkpoint", ".checkpoint.new"})
  void nothingIsWrittenThroughAPlantedLink(String suffix) throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Path link = folder.resolve("all.ndjson" + suffix);
    Files.createSymbolicLink(link, precious);
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      assertThat(export(api).exit()).isNotZero();
      api.faults(FaultScript.none());
      export(api, "--resume");
      assertThat(precious).hasContent("precious");
    }
  }

  @Test
  void oneOfTwoExportsToOneFileRefuses() throws IOException {
    try (ApiSimulator api = start(7);
        FileChannel other =
            FileChannel.open(part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(other.tryLock()).isNotNull();
      for (String[] options : new String[][] {{}, {"--resume"}, {"--traversal", "fast"}}) {
        Run run = export(api, options);
        assertThat(run.exit()).isEqualTo(ExitCode.LOCAL_FAILURE.code());
        assertThat(run.err()).hasLineCount(1).contains("another export is writing");
      }
      assertThat(part()).exists();
    }
    try (ApiSimulator api = start(7)) {
      assertThat(export(api).exit()).isZero();
    }
  }

  @Test
  void whatTheServiceAloneCanDoIsReadFastAndSaid() throws IOException {
    try (ApiSimulator api = start(7)) {
      for (String[] options :
          new String[][] {{"--order", "pattern"}, {"--direction", "desc"}, {"--search", "a"}}) {
        Run run = export(api, options);
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("only the service can search and sort, so this is a fast");
        Run resumed =
            export(
                api,
                Stream.concat(Stream.of(options), Stream.of("--resume")).toArray(String[]::new));
        assertThat(resumed.exit()).isEqualTo(ExitCode.USAGE.code());
        assertThat(resumed.err()).contains("--resume needs --output FILE and a complete traversal");
      }
      assertThat(export(api, "--traversal", "fast").err()).doesNotContain("only the service");
    }
  }

  /** The service counts all policies, whatever a filter selects. */
  @Test
  void whatAFilterLeavesOutIsNotReportedAsMissing() throws IOException {
    try (ApiSimulator api = start(7)) {
      for (String[] options :
          new String[][] {
            {"--search", "no such text"},
            {"--traversal", "fast", "--pattern", "none.example"},
            {"--pattern", "none.example"}
          }) {
        Run run = export(api, options);
        assertThat(run.exit()).isZero();
        assertThat(run.err()).contains("exported 0 policies").doesNotContain("counted");
      }
    }
  }

  @Test
  void aFastExportThatFailsLeavesNothing() throws IOException {
    try (ApiSimulator api = start(7)) {
      api.faults(failAt(6));
      Run run = export(api, "--traversal", "fast");
      assertThat(run.exit()).isEqualTo(ExitCode.REFUSED.code());
      assertThat(run.err()).hasLineCount(1);
      assertThat(files()).isEmpty();
    }
  }
}
