package dev.allowflux.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.cli.runtime.ExitCode;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.FaultScript;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a process can show: signals, pipes, memory, what is printed by whoever prints. */
@Timeout(240)
class ProcessIT {
  private static final String CANARY = "canary-7f3a91";

  @TempDir Path folder;

  private final List<CliProcess> processes = new ArrayList<>();

  @AfterEach
  void endProcesses() {
    processes.forEach(CliProcess::close);
  }

  private CliProcess start(Map<String, String> environment, List<String> jvm, String... args)
      throws IOException, InterruptedException {
    CliProcess process = CliProcess.start(folder, environment, jvm, args);
    processes.add(process);
    return process;
  }

  private CliProcess start(String... args) throws IOException, InterruptedException {
    return start(Map.of(), List.of(), args);
  }

  private String err() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  private List<String> filesBut(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).filter(f -> !f.equals(name)).toList();
    }
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSignalDuringAWaitEndsTheExportAndLeavesNoFile(String signal, int code)
      throws IOException, InterruptedException {
    assertThat(signalDuringAWait(signal, () -> true, "--traversal", "fast")).isEqualTo(code);
    assertThat(filesBut("err")).isEmpty();
    assertThat(err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void aSignalDuringAWaitLeavesWhatACompleteExportCanGoOnWith(String signal, int code)
      throws IOException, InterruptedException {
    Path part = folder.resolve("all.ndjson.part");
    CliProcess.Sign hasAPage = () -> Files.exists(part) && Files.size(part) > 0;
    assertThat(signalDuringAWait(signal, hasAPage, "--read-ahead", "0")).isEqualTo(code);
    assertThat(filesBut("err"))
        .containsExactlyInAnyOrder("all.ndjson.part", "all.ndjson.checkpoint");
    assertThat(err()).hasLineCount(1).contains("kept in").contains("--resume resumes the export");
  }

  private int signalDuringAWait(String signal, CliProcess.Sign isReady, String... options)
      throws IOException, InterruptedException {
    FaultScript hang = FaultScript.parse("[{\"fault\":\"hang\",\"at\":\"within_body\",\"nth\":4}]");
    try (ApiSimulator api = ApiSimulator.builder().policies(5000).faults(hang).start()) {
      List<String> args = new ArrayList<>(List.of("export", "--output"));
      args.add(folder.resolve("all.ndjson").toString());
      args.addAll(List.of(options));
      CliProcess process = start(Run.environment(api), List.of(), args.toArray(new String[0]));
      process.await(() -> api.requestCount() >= 4 && isReady.isSeen());
      process.signal(signal);
      return process.exit();
    }
  }

  @Test
  void aSignalDuringAPauseEndsTheCommand() throws IOException, InterruptedException {
    FaultScript pause =
        FaultScript.parse("[{\"fault\":\"throttled\",\"headers\":{\"retry-after\":\"300\"}}]");
    try (ApiSimulator api = ApiSimulator.builder().policies(5).faults(pause).start()) {
      CliProcess process = start(Run.environment(api), List.of(), "check");
      process.await(() -> err().contains("waiting 5 min"));
      process.signal("INT");
      assertThat(process.exit()).isEqualTo(130);
      assertThat(api.requestCount()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"list", "export"})
  void aClosedPipeEndsItQuietly(String command) throws IOException, InterruptedException {
    CliProcess process = start(command, "--simulate", "20000", "--per-page", "100");
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(process.process().getInputStream(), UTF_8))) {
      assertThat(out.readLine()).startsWith("{\"id\":");
    }
    assertThat(process.exit()).isEqualTo(ExitCode.CLOSED_PIPE.code());
    assertThat(err()).isEmpty();
  }

  @Test
  void aFullDiskIsALocalFailure() throws IOException, InterruptedException {
    CliProcess process = start("export", "--simulate", "20", "--output", "/dev/full");
    assertThat(process.exit()).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains("/dev/full: No space left on device");
  }

  @Test
  void simulateServesUntilASignalAndNotUntilTheEndOfItsInput()
      throws IOException, InterruptedException {
    CliProcess process = start("simulate", "--policies", "50", "--rate-limit", "off");
    process.process().getOutputStream().close();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.process().getInputStream(), UTF_8));
    assertThat(out.readLine()).contains("50 policies at http://127.0.0.1:");
    Map<String, String> exports =
        Map.of(
            "CLOUDFLARE_BASE_URL", exported(out, "CLOUDFLARE_BASE_URL"),
            "CLOUDFLARE_ACCOUNT_ID", exported(out, "CLOUDFLARE_ACCOUNT_ID"),
            "CLOUDFLARE_API_TOKEN", exported(out, "CLOUDFLARE_API_TOKEN"));
    assertThat(Run.of(exports, "list").lines()).hasSize(50);
    assertThat(process.process().isAlive()).isTrue();
    process.signal("INT");
    assertThat(process.exit()).isEqualTo(130);
  }

  private static String exported(BufferedReader out, String name) throws IOException {
    String line = out.readLine();
    assertThat(line).startsWith("export " + name + "=");
    return line.substring(line.indexOf('=') + 1);
  }

  @Test
  void anExportNeedsLittleMemoryHoweverMuchItIs() throws IOException, InterruptedException {
    int policies = 500_000;
    try (ApiSimulator api = ApiSimulator.builder().policies(policies).noRateLimit().start()) {
      Path file = folder.resolve("all.ndjson");
      CliProcess process =
          start(
              Run.environment(api),
              List.of("-Xmx10m", "-XX:+UseSerialGC"),
              "export",
              "--rate-limit",
              "off",
              "--output",
              file.toString());
      assertThat(process.exit()).as(err()).isZero();
      try (Stream<String> lines = Files.lines(file)) {
        assertThat(lines.map(line -> line.substring(0, 45)).distinct().count()).isEqualTo(policies);
      }
    }
  }

  @Test
  void noSecretIsPrintedHoweverTalkativeItIs() throws IOException, InterruptedException {
    FaultScript faults = FaultScript.random(5, 0.5);
    try (ApiSimulator api =
        ApiSimulator.builder().policies(200).token(CANARY).noRateLimit().faults(faults).start()) {
      CliProcess process =
          start(Run.environment(api), List.of(), "list", "--per-page", "10", "-vv");
      String out = process.out();
      assertThat(process.exit()).as(err()).isZero();
      assertThat(out).hasLineCount(200).doesNotContain(CANARY);
      assertThat(err()).isNotEmpty().doesNotContain(CANARY);
    }
  }

  @Test
  void theVersionIsThatOfTheJar() throws IOException, InterruptedException {
    CliProcess process = start("--version");
    String out = process.out();
    assertThat(process.exit()).isZero();
    assertThat(out).matches("(?s)allowflux \\d.*");
  }
}
