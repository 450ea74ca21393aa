package dev.allowflux.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.RateLimitRule;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs small test classes as a user's build does. */
@Timeout(240)
class AllowfluxSimulatorIT {

  private static final Queue<ApiSimulator> SIMULATORS = new ConcurrentLinkedQueue<>();
  private static final Queue<AllowPolicyClient> CLIENTS = new ConcurrentLinkedQueue<>();
  private static final Set<ApiSimulator> IN_USE = ConcurrentHashMap.newKeySet();

  private static EngineExecutionResults run(Class<?> tests, boolean parallel) {
    SIMULATORS.clear();
    CLIENTS.clear();
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "" + parallel)
        .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
        .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
        .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
        .execute();
  }

  private static void succeeds(EngineExecutionResults results, int tests) {
    results.testEvents().assertStatistics(count -> count.started(tests).succeeded(tests));
  }

  @Test
  void everyTestFindsTheSimulatorAsAtItsStart() {
    succeeds(run(Wasteful.class, false), 3);

    assertThat(SIMULATORS).hasSize(3);
    assertThat(Set.copyOf(SIMULATORS)).as("used again").hasSize(1);
    assertThat(Set.copyOf(CLIENTS)).hasSize(3);
  }

  @Test
  void theClientOfATestIsClosedAfterItAndTheSimulatorAtTheEnd() {
    succeeds(run(Wasteful.class, false), 3);

    for (AllowPolicyClient client : CLIENTS) {
      assertThatIllegalStateException()
          .isThrownBy(() -> client.list(new AccountId("any")).blockLast());
    }
    assertThat(SIMULATORS).allSatisfy(api -> assertThat(api.openConnections()).isZero());
  }

  @AllowfluxSimulator(policies = 7, seed = 3)
  static class Wasteful {
    private final ApiSimulator ofConstructor;

    Wasteful(ApiSimulator api) {
      ofConstructor = api;
    }

    @BeforeEach
    void isAsAtTheStart(ApiSimulator api, AllowPolicyClient client) {
      assertThat(api).isSameAs(ofConstructor);
      assertThat(api.requestCount()).isZero();
      assertThat(api.quotaLeft()).isEqualTo(1200);
      assertThat(api.size()).isEqualTo(7);
      SIMULATORS.add(api);
      CLIENTS.add(client);
    }

    @RepeatedTest(3)
    void usesUpWhatThereIs(ApiSimulator api, AllowPolicyClient client, AccountId account) {
      List<AllowPolicy> policies = client.list(account).collectList().block();
      assertThat(policies).hasSize(7);
      client.delete(account, policies.get(0).id()).block();
      api.spend(900);
    }
  }

  @Test
  void testsInParallelHaveSimulatorsOfTheirOwn() {
    succeeds(run(Parallel.class, true), 8);

    assertThat(Set.copyOf(SIMULATORS)).hasSizeBetween(2, 7);
  }

  @AllowfluxSimulator
  static class Parallel {
    private static final CountDownLatch TWO = new CountDownLatch(2);

    @RepeatedTest(8)
    void isAlone(ApiSimulator api, AllowPolicyClient client, AccountId account) throws Exception {
      SIMULATORS.add(api);
      assertThat(IN_USE.add(api)).isTrue();
      TWO.countDown();
      assertThat(TWO.await(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 20; i++) {
        client.list(account).blockLast();
      }
      assertThat(api.requestCount()).isEqualTo(20);
      assertThat(IN_USE.remove(api)).isTrue();
    }
  }

  @Test
  void theNearestAnnotationHolds() {
    succeeds(run(Outer.class, false), 4);
  }

  @AllowfluxSimulator(policies = 1)
  static class Outer {
    @Test
    void ofTheClass(ApiSimulator api) {
      assertThat(api.size()).isEqualTo(1);
    }

    @Test
    @AllowfluxSimulator(policies = 2, setup = Tenants.class)
    void ofTheMethod(ApiSimulator api, ClientSettings settings) {
      assertThat(api.size()).isEqualTo(2);
      assertThat(api.account("second").size()).isEqualTo(5);
      assertThat(api.quotaLeft()).isEqualTo(9);
      assertThat(settings).asString().contains("pageSize=10");
    }

    @Nested
    class Inner {
      @Test
      void ofTheClassAround(ApiSimulator api) {
        assertThat(api.size()).isEqualTo(1);
      }
    }

    @Nested
    @AllowfluxSimulator(policies = 3)
    class InnerWithItsOwn {
      @Test
      void ofTheInnerClass(ApiSimulator api) {
        assertThat(api.size()).isEqualTo(3);
      }
    }
  }

  static class Tenants implements SimulatorSetup {
    @Override
    public void simulator(ApiSimulatorBuilder simulator) {
      simulator
          .addAccount("second", "second-token", 5)
          .rateLimit(RateLimitRule.of(9, Duration.ofMinutes(5)));
    }

    @Override
    public void client(ClientSettings.Builder client) {
      client.pageSize(10).rateLimiter(ApiQuota.unlimited());
    }
  }

  @Test
  void aParameterThatBelongsToNoTestIsRefusedInOneLine() {
    run(Early.class, false)
        .containerEvents()
        .assertThatEvents()
        .haveExactly(
            1, event(finishedWithFailure(message(text -> text.contains("belongs to one test")))));
  }

  @AllowfluxSimulator
  static class Early {
    @BeforeAll
    static void tooEarly(ApiSimulator api) {
      assertThat(api).as("not reached").isNull();
    }

    @Test
    void isNotReached() {}
  }
}
