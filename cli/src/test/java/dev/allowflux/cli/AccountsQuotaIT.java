package dev.allowflux.cli;

import static dev.allowflux.cli.SimulatedAccounts.account;
import static dev.allowflux.cli.SimulatedAccounts.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.RecordedRequest;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An export of many accounts that uses the quota of each credential, through a kill in the middle
 * and with two credentials revoked. The quota is scaled, so that it is what the export waits for: a
 * third of the calls of each credential in the short form.
 */
class AccountsQuotaIT {
  private static final int ACCOUNTS = Soak.count(36, 1_000);
  private static final int POLICIES = Soak.count(50, 2_000);
  private static final int CREDENTIALS = Soak.count(6, 20);
  private static final SimulatedAccounts TENANTS = new SimulatedAccounts(ACCOUNTS, CREDENTIALS);
  private static final int CALLS = Soak.count(2, 60);
  private static final Duration WINDOW = Duration.ofSeconds(Soak.count(2, 60));

  @TempDir Path folder;

  private static boolean isRevoked(int credential) {
    return credential == 1 || credential == 2;
  }

  /**
   * So many pages that an eighth of the accounts is exported although the revoked credentials ask
   * once for each of theirs, and so few that some accounts are left: the export cannot end before
   * it is killed. In the long form nothing but its length is needed.
   */
  private static FaultScript silentAfterHalf() {
    return Soak.isOn()
        ? FaultScript.none()
        : FaultScript.of(
            FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS))
                .on(Operation.LIST)
                .fromNth(ACCOUNTS / 2)
                .always());
  }

  private static ApiSimulator api() {
    return TENANTS
        .simulator(POLICIES)
        .recordedRequests(1_000_000)
        .rateLimit(RateLimitRule.of(CALLS, WINDOW).withSlidingWindow())
        .start();
  }

  private CliProcess export(ApiSimulator api, Path list, String... more)
      throws IOException, InterruptedException {
    return CliProcess.start(
        folder,
        TENANTS.environment(api, folder),
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
  void everyAccountOfAGoodCredentialIsExportedAndNoQuotaIsExceeded() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(Soak.count(240, 1200)), this::exportsAllThroughAKill);
  }

  private void exportsAllThroughAKill() throws IOException, InterruptedException {
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
      api.faults(silentAfterHalf());
      try (CliProcess process = export(api, list)) {
        process.await(
            () -> Files.exists(progress) && Files.readAllLines(progress).size() > ACCOUNTS / 8);
        process.kill();
      }
      api.faults(FaultScript.none());
      assertNoneRefusedForTheQuota(api.requests());
      awaitWholeQuotas(api);
      List<RecordedRequest> first = api.requests();
      try (CliProcess process = export(api, list, "--resume")) {
        String out = process.out();
        assertThat(process.exit()).as(process.err()).isEqualTo(4);
        assertThat(process.err()).contains("by env:TOKEN_1: ").contains("by env:TOKEN_2: ");
        assertThat(out.lines()).hasSize(good());
      }
      List<RecordedRequest> all = api.requests();
      assertNoneRefusedForTheQuota(all);
      double use = use(first, all.subList(first.size(), all.size()));
      assertWhole(api);
      for (int c = 0; c < CREDENTIALS; c++) {
        api.user(token(c)).revoked(false);
      }
      awaitWholeQuotas(api);
      try (CliProcess process = export(api, list, "--resume")) {
        process.out();
        assertThat(process.exit()).as(process.err()).isZero();
      }
      List<RecordedRequest> last = api.requests();
      assertNoneRefusedForTheQuota(last);
      // The credentials that were revoked make all their calls in this run, and cannot without a
      // wait.
      assertThat(times(last.subList(all.size(), last.size()), 1)).hasSizeGreaterThan(CALLS);
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
        .filter(request -> TENANTS.credential(request) == credential)
        .map(RecordedRequest::arrivedNanos)
        .sorted()
        .toList();
  }

  /**
   * Waits until nothing that an earlier process sent counts any more. A process knows nothing of
   * the calls of another one, and the short quota is used up by any two. The long form is killed
   * long before its quota is.
   */
  private static void awaitWholeQuotas(ApiSimulator api) throws InterruptedException {
    while (!Soak.isOn()
        && (api.openConnections() > 0
            || IntStream.range(0, CREDENTIALS)
                .anyMatch(c -> api.user(token(c)).quotaLeft() < CALLS))) {
      Thread.sleep(10);
    }
  }

  /** A call that was still without an answer when its process was killed has the status 0. */
  private static void assertNoneRefusedForTheQuota(List<RecordedRequest> requests) {
    assertThat(requests).extracting(RecordedRequest::status).isSubsetOf(0, 200, 401);
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
