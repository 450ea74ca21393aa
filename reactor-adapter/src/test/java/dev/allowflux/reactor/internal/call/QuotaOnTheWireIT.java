package dev.allowflux.reactor.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.internal.transport.RawServer;
import dev.allowflux.testkit.Soak;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** The quota as a recorder of raw sockets sees it, which shares no code with the simulator. */
@Timeout(600)
class QuotaOnTheWireIT {
  private static final int QUOTA = 300;
  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final int WINDOWS = Soak.count(4, 10);
  private static final int AT_ONCE = 32;
  private static final AccountId ACCOUNT = new AccountId("acc");

  /** Notes when each request was read, and stalls as a whole from time to time. */
  private static final class Recorder {
    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    private final Duration stall;
    private volatile long stalledUntil = System.nanoTime();

    Recorder(Duration stall) {
      this.stall = stall;
    }

    void respond(String path, RawServer.Out out) throws IOException {
      for (long left = stalledUntil - System.nanoTime();
          left > 0;
          left = stalledUntil - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      seen.add(System.nanoTime());
      if (!stall.isZero() && seen.size() % (QUOTA * 3) == QUOTA / 2) {
        stalledUntil = System.nanoTime() + stall.toNanos();
      }
      out.write(
          RawServer.response(
              200,
              "{\"success\":true,\"errors\":[],\"result\":{\"id\":\""
                  + RawServer.last(path)
                  + "\",\"created_at\":\"2026-01-01T00:00:00Z\"}}"));
    }

    int spansOver() {
      return spansOver(QUOTA, WINDOW);
    }

    int spansOver(int quota, Duration window) {
      List<Long> times;
      synchronized (seen) {
        times = seen.stream().sorted().toList();
      }
      int over = 0;
      for (int i = quota; i < times.size(); i++) {
        over += times.get(i) - times.get(i - quota) < window.toNanos() ? 1 : 0;
      }
      return over;
    }

    void await(int requests) {
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(20);
      while (seen.size() < requests) {
        assertThat(System.nanoTime()).as(seen.size() + " of " + requests).isLessThan(end);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }

    /** The requests between the first and the last one, as a share of what the quota allows. */
    double used() {
      List<Long> times = seen.stream().sorted().toList();
      // The burst of the last window came at its beginning.
      int last = times.size() - QUOTA;
      return last / (double) QUOTA / ((times.get(last) - times.get(0)) / (double) WINDOW.toNanos());
    }
  }

  private static Recorder run(Duration stall, Duration attemptTimeout) throws Exception {
    Recorder recorder = new Recorder(stall);
    try (RawServer server = RawServer.start(recorder::respond)) {
      ApiQuota quota =
          ApiQuota.builder().quota(QUOTA).window(WINDOW).burstPerSecond(1_000_000).build();
      AllowPolicyClient client =
          AllowPolicyClient.create(
              ClientSettings.builder(Credential.apiToken("token"))
                  .baseUrl(server.baseUrl())
                  .rateLimiter(quota)
                  .timeouts(limits -> limits.attempt(attemptTimeout))
                  .connections(connections -> connections.max(AT_ONCE))
                  .retries(
                      retries ->
                          retries
                              .maxAttempts(20)
                              .maxBackoff(Duration.ZERO)
                              .firstBackoff(Duration.ofMillis(1)))
                  .build());
      Flux.range(0, QUOTA * (WINDOWS + 1))
          .flatMap(i -> client.get(ACCOUNT, new PolicyId("id" + i)), QUOTA)
          .then()
          .block(Duration.ofSeconds(TimeUnit.MINUTES.toSeconds(4)));
      client.close();
    }
    System.out.printf(
        "quota on the wire: %d requests in windows of %d, stalls of %s, attempts of %s: %d spans"
            + " over, %.1f %% used%n",
        recorder.seen.size(),
        QUOTA,
        stall,
        attemptTimeout,
        recorder.spansOver(),
        100 * recorder.used());
    return recorder;
  }

  @Test
  void atFullSpeedNoSpanIsOverAndMostOfTheQuotaIsUsed() throws Exception {
    Recorder recorder = run(Duration.ZERO, Duration.ofSeconds(30));
    assertThat(recorder.spansOver()).isZero();
    // A busy machine makes a burst long, which each window loses. CallGateTest is exact.
    assertThat(recorder.used()).isGreaterThan(Soak.count(50, 97) / 100.0);
  }

  @Test
  void noSpanIsOverWhenTheServiceStallsForAWindow() throws Exception {
    assertThat(run(Duration.ofSeconds(3), Duration.ofSeconds(30)).spansOver()).isZero();
  }

  @Test
  void noSpanIsOverWhenCallsAreGivenUpWhileTheServiceStalls() throws Exception {
    assertThat(run(Duration.ofSeconds(3), Duration.ofSeconds(2)).spansOver()).isZero();
  }

  @Test
  void noSpanIsOverWhenTheProcessIsStoppedForAWindow() throws Exception {
    int stops = Soak.count(2, 10);
    Recorder recorder = new Recorder(Duration.ZERO);
    try (RawServer server = RawServer.start(recorder::respond)) {
      Process process = QuotaProcess.start(server.baseUrl(), QUOTA, WINDOW, 1_000_000);
      try {
        for (int stop = 1; stop <= stops; stop++) {
          // In the middle of a burst, whose requests and responses then lie for a window.
          recorder.await(recorder.seen.size() + QUOTA / 2);
          QuotaProcess.signal(process, "STOP");
          LockSupport.parkNanos(WINDOW.toNanos());
          QuotaProcess.signal(process, "CONT");
        }
        recorder.await(recorder.seen.size() + QUOTA + 1);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    report(stops + " stops of the process for " + WINDOW, recorder, QUOTA, WINDOW);
    assertThat(recorder.spansOver()).isZero();
  }

  /** Ten milliseconds in a hundred, as a container with a tenth of a processor has them. */
  @Test
  @Timeout(1800)
  void noSpanIsOverAtATenthOfAProcessor() throws Exception {
    int quota = Soak.count(60, 1200);
    Duration window = Duration.ofSeconds(Soak.count(3, 300));
    Recorder recorder = new Recorder(Duration.ZERO);
    try (RawServer server = RawServer.start(recorder::respond)) {
      Process process = QuotaProcess.start(server.baseUrl(), quota, window, Soak.count(60, 150));
      try {
        // The start of the process alone would take a minute.
        recorder.await(1);
        while (recorder.seen.size() <= 2 * quota) {
          QuotaProcess.signal(process, "STOP");
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(90));
          QuotaProcess.signal(process, "CONT");
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
          assertThat(process.isAlive()).isTrue();
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
    report("a tenth of a processor", recorder, quota, window);
    assertThat(recorder.spansOver(quota, window)).isZero();
  }

  private static void report(String what, Recorder recorder, int quota, Duration window) {
    System.out.printf(
        "quota on the wire: %d requests in windows of %d in %d s, %s: %d spans over%n",
        recorder.seen.size(), quota, window.toSeconds(), what, recorder.spansOver(quota, window));
  }
}
