package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A credential that reads whichever accounts it sees. */
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class AllAccountsIT {

  private static final int POLICIES = 20;

  @TempDir Path folder;

  private final TaskFixture connect = new TaskFixture(true);

  private static ApiSimulatorBuilder builder() {
    return ApiSimulator.builder()
        .noRateLimit()
        .addAccount("a1", "owner-1", POLICIES)
        .addAccount("a2", "owner-2", POLICIES)
        .addAccount("a3", "owner-3", POLICIES)
        .addUser("token", "a1", "a2");
  }

  private Map<String, String> settings(ApiSimulator api) {
    Map<String, String> values = new HashMap<>();
    values.put("topic", "policies");
    values.put("mode", "changes");
    values.put("base.url", api.baseUrl());
    values.put("poll.interval.ms", "50");
    values.put("quota.store", "file:" + folder.resolve("quota"));
    values.put("quota.calls", "1000000");
    values.put("credentials", "a");
    values.put("credentials.a.token", "token");
    values.put("credentials.a.accounts", "all");
    return values;
  }

  private Set<String> accounts() {
    Set<String> accounts = new HashSet<>();
    connect.topic.forEach(record -> accounts.add(TaskFixture.account(record)));
    return accounts;
  }

  private static Map<String, List<String>> problems(Map<String, String> values) {
    Map<String, List<String>> problems = new HashMap<>();
    for (ConfigValue value : new AllowPolicySourceConnector().validate(values).configValues()) {
      if (!value.errorMessages().isEmpty()) {
        problems.put(value.name(), value.errorMessages());
      }
    }
    return problems;
  }

  private static long listings(ApiSimulator api) {
    return api.requests().stream()
        .filter(request -> request.operation() == Operation.LIST_ACCOUNTS)
        .count();
  }

  /** Polls until the accounts were listed again, and what came was taken over. */
  private void pollPastListings(AllowPolicySourceTask task, ApiSimulator api)
      throws InterruptedException {
    long before = listings(api);
    connect.pollUntil(task, () -> listings(api) >= before + 4);
  }

  /** Lists all accounts but the first one. */
  private static FaultScript withoutTheFirst() {
    return FaultScript.of(
        FaultRule.of(Fault.shiftedPage(1)).on(Operation.LIST_ACCOUNTS).onPage(1).always());
  }

  @Test
  void accountsThatTheCredentialSeesAreReadAndNewOnesJoin() throws InterruptedException {
    try (ApiSimulator api = builder().faults(withoutTheFirst()).start()) {
      AllowPolicySourceTask task = connect.start(settings(api));
      connect.pollUntil(task, () -> connect.topic.size() >= POLICIES);
      pollPastListings(task, api);
      assertThat(accounts()).containsExactly("a2");
      api.faults(FaultScript.none());
      connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      pollPastListings(task, api);
      task.stop();
      assertThat(accounts()).containsExactlyInAnyOrder("a1", "a2");
      assertThat(connect.ids()).doesNotHaveDuplicates().hasSize(2 * POLICIES);
    }
  }

  /** Deleted, or taken from the credential: nobody can tell, so what is in the topic stays. */
  @Test
  void accountThatVanishesSendsNoTombstonesAndGoesOnWhenItComesBack() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      AllowPolicySourceTask task = connect.start(settings(api));
      connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      connect.topic.clear();
      api.faults(withoutTheFirst());
      pollPastListings(task, api);
      List<String> gone = api.account("a1").policyIds().subList(0, 3);
      api.account("a1").deletePolicies(gone);
      List<String> added = api.account("a2").addPolicies(1);
      connect.pollUntil(task, () -> !connect.topic.isEmpty());
      pollPastListings(task, api);
      assertThat(connect.ids()).isEqualTo(added);
      connect.topic.clear();
      api.faults(FaultScript.none());
      connect.pollUntil(task, () -> connect.topic.size() >= 3);
      pollPastListings(task, api);
      task.stop();
      assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(gone);
      assertThat(connect.topic).allSatisfy(record -> assertThat(record.value()).isNull());
    }
  }

  @Test
  void listingThatFailsOrIsRefusedTakesNoAccountAway() throws InterruptedException {
    for (Fault fault :
        List.of(Fault.status(503, Fault.Content.HTML), Fault.status(403, Fault.Content.JSON))) {
      connect.topic.clear();
      connect.offsets.clear();
      try (ApiSimulator api = builder().start()) {
        AllowPolicySourceTask task = connect.start(settings(api));
        connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
        connect.topic.clear();
        api.faults(FaultScript.of(FaultRule.of(fault).on(Operation.LIST_ACCOUNTS).always()));
        long before = listings(api);
        connect.pollUntil(task, () -> listings(api) > before);
        List<String> gone = api.account("a1").policyIds().subList(0, 2);
        api.account("a1").deletePolicies(gone);
        connect.pollUntil(task, () -> connect.topic.size() >= 2);
        task.stop();
        assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(gone);
      }
    }
  }

  @Test
  void listingThatIsRefusedFromTheBeginningFailsTheTask() {
    try (ApiSimulator api =
        builder()
            .faults(
                FaultScript.of(
                    FaultRule.of(Fault.status(403, Fault.Content.JSON))
                        .on(Operation.LIST_ACCOUNTS)
                        .always()))
            .start()) {
      AllowPolicySourceTask task = connect.start(settings(api));
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> connect.pollUntil(task, () -> false))
          .withMessageContaining("Credential a, its accounts: list accounts: 403");
      task.stop();
    }
  }

  /** Of many accounts that have no Email Security, each costs one call a round. */
  @Test
  void accountThatIsRefusedIsAskedAgainInTheNextRound() throws InterruptedException {
    try (ApiSimulator api =
        builder()
            .faults(
                FaultScript.of(
                    FaultRule.of(Fault.status(403, Fault.Content.JSON)).on(Operation.LIST)))
            .start()) {
      Map<String, String> settings = settings(api);
      settings.put("poll.interval.ms", "300000");
      settings.put("accounts.in.parallel", "1");
      SettableClock clock = new SettableClock();
      AllowPolicySourceTask task = connect.start(settings, clock);
      connect.pollUntil(task, () -> connect.topic.size() >= POLICIES);
      long calls = api.requestCount();
      clock.now = clock.now.plusSeconds(120);
      for (int i = 0; i < 3; i++) {
        assertThat(connect.poll(task)).isEmpty();
      }
      assertThat(api.requestCount()).isEqualTo(calls);
      clock.now = clock.now.plusSeconds(300);
      connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      task.stop();
      assertThat(accounts()).containsExactlyInAnyOrder("a1", "a2");
    }
  }

  private static final class SettableClock extends Clock {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void accountThatAnotherCredentialNamesIsLeftToIt() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      Map<String, String> settings = settings(api);
      settings.put("credentials", "a,b");
      settings.put("credentials.b.token", "owner-1");
      settings.put("credentials.b.accounts", "a1");
      assertThat(problems(settings)).isEmpty();
      AllowPolicySourceConnector connector = new AllowPolicySourceConnector();
      connector.start(settings);
      for (int tasks = 1; tasks <= 2; tasks++) {
        connect.topic.clear();
        connect.offsets.clear();
        Map<String, String> first = connector.taskConfigs(tasks).get(0);
        AllowPolicySourceTask task = connect.start(first);
        int expected = tasks == 1 ? 2 * POLICIES : POLICIES;
        connect.pollUntil(task, () -> connect.topic.size() >= expected);
        pollPastListings(task, api);
        task.stop();
        assertThat(connect.ids()).doesNotHaveDuplicates().hasSize(expected);
        assertThat(accounts()).contains("a2").hasSize(tasks == 1 ? 2 : 1);
      }
    }
  }

  @Test
  void withoutAStoreAWindowIsWaitedForAtEachStart() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      Map<String, String> settings = settings(api);
      settings.put("quota.store", "memory");
      AllowPolicySourceTask task = connect.start(settings);
      for (int i = 0; i < 3; i++) {
        assertThat(connect.poll(task)).isEmpty();
      }
      task.stop();
      assertThat(api.requestCount()).isZero();
    }
  }

  @Test
  void stopEndsAListingAtOnce() throws InterruptedException {
    try (ApiSimulator api =
        builder()
            .faults(
                FaultScript.of(
                    FaultRule.of(Fault.hang(Fault.Point.BEFORE_HEADERS))
                        .on(Operation.LIST_ACCOUNTS)
                        .always()))
            .start()) {
      AllowPolicySourceTask task = connect.start(settings(api));
      connect.pollUntil(task, () -> api.requestCount() > 0);
      task.stop();
      for (int i = 0; i < 20; i++) {
        assertThat(connect.poll(task)).isEmpty();
      }
      assertThat(api.requestCount()).isEqualTo(1);
    }
  }

  @Test
  void allThatIsWrongWithAllIsReportedWhenItIsConfigured() {
    try (ApiSimulator api = builder().start()) {
      assertThat(problems(settings(api))).isEmpty();
      Map<String, String> values = settings(api);
      values.put("credentials.a.accounts", "a1,all");
      assertThat(problems(values)).containsOnlyKeys("credentials.a.accounts");
      values = settings(api);
      values.put("credentials.a.token", "wrong");
      assertThat(problems(values)).containsOnlyKeys("credentials.a.token");
      api.faults(
          FaultScript.of(FaultRule.of(Fault.shiftedPage(2)).on(Operation.LIST_ACCOUNTS).always()));
      assertThat(problems(settings(api)).get("credentials.a.accounts"))
          .containsExactly("the credential sees no account");
      api.faults(FaultScript.none());
      values = settings(api);
      values.put("credentials", "a,b");
      values.put("credentials.b.token", "owner-2");
      values.put("credentials.b.accounts", "all");
      assertThat(problems(values))
          .containsExactly(
              Map.entry(
                  "credentials.b.accounts",
                  List.of("account a2 is among all of a too: name the accounts of one")));
      api.faults(
          FaultScript.of(
              FaultRule.of(Fault.status(403, Fault.Content.JSON))
                  .on(Operation.LIST_ACCOUNTS)
                  .always()));
      assertThat(problems(settings(api))).containsOnlyKeys("credentials.a.accounts");
    }
  }
}
