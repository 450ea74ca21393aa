package dev.allowflux.kafka.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultRule;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.Operation;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
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
import org.slf4j.LoggerFactory;

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
    values.put("poll.interval.ms", "50000");
    values.put("quota.store", "file:" + folder.resolve("quota"));
    values.put("quota.calls", "1000000");
    values.put("credentials", "a");
    values.put("credentials.a.token", "token");
    values.put("credentials.a.accounts", "all");
    return values;
  }

  private static Map<String, String> withInterval(Map<String, String> settings, Duration interval) {
    settings.put("poll.interval.ms", Long.toString(interval.toMillis()));
    return settings;
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

  @Test
  void accountsThatTheCredentialSeesAreReadAndNewOnesJoin() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      api.user("token").withdrawn("a1", true);
      AllowPolicySourceTask task = connect.start(settings(api), new FastClock());
      connect.pollUntil(task, () -> connect.topic.size() >= POLICIES);
      pollPastListings(task, api);
      assertThat(accounts()).containsExactly("a2");
      api.user("token").withdrawn("a1", false);
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
      AllowPolicySourceTask task = connect.start(settings(api), new FastClock());
      connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      connect.topic.clear();
      api.user("token").withdrawn("a1", true);
      pollPastListings(task, api);
      List<String> gone = api.account("a1").policyIds().subList(0, 3);
      api.account("a1").deletePolicies(gone);
      List<String> added = api.account("a2").addPolicies(1);
      connect.pollUntil(task, () -> !connect.topic.isEmpty());
      pollPastListings(task, api);
      assertThat(connect.ids()).isEqualTo(added);
      connect.topic.clear();
      api.user("token").withdrawn("a1", false);
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
        List.of(
            Fault.status(503, Fault.Content.HTML),
            Fault.status(403, Fault.Content.JSON),
            Fault.missingPage())) {
      connect.topic.clear();
      connect.offsets.clear();
      try (ApiSimulator api = builder().start()) {
        AllowPolicySourceTask task = connect.start(settings(api), new FastClock());
        connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
        connect.topic.clear();
        api.faults(FaultScript.of(FaultRule.of(fault).on(Operation.LIST_ACCOUNTS).always()));
        long before = listings(api);
        connect.pollUntil(task, () -> listings(api) >= before + 2);
        List<String> gone = api.account("a1").policyIds().subList(0, 2);
        api.account("a1").deletePolicies(gone);
        connect.pollUntil(task, () -> connect.topic.size() >= 2);
        task.stop();
        assertThat(connect.ids()).containsExactlyInAnyOrderElementsOf(gone);
      }
    }
  }

  @Test
  void accountsAreListedOnceAMinuteHoweverShortARoundIs() throws InterruptedException {
    try (ApiSimulator api = builder().start()) {
      SettableClock clock = new SettableClock();
      AllowPolicySourceTask task =
          connect.start(withInterval(settings(api), Duration.ofMillis(1)), clock);
      connect.pollUntil(task, () -> connect.topic.size() >= 2 * POLICIES);
      for (int round = 0; round < 2; round++) {
        connect.topic.clear();
        api.account("a1").deletePolicies(api.account("a1").policyIds().subList(0, 1));
        clock.now = clock.now.plusSeconds(29);
        connect.pollUntil(task, () -> !connect.topic.isEmpty());
      }
      assertThat(listings(api)).isEqualTo(1);
      clock.now = clock.now.plusSeconds(2);
      connect.pollUntil(task, () -> listings(api) == 2);
      task.stop();
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

  @Test
  void refusalOfTheCredentialSaysThatNothingIsReadWithIt() throws InterruptedException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(AllowPolicySourceTask.class);
    log.start();
    logger.addAppender(log);
    try (ApiSimulator api = builder().addUser("other", "a3").start()) {
      Map<String, String> settings = settings(api);
      settings.put("credentials", "a,b");
      settings.put("credentials.b.token", "other");
      settings.put("credentials.b.accounts", "a3");
      api.user("token").revoked(true);
      AllowPolicySourceTask task = connect.start(settings);
      connect.pollUntil(task, () -> !log.list.isEmpty() && connect.topic.size() >= POLICIES);
      task.stop();
      assertThat(log.list.get(0).getFormattedMessage())
          .startsWith("Credential a, its accounts: list accounts: 401")
          .endsWith("s; until then nothing is read with this credential");
      assertThat(accounts()).containsExactly("a3");
    } finally {
      logger.detachAppender(log);
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
      Map<String, String> settings = withInterval(settings(api), Duration.ofMinutes(5));
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

  private static final class SettableClock extends UtcClock {
    private Instant now = Instant.parse("2026-01-02T03:04:05Z");

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** A minute of it is 60 ms, for a task that lists accounts at most once a minute. */
  private static final class FastClock extends UtcClock {
    private final long begun = System.nanoTime();

    @Override
    public Instant instant() {
      return Instant.parse("2026-01-02T03:04:05Z").plusNanos(1000 * (System.nanoTime() - begun));
    }
  }

  private abstract static class UtcClock extends Clock {
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
        AllowPolicySourceTask task = connect.start(first, new FastClock());
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
      api.user("token").withdrawn("a1", true);
      api.user("token").withdrawn("a2", true);
      assertThat(problems(settings(api)).get("credentials.a.accounts"))
          .containsExactly("the credential sees no account");
      api.user("token").withdrawn("a1", false);
      api.user("token").withdrawn("a2", false);
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
