package dev.allowflux.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.Fault.Point;
import dev.allowflux.simulator.FaultScript;
import io.micrometer.common.KeyValue;
import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** What is observed of calls over sockets. */
@Timeout(240)
class CallObservationsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final Stopped stopped = new Stopped();
  private final CallObservations observations = CallObservations.of(registry);
  private final ApiSimulator api = ApiSimulator.builder().policies(30).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());
  private final PolicyId id = new PolicyId(api.policyIds().get(0));
  private AllowPolicyClient client = client(observations);

  CallObservationsIT() {
    registry.observationConfig().observationHandler(stopped);
  }

  /** Keeps the contexts in the order in which they stopped. */
  private static final class Stopped implements ObservationHandler<Observation.Context> {
    private final Queue<Observation.Context> contexts = new ConcurrentLinkedQueue<>();

    @Override
    public void onStop(Observation.Context context) {
      contexts.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }

    private <C extends Observation.Context> List<C> of(Class<C> kind) {
      return contexts.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
  }

  private AllowPolicyClient client(CallObservations events) {
    return AllowPolicyClient.create(
        ClientSettings.builder(Credential.apiToken(api.token()))
            .baseUrl(api.baseUrl())
            .rateLimiter(ApiQuota.unlimited())
            .retries(retries -> retries.firstBackoff(Duration.ZERO))
            .pageSize(10)
            .events(events)
            .build());
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
    assertThat(observations.callsUnderWay()).as("calls that are kept").isZero();
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: " + what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static String value(Observation.Context context, String key) {
    return Stream.of(
            context.getLowCardinalityKeyValue(key), context.getHighCardinalityKeyValue(key))
        .filter(found -> found != null)
        .map(KeyValue::getValue)
        .findFirst()
        .orElse(null);
  }

  @Test
  void aCallIsObservedOnceAndEachAttemptBelowIt() {
    api.faults(FaultScript.inOrder(Fault.refusal(503, 1000), Fault.fin(Point.BEFORE_HEADERS)));
    client.get(account, id).block(PATIENCE);
    TestObservationRegistryAssert.assertThat(registry)
        .doesNotHaveAnyRemainingCurrentObservation()
        .hasNumberOfObservationsEqualTo(4)
        .hasObservationWithNameEqualTo("allowflux.call")
        .that()
        .hasBeenStarted()
        .hasBeenStopped()
        .doesNotHaveError()
        .doesNotHaveParentObservation()
        .hasContextualNameEqualTo("get allow policy")
        .hasLowCardinalityKeyValue("allowflux.operation", "get")
        .hasLowCardinalityKeyValue("allowflux.outcome", "success")
        .hasLowCardinalityKeyValue("error.type", "none")
        .hasHighCardinalityKeyValue("allowflux.account", account.value())
        .hasHighCardinalityKeyValue("allowflux.policy", id.value())
        .hasHighCardinalityKeyValue("allowflux.attempts", "3");
    List<AttemptObservationContext> attempts = stopped.of(AttemptObservationContext.class);
    assertThat(attempts).hasSize(3);
    assertThat(attempts)
        .allSatisfy(
            attempt -> {
              assertThat(attempt.getParentObservation().getContextView())
                  .isInstanceOf(CallObservationContext.class);
              assertThat(attempt.getContextualName())
                  .isEqualTo(
                      "GET /client/v4/accounts/{account_id}/email-security/settings"
                          + "/allow_policies/{policy_id}");
              assertThat(value(attempt, "server.address")).isEqualTo("127.0.0.1");
              assertThat(value(attempt, "server.port")).isEqualTo(Integer.toString(api.port()));
            });
    assertThat(attempts)
        .extracting(attempt -> value(attempt, "http.response.status_code"))
        .containsExactly("503", "none", "200");
    assertThat(attempts)
        .extracting(attempt -> value(attempt, "error.type"))
        .containsExactly("503", "Unavailable", "none");
    assertThat(attempts)
        .extracting(attempt -> value(attempt, "http.request.resend_count"))
        .containsExactly(null, "1", "2");
    assertThat(value(attempts.get(2), "cf.ray")).isNotBlank();
    assertThat(attempts.get(0).getError()).isNotNull();
  }

  @Test
  void everySeriesOfAMeterHasTheSameKeys() {
    client.get(account, id).block(PATIENCE);
    client.get(account, new PolicyId("none")).onErrorComplete().block(PATIENCE);
    client.list(account).blockLast(PATIENCE);
    assertThat(stopped.of(CallObservationContext.class))
        .hasSizeGreaterThan(4)
        .allSatisfy(
            call ->
                assertThat(call.getLowCardinalityKeyValues())
                    .extracting(KeyValue::getKey)
                    .containsExactlyInAnyOrder(
                        "allowflux.operation", "allowflux.outcome", "error.type"));
    assertThat(stopped.of(AttemptObservationContext.class))
        .hasSizeGreaterThan(4)
        .allSatisfy(
            attempt ->
                assertThat(attempt.getLowCardinalityKeyValues())
                    .extracting(KeyValue::getKey)
                    .containsExactlyInAnyOrder(
                        "http.request.method",
                        "http.response.status_code",
                        "server.address",
                        "server.port",
                        "url.template",
                        "error.type"));
  }

  @Test
  void aRefusalIsTheErrorOfTheCallAndOfItsAttempt() {
    client.get(account, new PolicyId("none")).onErrorComplete().block(PATIENCE);
    CallObservationContext call = stopped.of(CallObservationContext.class).get(0);
    assertThat(call.getError()).isNotNull();
    assertThat(value(call, "allowflux.outcome")).isEqualTo("rejected");
    assertThat(value(call, "error.type")).isEqualTo("Rejected");
    assertThat(value(stopped.of(AttemptObservationContext.class).get(0), "error.type"))
        .isEqualTo("404");
  }

  @Test
  void aCancelledCallIsStoppedWithItsAttempt() {
    api.faults(FaultScript.inOrder(Fault.hang(Point.BEFORE_HEADERS)));
    Disposable call = client.get(account, id).subscribe();
    await("the request", () -> api.requestCount() == 1);
    call.dispose();
    await("the end", () -> stopped.contexts.size() == 2);
    assertThat(value(stopped.of(CallObservationContext.class).get(0), "allowflux.outcome"))
        .isEqualTo("cancelled");
    AttemptObservationContext attempt = stopped.of(AttemptObservationContext.class).get(0);
    assertThat(value(attempt, "error.type")).isEqualTo("cancelled");
    assertThat(value(attempt, "http.response.status_code")).isEqualTo("none");
  }

  @Test
  void theCallsOfAListingHangOnTheSubscribersObservation() {
    Observation job = Observation.start("job", registry);
    Flux.defer(() -> client.pages(account, AllowPolicyFilter.all()))
        .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, job))
        .blockLast(PATIENCE);
    await("the calls", () -> stopped.of(CallObservationContext.class).size() >= 3);
    job.stop();
    assertThat(stopped.of(CallObservationContext.class))
        .allSatisfy(
            call ->
                assertThat(call.getParentObservation().getContextView().getName())
                    .isEqualTo("job"));
    assertThat(stopped.contexts)
        .extracting(Observation.Context::getName)
        .containsOnly("job", "allowflux.call", "http.client.request.duration");
  }

  @Test
  void theObservationOfTheSubscribersThreadIsTheParentWhereNoContextHasOne() {
    Observation.createNotStarted("caller", registry)
        .observe(() -> client.get(account, id).block(PATIENCE));
    assertThat(
            stopped
                .of(CallObservationContext.class)
                .get(0)
                .getParentObservation()
                .getContextView()
                .getName())
        .isEqualTo("caller");
  }

  @Test
  void aCapturedContextCarriesTheParentToAnotherThread() {
    assertThat(CallObservations.PARENT).isEqualTo(ObservationThreadLocalAccessor.KEY);
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor(new ObservationThreadLocalAccessor(registry));
    Observation.createNotStarted("caller", registry)
        .observe(
            () ->
                client
                    .get(account, id)
                    .subscribeOn(Schedulers.parallel())
                    .contextCapture()
                    .block(PATIENCE));
    assertThat(
            stopped
                .of(CallObservationContext.class)
                .get(0)
                .getParentObservation()
                .getContextView()
                .getName())
        .isEqualTo("caller");
  }

  @Test
  void namesCanBeReplaced() {
    client.close();
    client =
        client(
            observations
                .withCallConvention(
                    new DefaultCallObservationConvention() {
                      @Override
                      public String getName() {
                        return "policies.call";
                      }
                    })
                .withAttemptConvention(
                    new DefaultAttemptObservationConvention() {
                      @Override
                      public String getName() {
                        return "http.client.requests";
                      }
                    }));
    client.get(account, id).block(PATIENCE);
    assertThat(stopped.contexts)
        .extracting(Observation.Context::getName)
        .containsExactlyInAnyOrder("http.client.requests", "policies.call");
  }

  @Test
  void aRegistryThatObservesNothingKeepsNothing() {
    CallObservations off = CallObservations.of(ObservationRegistry.NOOP);
    try (AllowPolicyClient silent = client(off)) {
      silent.get(account, id).block(PATIENCE);
    }
    assertThat(off.isActive()).isFalse();
    assertThat(off.callsUnderWay()).isZero();
    assertThat(api.requests().get(0).headers()).doesNotContainKey("traceparent");
  }
}
