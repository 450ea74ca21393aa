package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import dev.allowflux.simulator.RateLimitRule;
import dev.allowflux.simulator.SimulatedAccount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task against the simulator, with what Connect keeps in memory. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class SourceTaskIT {

  private static final int MANY = 3000;
  private static final int MANY_OF_A = 2000;

  private static ApiSimulatorBuilder builder() {
    return ApiSimulator.builder()
        .noRateLimit()
        .addAccount("a1", "token-a", 250)
        .addAccount("b1", "token-b", 120);
  }

  /** So many that no poll can take all of them: it ends with the page that makes a thousand. */
  private static ApiSimulatorBuilder manyPolls() {
    return ApiSimulator.builder()
        .noRateLimit()
        .addAccount("a1", "token-a", MANY_OF_A)
        .addAccount("b1", "token-b", MANY - MANY_OF_A);
  }

  private static Map<String, String> manyPolls(ApiSimulator api, String mode) {
    Map<String, String> values = settings(api, mode);
    values.put("page.size", "500");
    return values;
  }

  private static Map<String, String> settings(ApiSimulator api, String mode) {
    Map<String, String> values = new HashMap<>();
    values.put("topic", "policies");
    values.put("mode", mode);
    values.put("base.url", api.baseUrl());
    values.put("poll.interval.ms", "3600000");
    values.put("page.size", "50");
    values.put("quota.window.ms", "1");
    values.put("credentials", "a,b");
    for (String name : List.of("a", "b")) {
      values.put("credentials." + name + ".token", "token-" + name);
      values.put("credentials." + name + ".accounts", name + "1");
    }
    return values;
  }

  private static Map<String, String> changesAllTheTime(ApiSimulator api) {
    Map<String, String> values = settings(api, "changes");
    values.put("poll.interval.ms", "1");
    return values;
  }

  /** A task that has sent every policy once, which the topic has forgotten. */
  private static AllowPolicySourceTask afterTheFirstRound(
      TaskFixture connect, Map<String, String> settings) throws InterruptedException {
    AllowPolicySourceTask task = connect.start(settings);
    connect.pollUntil(task, () -> connect.topic.size() >= 370);
    connect.topic.clear();
    return task;
  }

  private static List<String> expected(ApiSimulator api) {
    List<String> ids = new ArrayList<>(api.account("a1").policyIds());
    ids.addAll(api.account("b1").policyIds());
    return ids;
  }

  private static Set<String> keys(ApiSimulator api) {
    Set<String> keys = new HashSet<>();
    for (String account : List.of("a1", "b1")) {
      api.account(account).policyIds().forEach(id -> keys.add(account + "/" + id));
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "changes"})
  void everyPolicyOfEveryAccountComesOnce(String mode) throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings(api, mode));
      connect.pollUntil(task, () -> connect.topic.size() >= 370);
      connect.keep(connect.poll(task));
      task.stop();
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(expected(api));
      SourceRecord record = connect.topic.get(0);
      assertThat(record.topic()).isEqualTo("policies");
      assertThat(record.headers().lastWithName("allowflux.account").value())
          .isEqualTo(TaskFixture.account(record));
      assertThat(record.headers().lastWithName("allowflux.cf-ray").value()).isNotNull();
      ((Struct) record.value()).validate();
      assertThat(connect.commits).hasSizeGreaterThanOrEqualTo(8).isSubsetOf(connect.topic);
    }
  }

  /** Stopped after any page, and started again: nothing is missed, and nothing comes twice. */
  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "changes"})
  void taskGoesOnWhereItStood(String mode) throws InterruptedException {
    try (ApiSimulator api = manyPolls().start()) {
      TaskFixture connect = new TaskFixture(true);
      int starts = 0;
      while (connect.topic.size() < MANY) {
        AllowPolicySourceTask task = connect.start(manyPolls(api, mode));
        starts++;
        int before = connect.topic.size();
        connect.pollUntil(task, () -> connect.topic.size() > before);
        task.stop();
      }
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(expected(api));
      assertThat(starts).isGreaterThanOrEqualTo(2);
      Set<String> rounds = new HashSet<>();
      connect.topic.forEach(r -> rounds.add(TaskFixture.account(r) + TaskFixture.traversal(r)));
      assertThat(rounds).hasSize(2);
    }
  }

  /** What was sent of a page when a task without transactions is killed comes again, no less. */
  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "changes"})
  void withoutTransactionsAPageThatWasCutComesAgain(String mode) throws InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (ApiSimulator api = builder().start()) {
      TaskFixture connect = new TaskFixture(false);
      for (int kill = 0; kill < 12; kill++) {
        AllowPolicySourceTask task = connect.start(settings(api, mode));
        List<SourceRecord> records = List.of();
        for (int i = 0; i < 40 && records.isEmpty(); i++) {
          records = connect.poll(task);
        }
        connect.keep(records.subList(0, random.nextInt(records.size() + 1)));
        task.stop();
      }
      AllowPolicySourceTask task = connect.start(settings(api, mode));
      connect.pollUntil(task, () -> connect.compacted().size() == 370);
      task.stop();
      assertThat(connect.compacted().keySet()).as("seed %d", seed).isEqualTo(keys(api));
    }
  }

  @Test
  void changesAreSentAndNothingElse() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      Map<String, String> settings = changesAllTheTime(api);
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = afterTheFirstRound(connect, settings);
      SimulatedAccount account = api.account("a1");
      List<String> gone = account.policyIds().subList(7, 19);
      List<String> added = account.addPolicies(3);
      account.deletePolicies(gone);
      connect.pollUntil(task, () -> connect.topic.size() >= 15);
      for (int i = 0; i < 20; i++) {
        connect.keep(connect.poll(task));
      }
      assertThat(connect.topic).hasSize(15);
      assertThat(connect.topic.stream().filter(r -> r.value() == null).map(TaskFixture::id))
          .containsExactlyInAnyOrderElementsOf(gone);
      assertThat(connect.topic.stream().filter(r -> r.value() != null).map(TaskFixture::id))
          .containsExactlyInAnyOrderElementsOf(added);
      task.stop();

      connect.topic.clear();
      List<String> later = account.policyIds().subList(0, 5);
      account.deletePolicies(later);
      AllowPolicySourceTask second = connect.start(settings);
      connect.pollUntil(second, () -> connect.topic.size() >= 5);
      second.stop();
      assertThat(connect.topic).allSatisfy(record -> assertThat(record.value()).isNull());
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(later);
    }
  }

  @Test
  void policyThatIsEditedIsSentAgain() throws InterruptedException {
    try (ApiSimulator api = builder().start();
        AllowPolicyClient other =
            AllowPolicyClient.create(
                ClientSettings.builder(Credential.apiToken("token-a"))
                    .baseUrl(api.baseUrl())
                    .build())) {
      Map<String, String> settings = changesAllTheTime(api);
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = afterTheFirstRound(connect, settings);
      String id = api.account("a1").policyIds().get(17);
      other
          .edit(
              new AccountId("a1"),
              new PolicyId(id),
              AllowPolicyEdit.builder().comments("changed").build())
          .block(Duration.ofSeconds(30));
      connect.pollUntil(task, () -> !connect.topic.isEmpty());
      for (int i = 0; i < 5; i++) {
        connect.keep(connect.poll(task));
      }
      task.stop();
      assertThat(connect.ids()).containsExactly(id);
      assertThat(((Struct) connect.topic.get(0).value()).getString("comments"))
          .isEqualTo("changed");
    }
  }

  @Test
  void accountThatFailedOrWasRevokedSendsNoTombstones() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      Map<String, String> settings = changesAllTheTime(api);
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = afterTheFirstRound(connect, settings);
      api.user("token-b").revoked(true);
      List<String> gone = api.account("b1").policyIds().subList(0, 10);
      api.account("b1").deletePolicies(gone);
      // Rounds of the other account go on meanwhile.
      List<String> added = api.account("a1").addPolicies(2);
      connect.pollUntil(task, () -> connect.topic.size() >= 2);
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(added);
      api.user("token-b").revoked(false);
      connect.pollUntil(task, () -> connect.topic.size() >= 12);
      task.stop();
      assertThat(connect.ids().subList(2, 12)).containsExactlyInAnyOrderElementsOf(gone);
    }
  }

  /** A round that another task began has not seen all: what it did not see is not gone. */
  @Test
  void roundThatGoesOnAfterARestartSendsNoTombstones() throws InterruptedException {
    try (ApiSimulator api = manyPolls().start()) {
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(manyPolls(api, "changes"));
      connect.pollUntil(task, () -> connect.topic.size() >= 100);
      task.stop();
      int before = connect.topic.size();
      AllowPolicySourceTask second = connect.start(manyPolls(api, "changes"));
      connect.pollUntil(second, () -> connect.topic.size() >= MANY);
      for (int i = 0; i < 5; i++) {
        connect.keep(connect.poll(second));
      }
      second.stop();
      assertThat(before).isLessThan(MANY);
      assertThat(connect.topic).hasSize(MANY).allSatisfy(r -> assertThat(r.value()).isNotNull());
    }
  }

  @Test
  void credentialThatWaitsForItsQuotaHoldsUpNoOtherOne() throws InterruptedException {
    try (ApiSimulator api =
        builder().rateLimit(RateLimitRule.of(6, Duration.ofMinutes(5))).start()) {
      api.user("token-a").spend(5);
      Map<String, String> settings = settings(api, "snapshot");
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings);
      connect.pollUntil(
          task,
          () ->
              connect.topic.stream().filter(r -> TaskFixture.account(r).equals("b1")).count()
                  == 120);
      task.stop();
      assertThat(connect.topic.stream().filter(r -> TaskFixture.account(r).equals("a1")).count())
          .isLessThan(250);
    }
  }

  /** The task waits for five minutes' quota, and Connect's thread is in poll. */
  @Test
  void stopEndsEveryWaitAtOnceAndNothingMoreIsSent() throws InterruptedException {
    try (ApiSimulator api =
        builder().rateLimit(RateLimitRule.of(3, Duration.ofMinutes(5))).start()) {
      Map<String, String> settings = settings(api, "snapshot");
      settings.put("quota.calls", "2");
      settings.put("quota.window.ms", "300000");
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings);
      connect.pollUntil(task, () -> api.requestCount() == 4);
      CountDownLatch polling = new CountDownLatch(1);
      AtomicReference<Object> result = new AtomicReference<>("none");
      Thread thread =
          new Thread(
              () -> {
                try {
                  polling.countDown();
                  while (connect.poll(task).isEmpty() && !Thread.currentThread().isInterrupted()) {
                    result.set("polled");
                  }
                } catch (InterruptedException e) {
                  result.set(e);
                }
              });
      thread.start();
      polling.await();
      task.stop();
      thread.interrupt();
      thread.join(Duration.ofSeconds(10).toMillis());
      assertThat(thread.isAlive()).isFalse();
      assertThat(connect.poll(task)).isEmpty();
      assertThat(api.requestCount()).isEqualTo(4);
    }
  }

  @Test
  void taskWhoseCredentialsAreAllRefusedFailsAndSaysWhatToMend() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      api.user("token-a").revoked(true);
      api.user("token-b").revoked(true);
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings(api, "snapshot"));
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect.pollUntil(task, () -> false))
          .withMessageStartingWith("The API refuses every account of this task.")
          .withMessageContaining("a1")
          .withMessageContaining("b1")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("token-a"));
      task.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshot", "changes"})
  void failureThatPassesIsRetriedFromWhereTheRoundStands(String mode) throws InterruptedException {
    FaultScript faults =
        FaultScript.of(
            FaultRule.of(Fault.status(503, Fault.Content.HTML))
                .on(Operation.LIST)
                .fromNth(4)
                .times(4));
    try (ApiSimulator api = builder().faults(faults).start()) {
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings(api, mode));
      connect.pollUntil(task, () -> connect.topic.size() >= 370);
      task.stop();
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(expected(api));
    }
  }

  /** Without a store nobody knows what was sent before, so a window is waited for. */
  @Test
  void taskThatGoesOnWithoutASharedQuotaWaitsAWindow() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      TaskFixture connect = new TaskFixture(true);
      Map<String, String> settings = settings(api, "snapshot");
      settings.put("quota.window.ms", "3600000");
      AllowPolicySourceTask first = connect.start(settings);
      connect.pollUntil(first, () -> connect.topic.size() >= 370);
      first.stop();
      settings.put("poll.interval.ms", "1");
      long calls = api.requestCount();
      AllowPolicySourceTask second = connect.start(settings);
      for (int i = 0; i < 3; i++) {
        assertThat(connect.poll(second)).isEmpty();
      }
      second.stop();
      assertThat(api.requestCount()).isEqualTo(calls);
    }
  }

  @Test
  void morePoliciesThanAreAllowedFailTheTask() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      Map<String, String> settings = settings(api, "changes");
      settings.put("changes.max.policies", "300");
      TaskFixture connect = new TaskFixture(true);
      AllowPolicySourceTask task = connect.start(settings);
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect.pollUntil(task, () -> false))
          .withMessageContaining("changes.max.policies=300");
      task.stop();
    }
  }
}
