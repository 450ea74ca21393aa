package dev.allowflux.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.PatternType;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.sync.ApplyEvent.Finished;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Syncs against a service that contradicts itself, is late, loses responses and does parts. */
class ContraryIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SETTLE_TIME = Duration.ofMillis(250);
  private static final int MAX_RUNS = 30;
  private static final Pattern PATTERN = Pattern.compile("\"pattern\":\"([^\"]*)\"");

  @TempDir private Path directory;

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void aSyncThatIsReportedAsDoneHasMadeEachPolicyOnce() throws IOException {
    long firstSeed = Long.getLong("allowflux.seed", System.nanoTime());
    int syncs = Soak.count(10, 1000);
    int runs = 0;
    int failures = 0;
    int removed = 0;
    int faults = 0;
    int done = 0;
    List<Long> notEnded = new ArrayList<>();
    for (int i = 0; i < syncs; i++) {
      long seed = firstSeed + i;
      String when = "seed " + seed;
      try (ApiSimulator api =
          ApiSimulator.builder()
              .policies(20)
              .seed(seed)
              .noRateLimit()
              .contrary(seed, 0.25, SETTLE_TIME)
              .start()) {
        List<DesiredPolicy> desired = desired(new Random(seed));
        SyncFiles files = SyncFiles.at(directory.resolve(seed + ".journal"));
        ApplyReport report = null;
        for (int run = 0; run < MAX_RUNS && (report == null || !report.isDone()); run++) {
          runs++;
          report = sync(api, desired, files);
          failures += report == null ? 1 : 0;
          removed += report == null ? 0 : report.removedCopies();
        }
        faults += api.faultCounts().values().stream().mapToInt(Long::intValue).sum();
        // A service may lie so much that no reading is complete: then nothing is reported as done.
        if (report != null && report.isDone()) {
          done++;
          check(api, desired, when);
        } else {
          notEnded.add(seed);
        }
      }
    }
    System.out.printf(
        "contrary service: %d syncs from seed %d, %d faults met, %d runs of which %d failed, %d own"
            + " copies deleted; reported as done %d times, each time with each policy once; not"
            + " done after %d runs: seeds %s%n",
        syncs, firstSeed, faults, runs, failures, removed, done, MAX_RUNS, notEnded);
    assertThat(done).as("syncs from seed " + firstSeed + " that came to an end").isPositive();
  }

  private static List<DesiredPolicy> desired(Random random) {
    List<DesiredPolicy> desired = new ArrayList<>();
    for (int i = 0; i < 20 + random.nextInt(30); i++) {
      desired.add(
          DesiredPolicy.builder()
              .pattern((random.nextBoolean() ? "New-" : "new-") + i + ".example.org")
              .patternType(PatternType.DOMAIN)
              .isAcceptableSender(true)
              .verifySender(true)
              .comments("created " + i)
              .build());
    }
    return desired;
  }

  /**
   * Settles, plans and applies as the command line does; returns null if that could not be done.
   */
  private static @Nullable ApplyReport sync(
      ApiSimulator api, List<DesiredPolicy> desired, SyncFiles files) throws IOException {
    SyncLimits.Builder limits =
        SyncLimits.builder().maxDeletePercent(100).maxDeletes(10_000).maxEditPercent(100);
    for (SafetyRule rule : SafetyRule.values()) {
      if (rule.canBeAllowed()) {
        limits.allow(rule);
      }
    }
    ApplySettings settings =
        ApplySettings.builder(files.journal())
            .batchSize(10)
            .settleTime(SETTLE_TIME)
            .trustsFreshReading(true)
            .limits(limits.build())
            .build();
    try (AllowPolicyClient client = SyncFixture.client(api).create()) {
      AllowPolicySync sync = AllowPolicySync.of(client);
      SyncPlan earlier = files.unsettled().orElse(null);
      if (earlier != null) {
        ApplyReport settled = report(sync.settle(earlier, settings));
        if (settled == null) {
          return null;
        }
        files.settled(settled);
        if (!settled.isSettled()) {
          return settled;
        }
      }
      SyncPlan plan =
          sync.plan(
                  new AccountId(api.accountId()),
                  Flux.fromIterable(desired),
                  new SyncMode.All(),
                  limits.build())
              .onErrorResume(EmailSecurityException.class, failure -> Mono.empty())
              .block(PATIENCE);
      if (plan == null || !plan.accountRead().complete()) {
        // Such a plan deletes nothing, so that the account would not be as desired.
        return null;
      }
      files.keep(plan);
      ApplyReport report = report(sync.apply(plan.approve(plan.digest()), settings));
      if (report != null) {
        files.settled(report);
      }
      return report;
    }
  }

  private static @Nullable ApplyReport report(Flux<ApplyEvent> events) {
    ApplyEvent last =
        events
            .onErrorResume(EmailSecurityException.class, failure -> Mono.empty())
            .blockLast(PATIENCE);
    return last instanceof Finished finished ? finished.report() : null;
  }

  private static void check(ApiSimulator api, List<DesiredPolicy> desired, String when) {
    List<String> expected =
        desired.stream().map(policy -> policy.pattern().toLowerCase(Locale.ROOT)).toList();
    List<String> there = new ArrayList<>();
    for (String id : api.policyIds()) {
      Matcher pattern = PATTERN.matcher(String.valueOf(api.policyJson(id)));
      assertThat(pattern.find()).as(when).isTrue();
      there.add(pattern.group(1).toLowerCase(Locale.ROOT));
    }
    List<String> missing = new ArrayList<>(expected);
    there.forEach(missing::remove);
    List<String> surplus = new ArrayList<>(there);
    expected.forEach(surplus::remove);
    assertThat(missing).as(when + ": missing").isEmpty();
    assertThat(surplus).as(when + ": surplus").isEmpty();
  }
}
