package dev.allowflux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An export of many accounts that uses the quota of each credential, through a kill in the middle
 * and with two credentials revoked. The quota is scaled, so that it is what the export waits for.
 */
@Timeout(1200)
class AccountsQuotaIT {
  private static final int ACCOUNTS = Soak.count(24, 1_000);
  private static final int POLICIES = Soak.count(50, 2_000);
  private static final int CREDENTIALS = Soak.count(6, 20);
  private static final int CALLS = Soak.count(14, 60);
  private static final Duration WINDOW = Duration.ofSeconds(Soak.count(2, 60));

  @TempDir Path folder;

  private static String account(int number) {
    return "account-" + number;
  }

  private static String token(int credential) {
    return "secret-" + credential;
  }

  private static boolean isRevoked(int credential) {
    return credential == 1 || credential == 2;
  }

  private static ApiSimulator api() {
    ApiSimulatorBuilder builder =
        ApiSimulator.builder()
            .accountId(account(0))
            .policies(POLICIES)
            .recordedRequests(1_000_000)
            .rateLimit(RateLimitRule.of(CALLS, WINDOW).withSlidingWindow());
    for (int i = 1; i < ACCOUNTS; i++) {
      builder.addAccount(account(i), "own-" + i, POLICIES);
    }
    for (int c = 0; c < CREDENTIALS; c++) {
      int number = c;
      builder.addUser(
          token(c),
          IntStream.range(0, ACCOUNTS)
              .filter(i -> i % CREDENTIALS == number)
              .mapToObj(AccountsQuotaIT::account)
              .toArray(String[]::new));
    }
    return builder.start();
  }

  private CliProcess export(ApiSimulator api, Path list, String... more)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("CLOUDFLARE_BASE_URL", api.baseUrl());
    environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
    for (int c = 0; c < CREDENTIALS; c++) {
      environment.put("TOKEN_" + c, token(c));
    }
    return CliProcess.start(
        folder,
        environment,
        List.of("-Xmx512m"),
        Stream.concat(
                Stream.of(
                    "export",
                    "--accounts",
                    list.toString(),
                    "--rate-limit",
                    CALLS + "/" + WINDOW.toSeconds() + "s",
                    "--output",
                    folder.resolve("all.ndjson").toString()),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void everyAccountOfAGoodCredentialIsExportedAndNoQuotaIsExceeded()
      throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>(List.of("account,credential"));
    for (int i = 0; i < ACCOUNTS; i++) {
      lines.add(account(i) + ",env:TOKEN_" + i % CREDENTIALS);
    }
    Path list = Files.write(folder.resolve("accounts.csv"), lines);
    Path progress = folder.resolve("all.ndjson.progress");
    try (ApiSimulator api = api()) {
      for (int c = 0; c < CREDENTIALS; c++) {
        api.user(token(c)).revoked(isRevoked(c));
      }
      try (CliProcess process = export(api, list)) {
        process.await(
            () -> Files.exists(progress) && Files.readAllLines(progress).size() > ACCOUNTS / 8);
        process.kill();
      }
      List<RecordedRequest> first = api.requests();
      try (CliProcess process = export(api, list, "--resume")) {
        String out = process.out();
        assertThat(process.exit()).as(process.err()).isEqualTo(4);
        assertThat(process.err()).contains("by env:TOKEN_1: ").contains("by env:TOKEN_2: ");
        assertThat(out.lines()).hasSize(good());
      }
      List<RecordedRequest> all = api.requests();
      assertThat(all).extracting(RecordedRequest::status).containsOnly(200, 401);
      assertThat(mostInASecond(all)).isLessThanOrEqualTo(200);
      System.out.println("most calls in a second: " + mostInASecond(all));
      double use = use(first, all.subList(first.size(), all.size()));
      assertWhole(api);
      for (int c = 0; c < CREDENTIALS; c++) {
        api.user(token(c)).revoked(false);
      }
      try (CliProcess process = export(api, list, "--resume")) {
        process.out();
        assertThat(process.exit()).as(process.err()).isZero();
      }
      try (Stream<String> written = Files.lines(folder.resolve("all.ndjson"))) {
        assertThat(written.count()).isEqualTo((long) ACCOUNTS * POLICIES);
      }
      if (Soak.isOn()) {
        assertThat(use).isGreaterThanOrEqualTo(0.95);
      }
    }
  }

  /**
   * How much of what the quotas allow was used: the time that a client without any delay would need
   * for the same calls after those of an earlier run, as a share of the time that they took.
   */
  private static double use(List<RecordedRequest> before, List<RecordedRequest> requests) {
    double needed = 0;
    double taken = 0;
    for (int c = 0; c < CREDENTIALS; c++) {
      List<Long> counted = new ArrayList<>(times(before, c));
      List<Long> made = times(requests, c);
      if (isRevoked(c) || made.isEmpty()) {
        continue;
      }
      long start = made.get(0);
      long now = start;
      for (int i = 0; i < made.size(); i++) {
        int inQuota = counted.size() - CALLS;
        now = inQuota < 0 ? now : Math.max(now, counted.get(inQuota) + WINDOW.toNanos());
        counted.add(now);
      }
      needed += now - start;
      taken += made.get(made.size() - 1) - start;
    }
    System.out.printf(
        "%d calls in %.1f s, %.1f %% of what the quotas allow%n",
        requests.size(), taken / 1e9 / CREDENTIALS, 100 * needed / taken);
    return needed / taken;
  }

  private static List<Long> times(List<RecordedRequest> requests, int credential) {
    return requests.stream()
        .filter(request -> credential(request) == credential)
        .map(RecordedRequest::arrivedNanos)
        .sorted()
        .toList();
  }

  private static int credential(RecordedRequest request) {
    return Integer.parseInt(String.valueOf(request.accountId()).substring(8)) % CREDENTIALS;
  }

  private static int mostInASecond(List<RecordedRequest> requests) {
    long[] times = requests.stream().mapToLong(RecordedRequest::arrivedNanos).sorted().toArray();
    int most = 0;
    int from = 0;
    for (int i = 0; i < times.length; i++) {
      while (times[i] - times[from] >= 1_000_000_000L) {
        from++;
      }
      most = Math.max(most, i - from + 1);
    }
    return most;
  }

  private void assertWhole(ApiSimulator api) throws IOException {
    int whole = 0;
    for (int i = 0; i < ACCOUNTS; i++) {
      Path part = folder.resolve("all.ndjson.accounts").resolve(account(i));
      assertThat(Files.exists(part)).as(account(i)).isEqualTo(!isRevoked(i % CREDENTIALS));
      if (Files.exists(part)) {
        try (Stream<String> lines = Files.lines(part)) {
          String start = "{\"account_id\":\"" + account(i) + "\",\"id\":\"";
          assertThat(
                  lines.map(
                      line ->
                          line.startsWith(start)
                              ? line.substring(start.length(), line.indexOf('"', start.length()))
                              : line))
              .containsExactlyInAnyOrderElementsOf(api.account(account(i)).policyIds());
        }
        whole++;
      }
    }
    assertThat(whole).isEqualTo(good());
  }

  private static int good() {
    return (int) IntStream.range(0, ACCOUNTS).filter(i -> !isRevoked(i % CREDENTIALS)).count();
  }
}
