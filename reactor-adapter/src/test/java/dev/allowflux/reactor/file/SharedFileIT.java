package dev.allowflux.reactor.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.reactor.internal.transport.RawServer;
import dev.allowflux.testkit.Soak;
import dev.allowflux.testkit.WallClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes on one file, as a recorder of raw sockets sees them, which shares no code with the
 * simulator.
 */
@Timeout(600)
class SharedFileIT {

  private static final int PROCESSES = 3;
  private static final int QUOTA = QuotaWorker.QUOTA;

  /** Long beside the time that a burst takes, which every place loses in each window. */
  private static final Duration LONG = Duration.ofSeconds(4);

  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private Path folder;
  private final long seed = Long.getLong("allowflux.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<Process> processes = new ArrayList<>();
  private WallClock wallClock;

  @BeforeEach
  void setTheClock() throws IOException {
    wallClock = new WallClock(folder.resolve("wall-clock"));
  }

  @AfterEach
  void endTheProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  /** Notes when each request was read; loses some of the responses. */
  private static final class Recorder implements RawServer.Script {
    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger requests = new AtomicInteger();
    private final Duration window;
    private final int faultEvery;

    Recorder(Duration window, int faultEvery) {
      this.window = window;
      this.faultEvery = faultEvery;
    }

    @Override
    public void respond(String path, RawServer.Out out) throws IOException {
      seen.add(System.nanoTime());
      int number = requests.incrementAndGet();
      if (faultEvery > 0 && number % faultEvery == 0) {
        throw new IOException("lost");
      }
      if (faultEvery > 0 && number % (faultEvery * 3) == 1) {
        LockSupport.parkNanos(QuotaWorker.ATTEMPT.toNanos() * 2);
      }
      out.write(
          RawServer.response(
              200,
              "{\"success\":true,\"errors\":[],\"result\":{\"id\":\""
                  + RawServer.last(path)
                  + "\",\"created_at\":\"2026-01-01T00:00:00Z\"}}"));
    }

    List<Long> times() {
      synchronized (seen) {
        return seen.stream().sorted().toList();
      }
    }

    int spansOver() {
      List<Long> times = times();
      int over = 0;
      for (int i = QUOTA; i < times.size(); i++) {
        over += times.get(i) - times.get(i - QUOTA) < window.toNanos() ? 1 : 0;
      }
      return over;
    }

    /** The requests between the first and the last one, as a share of what the quota allows. */
    double used() {
      List<Long> times = times();
      // The burst of the last window came at its beginning.
      int last = times.size() - QUOTA;
      return last / (double) QUOTA / ((times.get(last) - times.get(0)) / (double) window.toNanos());
    }
  }

  private Process start(RawServer server, Duration window, double cancels) throws IOException {
    Process process =
        wallClock
            .givenTo(
                new ProcessBuilder(
                    JAVA,
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    QuotaWorker.class.getName(),
                    server.baseUrl(),
                    folder.resolve("quota").toString(),
                    Long.toString(window.toMillis()),
                    Double.toString(cancels),
                    Long.toString(random.nextLong())))
            .redirectError(folder.resolve("err" + processes.size()).toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    processes.add(process);
    return process;
  }

  private static void awaitRequests(Recorder recorder, int count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (recorder.seen.size() < count) {
      assertThat(System.nanoTime()).as(recorder.seen.size() + " of " + count).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }

  private void end(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ended").isTrue();
    String err = Files.readString(folder.resolve("err" + processes.indexOf(process)));
    assertThat(process.exitValue()).as(err).isZero();
  }

  @Test
  void theProcessesUseNearlyAllOfTheQuotaAndNoSpanIsOver() throws Exception {
    Recorder recorder = new Recorder(LONG, 0);
    int windows = Soak.count(3, 20);
    try (RawServer server = RawServer.start(recorder)) {
      for (int i = 0; i < PROCESSES; i++) {
        start(server, LONG, 0);
      }
      awaitRequests(recorder, QUOTA * (windows + 1));
      for (Process process : processes) {
        end(process);
      }
    }
    report("no faults", recorder);
    assertThat(recorder.spansOver()).isZero();
    // The short form runs beside other work, which makes a burst long. SharedStoreTest is exact.
    assertThat(recorder.used()).isGreaterThan(Soak.count(50, 97) / 100.0);
  }

  @Test
  void noSpanIsOverWithKillsStopsCancelsAndLostResponses() throws Exception {
    Recorder recorder = new Recorder(SHORT, 5);
    int rounds = Soak.count(2, 20);
    try (RawServer server = RawServer.start(recorder)) {
      List<Process> running = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        running.add(start(server, SHORT, 0.1));
      }
      for (int round = 1; round <= rounds; round++) {
        awaitRequests(recorder, recorder.seen.size() + random.nextInt(QUOTA));
        wallClock.jump(random);
        Process stopped = running.get(random.nextInt(PROCESSES));
        signal(stopped, "STOP");
        // Others go on for longer than the lease of what it has under way, and than a window.
        awaitRequests(recorder, recorder.seen.size() + 2 * QUOTA);
        Process killed = running.remove(random.nextInt(PROCESSES));
        killed.destroyForcibly().waitFor();
        running.add(start(server, SHORT, 0.1));
        if (!killed.equals(stopped)) {
          signal(stopped, "CONT");
        }
      }
      awaitRequests(recorder, recorder.seen.size() + QUOTA);
      for (Process process : running) {
        end(process);
      }
    }
    report(rounds + " kills and stops, cancels, lost responses, " + wallClock, recorder);
    assertThat(recorder.spansOver()).as("seed " + seed).isZero();
  }

  private void report(String what, Recorder recorder) {
    System.out.printf(
        "%d processes on one file, %s: %d requests in windows of %d in %d s, %d spans over,"
            + " %.1f %% used;"
            + " seed %d%n",
        PROCESSES,
        what,
        recorder.seen.size(),
        QUOTA,
        recorder.window.toSeconds(),
        recorder.spansOver(),
        100 * recorder.used(),
        seed);
  }
}
