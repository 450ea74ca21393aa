package dev.allowflux.kafka.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A task that is stopped in whatever wait, and one that starts with another configuration. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class TaskRestartIT {

  private static final int POLICIES = 60;

  private final TaskFixture connect = new TaskFixture(true);

  private static ApiSimulator simulator(FaultScript faults) {
    return ApiSimulator.builder()
        .noRateLimit()
        .addAccount("a1", "owner-1", POLICIES)
        .addAccount("a2", "owner-2", POLICIES)
        .addUser("token", "a1", "a2")
        .faults(faults)
        .start();
  }

  private static ApiSimulator simulator() {
    return simulator(FaultScript.none());
  }

  private static Map<String, String> settings(ApiSimulator api, String mode) {
    Map<String, String> values = new HashMap<>();
    values.put("topic", "policies");
    values.put("mode", mode);
    values.put("base.url", api.baseUrl());
    values.put("poll.interval.ms", "3600000");
    values.put("page.size", "25");
    values.put("quota.window.ms", "1");
    values.put("credentials", "a");
    values.put("credentials.a.token", "token");
    values.put("credentials.a.accounts", "a1");
    return values;
  }

  private static Map<String, String> with(Map<String, String> values, String key, String value) {
    Map<String, String> changed = new HashMap<>(values);
    changed.put(key, value);
    return changed;
  }

  /** Runs a task until so many records came, and those that come at once behind them. */
  private List<SourceRecord> run(Map<String, String> settings, int records)
      throws InterruptedException {
    connect.topic.clear();
    AllowPolicySourceTask task = connect.start(settings);
    try {
      connect.pollUntil(task, () -> connect.topic.size() >= records);
      connect.keep(connect.poll(task));
    } finally {
      task.stop();
    }
    return List.copyOf(connect.topic);
  }

  private static List<String> ids(List<SourceRecord> records) {
    return records.stream().map(TaskFixture::id).toList();
  }

  private static void assertTombstones(List<SourceRecord> records, List<String> gone) {
    assertThat(ids(records)).containsExactlyInAnyOrderElementsOf(gone);
    assertThat(records).allSatisfy(record -> assertThat(record.value()).isNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "changes"})
  void anotherTopicGetsEveryPolicy(String mode) throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      Map<String, String> settings = settings(api, mode);
      run(settings, 1);
      List<SourceRecord> records = run(with(settings, "topic", "others"), POLICIES);
      assertThat(ids(records)).containsExactlyInAnyOrderElementsOf(api.account("a1").policyIds());
      assertThat(records).allSatisfy(r -> assertThat(r.topic()).isEqualTo("others"));
      assertThat(records.stream().map(TaskFixture::traversal).distinct()).hasSize(1);
    }
  }

  /** Whatever was read before came from the same quota. */
  @ParameterizedTest
  @ValueSource(strings = {"mode", "topic"})
  void taskThatBeginsAnewWaitsAWindowAllTheSame(String changed) throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      Map<String, String> settings = settings(api, "snapshot");
      run(settings, POLICIES);
      long calls = api.requestCount();
      settings.put("quota.window.ms", "3600000");
      AllowPolicySourceTask task = connect.start(with(settings, changed, "changes"));
      for (int i = 0; i < 3; i++) {
        assertThat(connect.poll(task)).isEmpty();
      }
      task.stop();
      assertThat(api.requestCount()).isEqualTo(calls);
    }
  }

  @Test
  void accountThatIsTakenOutSendsNoTombstonesAndIsKnownWhenItComesBack()
      throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      Map<String, String> settings = with(settings(api, "changes"), "poll.interval.ms", "1");
      run(settings, POLICIES);
      List<SourceRecord> other = run(with(settings, "credentials.a.accounts", "a2"), POLICIES);
      assertThat(ids(other)).containsExactlyInAnyOrderElementsOf(api.account("a2").policyIds());
      List<String> gone = api.account("a1").policyIds().subList(3, 8);
      api.account("a1").deletePolicies(gone);
      assertTombstones(run(with(settings, "credentials.a.accounts", "a1,a2"), 5), gone);
    }
  }

  @Test
  void credentialUnderAnotherNameGoesOn() throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      Map<String, String> settings = with(settings(api, "changes"), "poll.interval.ms", "1");
      run(settings, POLICIES);
      Map<String, String> renamed = with(settings, "credentials", "z");
      renamed.put("credentials.z.token", "token");
      renamed.put("credentials.z.accounts", "a1");
      List<String> gone = api.account("a1").policyIds().subList(0, 2);
      api.account("a1").deletePolicies(gone);
      assertTombstones(run(renamed, 2), gone);
    }
  }

  private void changeOffsets(String key, String value) {
    connect.offsets.replaceAll(
        (partition, offset) -> {
          Map<String, Object> changed = new HashMap<>(offset);
          changed.put(key, value);
          return changed;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0007of another version", "\u0000cut short"})
  void stateThatCannotBeReadFailsTheTaskAndSaysWhatToDo(String state) throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      run(settings(api, "changes"), POLICIES);
      changeOffsets("state", Base64.getEncoder().encodeToString(state.getBytes(UTF_8)));
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect.start(settings(api, "changes")))
          .withMessageContaining("account a1")
          .withMessageContaining("delete its offsets");
      changeOffsets("state", "no Base64!");
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect.start(settings(api, "changes")))
          .withMessageContaining("delete its offsets");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"position", "traversal"})
  void positionOfAnotherVersionIsOfNoUse(String key) throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      run(settings(api, "snapshot"), POLICIES);
      changeOffsets(key, "9 of a later version");
      assertThat(ids(run(settings(api, "snapshot"), POLICIES)))
          .containsExactlyInAnyOrderElementsOf(api.account("a1").policyIds());
    }
  }

  @Test
  void moreStateThanIsAllowedFailsTheTaskAtItsStart() throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      run(settings(api, "changes"), POLICIES);
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(
              () -> connect.start(with(settings(api, "changes"), "changes.max.policies", "9")))
          .withMessageContaining("changes.max.policies=9");
    }
  }

  @Test
  void storeThatCannotBeMadeFailsTheTaskWithoutItsAddress() {
    try (ApiSimulator api = simulator()) {
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(
              () ->
                  connect.start(
                      with(settings(api, "changes"), "quota.store", "redis://:secret@host:port")))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }
  }

  /** A filter, or errors.tolerance=all, takes records out, whose offsets Connect never stores. */
  @Test
  void deletionOfWhatWasSentIsSentWhateverATransformationDrops() throws InterruptedException {
    try (ApiSimulator api = simulator()) {
      AllowPolicySourceTask task = connect.start(settings(api, "changes"));
      int seen = 0;
      while (seen < POLICIES) {
        List<SourceRecord> records = connect.poll(task);
        seen += records.size();
        List<SourceRecord> kept = new ArrayList<>(records);
        kept.removeIf(connect.commits::contains);
        connect.keep(kept);
      }
      task.stop();
      List<String> gone = connect.ids().subList(0, 10);
      api.account("a1").deletePolicies(gone);
      assertTombstones(run(with(settings(api, "changes"), "poll.interval.ms", "1"), 10), gone);
    }
  }

  /** What a task waits for. */
  private enum Wait {
    INTERVAL,
    BACKOFF,
    REFUSED,
    WINDOW,
    RESPONSE
  }

  private static FaultScript faults(Wait wait) {
    return switch (wait) {
      case INTERVAL, WINDOW -> FaultScript.none();
      case BACKOFF ->
          FaultScript.of(
              FaultRule.of(Fault.status(503, Fault.Content.HTML)).on(Operation.LIST).times(1000));
      case REFUSED ->
          FaultScript.of(
              FaultRule.of(Fault.status(403, Fault.Content.JSON))
                  .on(Operation.LIST)
                  .fromNth(4)
                  .times(1000));
      case RESPONSE ->
          FaultScript.of(FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS)).on(Operation.LIST));
    };
  }

  @ParameterizedTest
  @EnumSource(Wait.class)
  void stopEndsTheWaitAtOnceAndNothingMoreIsSent(Wait wait) throws InterruptedException {
    try (ApiSimulator api = simulator(faults(wait))) {
      Map<String, String> settings = settings(api, "changes");
      settings.put("credentials.a.accounts", "a1,a2");
      settings.put("accounts.in.parallel", "1");
      if (wait == Wait.WINDOW) {
        run(settings, 2 * POLICIES);
        settings.put("quota.window.ms", "3600000");
      }
      connect.topic.clear();
      AllowPolicySourceTask task = connect.start(settings);
      if (wait == Wait.INTERVAL) {
        connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      } else if (wait != Wait.WINDOW) {
        long before = api.requestCount();
        connect.pollUntil(task, () -> api.requestCount() > before);
      }
      CountDownLatch polling = new CountDownLatch(1);
      List<Throwable> failures = new ArrayList<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    polling.countDown();
                    connect.poll(task);
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                  failures.add(e);
                }
              });
      thread.start();
      polling.await();
      task.stop();
      thread.interrupt();
      thread.join(Duration.ofSeconds(10).toMillis());
      assertThat(thread.isAlive()).isFalse();
      assertThat(failures).isEmpty();
      // A request that was in its socket is counted when its connection is seen to be closed.
      while (api.openConnections() > 0) {
        Thread.onSpinWait();
      }
      long calls = api.requestCount();
      for (int i = 0; i < 20; i++) {
        assertThat(connect.poll(task)).isEmpty();
      }
      assertThat(api.requestCount()).isEqualTo(calls);
    }
  }
}
