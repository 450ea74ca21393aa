package dev.allowflux.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.reactor.CallEvents.PageDelivery;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.util.context.Context;

/** What an observer hears of calls over sockets. */
@Timeout(240)
class CallEventsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final ApiSimulator api = ApiSimulator.builder().policies(2_500).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());
  private final Ledger ledger = new Ledger();

  @AfterEach
  void stop() {
    api.close();
  }

  private ClientSettings.Builder settings() {
    return ClientSettings.builder(Credential.apiToken(api.token()))
        .baseUrl(api.baseUrl())
        .rateLimiter(ApiQuota.unlimited())
        .retries(retries -> retries.firstBackoff(Duration.ofMillis(1)))
        .events(ledger);
  }

  /** Keeps, by call, what must come once. */
  private static class Ledger implements CallEvents {
    private final Map<Call, List<String>> calls = new ConcurrentHashMap<>();
    private final List<PageDelivery> pages = Collections.synchronizedList(new ArrayList<>());

    private void note(Call call, String what) {
      calls
          .computeIfAbsent(call, each -> Collections.synchronizedList(new ArrayList<>()))
          .add(what);
    }

    private boolean allEnded() {
      return calls.values().stream().allMatch(call -> call.toString().contains("ended"));
    }

    @Override
    public void started(Call call) {
      note(call, "started");
    }

    @Override
    public void sending(Call call, OutgoingRequest request) {
      request.header("traceparent", "attempt-" + request.attempt());
      note(call, "sending");
    }

    @Override
    public void attempted(Call call, AttemptEnd end) {
      note(call, "attempted " + end.status());
    }

    @Override
    public void ended(Call call, CallEnd end) {
      note(call, "ended " + end.outcome());
    }

    @Override
    public void page(PageDelivery page) {
      pages.add(page);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void headersOfAnObserverGoOutWithTheirAttemptAlone() {
    api.faults(FaultScript.inOrder(Fault.refusal(503, 1000), Fault.refusal(503, 1000)));
    try (AllowPolicyClient client = AllowPolicyClient.create(settings().build())) {
      client.get(account, new PolicyId(api.policyIds().get(0))).block(PATIENCE);
    }
    assertThat(api.requests())
        .extracting(request -> request.headers().get("traceparent"))
        .containsExactly(List.of("attempt-1"), List.of("attempt-2"), List.of("attempt-3"));
    assertThat(api.requests())
        .extracting(RecordedRequest::headers)
        .allSatisfy(
            headers ->
                assertThat(headers.get("authorization")).containsExactly("Bearer " + api.token()));
  }

  /** Takes part, or not, or cannot say. */
  private static CallEvents partner(BooleanSupplier active) {
    return new CallEvents() {
      @Override
      public boolean isActive() {
        return active.getAsBoolean();
      }
    };
  }

  @Test
  void callsAreReportedWhereAnObserverTakesPartWhenTheyStart() {
    AtomicBoolean active = new AtomicBoolean();
    Ledger sometimes =
        new Ledger() {
          @Override
          public boolean isActive() {
            return active.get();
          }
        };
    CallEvents broken =
        partner(
            () -> {
              throw new IllegalStateException("cannot say");
            });
    PolicyId id = new PolicyId(api.policyIds().get(0));
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings().events(broken.andThen(sometimes)).build())) {
      client.get(account, id).block(PATIENCE);
      assertThat(client.list(account).count().block(PATIENCE)).isEqualTo(2_500);
      assertThat(sometimes.calls).isEmpty();
      assertThat(sometimes.pages).hasSize(3);
      active.set(true);
      client.get(account, id).block(PATIENCE);
    }
    assertThat(sometimes.calls).hasSize(1);
    assertThat(api.requests().get(0).headers()).doesNotContainKey("traceparent");
  }

  @Test
  void oneObserverThatTakesPartIsEnoughForAll() {
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings().events(partner(() -> false).andThen(ledger)).build())) {
      client.get(account, new PolicyId(api.policyIds().get(0))).block(PATIENCE);
    }
    assertThat(ledger.calls).hasSize(1);
  }

  @Test
  void eachCallOfAListingIsReportedOnceAndEachPageThatIsTaken() {
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings().pageSize(500).readAhead(3).build())) {
      Long count =
          client.list(account).count().contextWrite(Context.of("key", "value")).block(PATIENCE);
      assertThat(count).isEqualTo(2_500);
    }
    await("the ends", ledger::allEnded);
    assertThat(ledger.pages).extracting(PageDelivery::policies).startsWith(500, 500, 500, 500, 500);
    assertThat(ledger.pages.stream().mapToInt(PageDelivery::policies).sum()).isEqualTo(2_500);
    assertThat(ledger.pages).filteredOn(PageDelivery::last).hasSize(1);
    assertThat(ledger.pages)
        .allSatisfy(
            page -> {
              assertThat(page.account()).isEqualTo(account);
              assertThat(page.traversal()).isEqualTo(Traversal.FAST);
              assertThat((String) page.context().get("key")).isEqualTo("value");
            });
    assertThat(ledger.calls.values())
        .as("one call for each request, and no attempt too many")
        .hasSize((int) api.requestCount())
        .allSatisfy(
            call ->
                assertThat(call)
                    .containsExactly("started", "sending", "attempted 200", "ended SUCCESS"));
  }

  @ParameterizedTest
  @EnumSource(Traversal.class)
  void whatIsDeliveredIsWhatTheObserverCounts(Traversal traversal) {
    List<Integer> sizes;
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings().pageSize(300).readAhead(4).build())) {
      sizes =
          client
              .traverse(account, AllowPolicyFilter.all(), traversal)
              .map(page -> page.policies().size())
              .collectList()
              .block(PATIENCE);
    }
    assertThat(ledger.pages).extracting(PageDelivery::policies).isEqualTo(sizes);
    assertThat(ledger.pages).extracting(PageDelivery::traversal).containsOnly(traversal);
  }

  @Test
  void everyCallThatStartedEndsWhenItsListingIsCancelled() {
    try (AllowPolicyClient client =
        AllowPolicyClient.create(settings().pageSize(10).readAhead(8).build())) {
      for (int i = 0; i < 30; i++) {
        client.pages(account, AllowPolicyFilter.all()).take(2).then().block(PATIENCE);
      }
      await("the ends", ledger::allEnded);
    }
    assertThat(ledger.pages).hasSize(60);
    assertThat(ledger.calls.values())
        .allSatisfy(
            call -> {
              assertThat(call).filteredOn("started"::equals).hasSize(1);
              assertThat(call).filteredOn(what -> what.startsWith("ended")).hasSize(1);
              assertThat(call).filteredOn("sending"::equals).hasSizeLessThanOrEqualTo(1);
              assertThat(call.stream().filter(what -> what.startsWith("attempted")).count())
                  .isEqualTo(call.stream().filter("sending"::equals).count());
              assertThat(call.get(call.size() - 1)).startsWith("ended");
            });
  }
}
