package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that share a quota through a file, against a service that blocks whoever exceeds it. */
@Timeout(900)
class SharedQuotaIT {

  private static final int COMMANDS = 3;
  private static final int POLICIES = 1_000;

  /** How long a permit lives that is not used: twice the attempt limit. */
  private static final Duration LEASE = Duration.ofSeconds(2);

  private static final List<String> JVM = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1");

  @TempDir private Path folder;

  private static ApiSimulator simulator(int calls, Duration window, boolean headers) {
    return ApiSimulator.builder()
        .policies(POLICIES)
        .rateLimit(new RateLimitRule(calls, window, Duration.ofMinutes(5), false, headers))
        .start();
  }

  private static Map<String, String> environment(ApiSimulator api) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLOUDFLARE_API_TOKEN", api.token());
    environment.put("CLOUDFLARE_ACCOUNT_ID", api.accountId());
    environment.put("CLOUDFLARE_BASE_URL", api.baseUrl());
    return environment;
  }

  private CliProcess start(ApiSimulator api, int number, String... args)
      throws IOException, InterruptedException {
    Path own = Files.createDirectories(folder.resolve("command" + number));
    Map<String, String> environment = environment(api);
    environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
    return CliProcess.start(own, environment, JVM, args);
  }

  /** The second process that starts forgets nothing, and neither does one after a kill. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void threeCommandsWithOneNamedFileAreNeverRefused(boolean headers) throws Exception {
    int calls = Soak.count(40, 60);
    Duration window = Duration.ofSeconds(Soak.count(4, 15));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Soak.count(1, 300));
    String limit = calls + "/" + window.toSeconds() + "s";
    int exports = 0;
    try (ApiSimulator api = simulator(calls, window, headers)) {
      do {
        List<CliProcess> commands = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
          commands.add(
              start(
                  api,
                  exports++,
                  "export",
                  "--per-page",
                  "50",
                  "--rate-limit",
                  limit,
                  "--timeout",
                  "2s",
                  "--quota",
                  "file:" + folder.resolve("quota")));
        }
        for (CliProcess command : commands) {
          assertThat(command.out().lines().count()).as(command.err()).isEqualTo(POLICIES);
          assertThat(command.exit()).as(command.err()).isZero();
        }
      } while (System.nanoTime() < end);
      System.out.printf(
          "%d exports, %d at once, on one file and %s, headers %s: responses by status %s%n",
          exports, COMMANDS, limit, headers ? "on" : "off", api.responseCounts());
      assertThat(api.responseCounts()).containsOnlyKeys(200);
    }
  }

  static Stream<Boolean> headers() {
    return Stream.of(false, true).limit(Soak.count(1, 2));
  }

  /** Commands are killed, and stopped for longer than a permit lives and a window together. */
  @ParameterizedTest
  @MethodSource("headers")
  void commandsThatAreKilledAndStoppedGetNobodyRefused(boolean headers) throws Exception {
    int calls = Soak.count(20, 60);
    Duration window = Duration.ofSeconds(Soak.count(2, 15));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Soak.count(0, 300));
    int started = 0;
    int killed = 0;
    int stopped = 0;
    try (ApiSimulator api = simulator(calls, window, headers)) {
      Deque<CliProcess> commands = new ArrayDeque<>();
      do {
        while (commands.size() < COMMANDS) {
          commands.add(export(api, started++, calls, window));
        }
        long counted = api.requestCount() + calls / 2;
        CliProcess command = commands.remove();
        if (!command.awaitOrEnd(() -> api.requestCount() >= counted)) {
          assertThat(command.exit()).as(command.err()).isZero();
        } else if (killed <= stopped) {
          command.close();
          command.exit();
          killed++;
        } else {
          command.signal("STOP");
          Thread.sleep(window.plus(LEASE).plusSeconds(1).toMillis());
          command.signal("CONT");
          stopped++;
          commands.add(command);
        }
      } while (System.nanoTime() < end || stopped == 0);
      commands.forEach(CliProcess::close);
      System.out.printf(
          "%d exports, %d at once, on one file and %d calls in %s, headers %s, %d killed, %d"
              + " stopped: responses by status %s%n",
          started,
          COMMANDS,
          calls,
          window,
          headers ? "on" : "off",
          killed,
          stopped,
          api.responseCounts());
      assertThat(api.responseCounts()).containsOnlyKeys(200);
    }
  }

  /** Its policies go to nobody, so that it never waits for a reader. */
  private CliProcess export(ApiSimulator api, int number, int calls, Duration window)
      throws IOException, InterruptedException {
    return start(
        api,
        number,
        "export",
        "--output",
        folder.resolve("export" + number + ".jsonl").toString(),
        "--per-page",
        "10",
        "--rate-limit",
        calls + "/" + window.toSeconds() + "s",
        "--timeout",
        LEASE.dividedBy(2).toSeconds() + "s",
        "--quota",
        "file:" + folder.resolve("quota"));
  }

  @Test
  void aLoopbackAddressUsesNoFileUnlessOneIsNamed() throws Exception {
    try (ApiSimulator api = simulator(1200, Duration.ofSeconds(300), true)) {
      String id = api.policyIds().get(0);
      CliProcess plain = start(api, 0, "get", id);
      assertThat(plain.exit()).as(plain.err()).isZero();
      assertThat(folder.resolve("state")).doesNotExist();
      Path named = folder.resolve("named");
      CliProcess other = start(api, 1, "get", id, "--quota", "file:" + named);
      assertThat(other.exit()).as(other.err()).isZero();
      assertThat(named).exists();
      assertThat(files(folder)).noneMatch(text -> text.contains(api.token()));
    }
  }

  /** The content and the paths of everything that was left behind. */
  private static List<String> files(Path below) throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> all = Files.walk(below)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        texts.add(file + " " + new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return texts;
  }
}
