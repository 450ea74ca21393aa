package dev.allowflux.reactor.internal.call;

import static dev.allowflux.reactor.internal.call.ScriptedTransport.answer;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.deleted;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.lost;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.never;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.policy;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.refusal;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.unreachable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.Sent;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.Method;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.Internals;
import dev.allowflux.reactor.TrustedSenders;
import dev.allowflux.reactor.internal.call.CallGate.Permit;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

@Timeout(240)
class CallPipelineTest {

  private static final AccountId ACCOUNT = new AccountId("account");
  private static final PolicyId ID = new PolicyId("p1");
  private static final NewAllowPolicy NEW =
      TrustedSenders.of("a@b.example", PatternType.EMAIL).build();

  private final ScriptedTransport wire = new ScriptedTransport();
  private VirtualTime time;
  private ApiQuota quota;

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
    quota = ApiQuota.builder().clock(time.nanos()).build();
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  private ClientSettings.Builder settings() {
    return ClientSettings.builder(Credential.apiToken("canary-token")).rateLimiter(quota);
  }

  private static ApiCall<AllowPolicy> get() {
    return ApiCall.of(ApiCalls.get(ACCOUNT, ID), ResponseReader.get(ID), "look");
  }

  private static ApiCall<AllowPolicy> create() {
    return ApiCall.of(ApiCalls.create(ACCOUNT, NEW), ResponseReader.create(NEW), "look");
  }

  private static ApiCall<AllowPolicy> edit() {
    AllowPolicyEdit edit = AllowPolicyEdit.builder().comments("x").build();
    return ApiCall.of(ApiCalls.edit(ACCOUNT, ID, edit), ResponseReader.edit(ID, edit), "look");
  }

  private static ApiCall<PolicyId> delete() {
    return ApiCall.of(ApiCalls.delete(ACCOUNT, ID), ResponseReader.delete(ID), "look")
        .about(ID)
        .confirmedWhenGone(ID);
  }

  private static ApiCall<?> batch() {
    AllowPolicyBatch batch = AllowPolicyBatch.builder().delete(ID).build();
    return ApiCall.of(ApiCalls.batch(ACCOUNT, batch), ResponseReader.batch(batch), "look");
  }

  static Stream<ApiCall<?>> every() {
    return Stream.of(get(), create(), edit(), delete(), batch());
  }

  static Stream<ApiCall<?>> idempotent() {
    return Stream.of(get(), edit(), delete());
  }

  static Stream<ApiCall<?>> notIdempotent() {
    return Stream.of(create(), batch());
  }

  private <T> Mono<ApiResult<T>> run(ApiCall<T> call) {
    return run(call, settings().build());
  }

  private <T> Mono<ApiResult<T>> run(ApiCall<T> call, ClientSettings settings) {
    return Internals.pipeline(settings, wire).call(call, CallPipeline.NO_DEADLINE);
  }

  private <T> TestSubscriber<ApiResult<T>> start(Mono<ApiResult<T>> call) {
    TestSubscriber<ApiResult<T>> subscriber = TestSubscriber.create();
    call.subscribe(subscriber);
    return subscriber;
  }

  @Test
  void aBatchThatWasGivenUpKeepsItsPlaceInTheQuotaForItsOwnLongerLimit() {
    Duration window = Duration.ofSeconds(10);
    for (ApiCall<?> given : List.of(edit(), batch())) {
      ApiQuota one = ApiQuota.builder().quota(1).window(window).clock(time.nanos()).build();
      ClientSettings settings = settings().rateLimiter(one).build();
      Duration limit = Internals.attemptTimeout(settings, given.request().operation());
      ScriptedTransport lost = new ScriptedTransport().then(never());
      TestSubscriber<?> sent =
          start(Internals.pipeline(settings, lost).call(given, CallPipeline.NO_DEADLINE));
      sent.cancel();
      ScriptedTransport next = new ScriptedTransport().then(policy());
      TestSubscriber<?> waiting =
          start(Internals.pipeline(settings, next).call(get(), CallPipeline.NO_DEADLINE));
      time.advance(limit.plus(window).minusSeconds(1));
      assertThat(next.sent).as("while it may still arrive").isEmpty();
      time.advance(Duration.ofSeconds(2));
      assertThat(next.sent).as("a window after it may have arrived").hasSize(1);
      assertThat(waiting.isTerminated()).isTrue();
    }
  }

  /** Runs a call through all its waits. */
  private <T> TestSubscriber<ApiResult<T>> finish(Mono<ApiResult<T>> call) {
    TestSubscriber<ApiResult<T>> subscriber = start(call);
    for (int i = 0; i < 1_000 && !subscriber.isTerminated(); i++) {
      time.advance(Duration.ofSeconds(1));
    }
    return subscriber;
  }

  private static <E extends EmailSecurityException> E failure(
      TestSubscriber<?> subscriber, Class<E> kind) {
    assertThat(subscriber.isTerminatedError()).as("failed").isTrue();
    assertThat(subscriber.expectTerminalError()).isInstanceOf(kind);
    return kind.cast(subscriber.expectTerminalError());
  }

  private void allPermitsAreBack() {
    assertThat(Internals.gate(quota).outstanding()).as("permits out").isZero();
    assertThat(Internals.gate(quota).waiting()).as("calls waiting").isZero();
  }

  @ParameterizedTest
  @MethodSource("every")
  void nothingIsSentBeforeSubscriptionAndEachSubscriptionSendsItsOwn(ApiCall<?> call) {
    wire.then(refusal(400, 1000));
    Mono<?> mono = run(call);
    assertThat(wire.sent).isEmpty();
    StepVerifier.create(mono).expectError(Rejected.class).verify(Duration.ofSeconds(5));
    StepVerifier.create(mono).expectError(Rejected.class).verify(Duration.ofSeconds(5));
    assertThat(wire.sent).hasSize(2);
    allPermitsAreBack();
  }

  @ParameterizedTest
  @MethodSource("idempotent")
  void idempotentCallsAreTriedFourTimesAfterALoss(ApiCall<?> call) {
    wire.then(lost());
    EmailSecurityException failure = failure(finish(run(call)), EmailSecurityException.class);
    assertThat(wire.sent).hasSize(4);
    assertThat(failure.details().attempts()).hasSize(4);
    assertThat(failure)
        .isInstanceOf(
            call.request().operation().isWrite() ? OutcomeUnknown.class : Unavailable.class);
    allPermitsAreBack();
  }

  @ParameterizedTest
  @MethodSource("notIdempotent")
  void createAndBatchAreSentOnceWhenTheirOutcomeIsUnknown(ApiCall<?> call) {
    wire.then(lost());
    OutcomeUnknown failure = failure(finish(run(call)), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(1);
    assertThat(failure.hint()).isEqualTo("look");
    assertThat(failure.details().attempts()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504, 520, 530, 408})
  void aServerErrorLeavesACreateInDoubtAndARetriedEditToo(int status) {
    wire.then(answer(status, "<html>gateway</html>"));
    failure(finish(run(create())), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(1);
    failure(finish(run(edit())), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(5);
    Unavailable read = failure(finish(run(get())), Unavailable.class);
    assertThat(read.details().status()).isEqualTo(status);
    assertThat(wire.sent).hasSize(9);
  }

  @ParameterizedTest
  @MethodSource("every")
  void whatWasNotSentIsRepeatedForEveryOperation(ApiCall<?> call) {
    wire.then(unreachable());
    Unavailable failure = failure(finish(run(call)), Unavailable.class);
    assertThat(wire.subscribed).isEqualTo(4);
    assertThat(wire.sent).isEmpty();
    assertThat(failure.details().requestSent()).isEqualTo(Sent.NO);
    assertThat(Internals.gate(quota).available()).as("unused permits went back").isEqualTo(1200);
    allPermitsAreBack();
  }

  @ParameterizedTest
  @MethodSource("every")
  void aRefusalForRateIsRepeatedForEveryOperation(ApiCall<?> call) {
    wire.then(answer(429, "", "retry-after", "7"), refusal(404, 1003));
    TestSubscriber<?> subscriber = start(run(call));
    time.advance(Duration.ofMillis(6_999));
    assertThat(wire.sent).hasSize(1);
    time.advance(Duration.ofMillis(1));
    assertThat(wire.sent).hasSize(2);
    failure(subscriber, Rejected.class);
    allPermitsAreBack();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 400, 401, 403, 404, 409, 422, 501, 505})
  void otherRefusalsAreNeverRepeated(int status) {
    every()
        .forEach(
            call -> {
              wire.sent.clear();
              wire.then(refusal(status, 1000));
              Rejected failure = failure(finish(run(call)), Rejected.class);
              assertThat(wire.sent).as(call.request().operation() + " " + status).hasSize(1);
              assertThat(failure.details().status()).isEqualTo(status);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "<html>", "{\"success\":true,\"result\":null}", "[]", "\"x\""})
  void aReadThatCannotBeReadIsRepeatedAndAWriteIsInDoubt(String body) {
    wire.then(answer(200, body));
    failure(finish(run(get())), Malformed.class);
    assertThat(wire.sent).hasSize(4);
    wire.sent.clear();
    failure(finish(run(create())), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void aRepeatedReadSucceeds() {
    wire.then(lost(), answer(503, ""), answer(200, "{"), policy());
    TestSubscriber<ApiResult<AllowPolicy>> subscriber = finish(run(get()));
    assertThat(subscriber.expectTerminalSignal().isOnComplete()).isTrue();
    assertThat(subscriber.getReceivedOnNext().get(0).value().id()).isEqualTo(ID);
    assertThat(wire.sent).hasSize(4);
  }

  @Test
  void a404AfterALostDeleteCountsAsDone() {
    wire.then(lost(), refusal(404, 1003));
    TestSubscriber<ApiResult<PolicyId>> subscriber = finish(run(delete()));
    assertThat(subscriber.getReceivedOnNext()).hasSize(1);
    assertThat(subscriber.getReceivedOnNext().get(0).value()).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 409, 422})
  void aRefusedRepetitionLeavesTheLostAttemptInDoubt(int status) {
    wire.then(lost(), refusal(status, 1003));
    OutcomeUnknown failure = failure(finish(run(edit())), OutcomeUnknown.class);
    assertThat(failure.details().status()).isEqualTo(status);
    assertThat(failure.getCause()).isInstanceOf(Rejected.class);
    assertThat(failure.details().attempts()).hasSize(2);
  }

  @Test
  void a404AfterADeleteThatWasNeverSentIsNotFound() {
    wire.then(unreachable(), refusal(404, 1003));
    failure(finish(run(delete())), Rejected.class);
  }

  @Test
  void aLostEditThatLaterIsThrottledStaysUnconfirmed() {
    wire.then(lost(), answer(429, "", "retry-after", "120"));
    ClientSettings settings =
        settings().timeouts(limits -> limits.operation(Duration.ofMinutes(1))).build();
    failure(finish(run(edit(), settings)), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(2);
  }

  @Test
  void aNamedWaitBeyondTheTimeLimitFailsAtOnceAndSaysWhen() {
    wire.then(answer(429, "", "retry-after", "120"));
    List<String> seen = new ArrayList<>();
    ClientSettings settings =
        settings()
            .timeouts(limits -> limits.operation(Duration.ofMinutes(1)))
            .events(noting(seen))
            .build();
    TestSubscriber<?> subscriber = start(run(create(), settings));
    Throttled failure = failure(subscriber, Throttled.class);
    assertThat(failure.details().status()).isEqualTo(429);
    assertThat(failure.details().retryAfter()).isEqualTo(Duration.ofMinutes(2));
    assertThat(seen).as("no retry is notified that is not made").containsExactly("attempt 1 429");
    assertThat(failure.details().attempts()).hasSize(1);
    assertThat(wire.sent).hasSize(1);
    allPermitsAreBack();
  }

  @Test
  void aCallThatAPauseHoldsBackCarriesTheStatusAndTheWaitOfThe429() {
    wire.then(answer(429, "", "retry-after", "120", "cf-ray", "8f00-FRA"));
    ClientSettings settings =
        settings().timeouts(limits -> limits.operation(Duration.ofMinutes(1))).build();
    start(run(get(), settings));
    time.advance(Duration.ofSeconds(20));
    Throttled held = failure(start(run(create(), settings)), Throttled.class);
    assertThat(held.details().status()).isEqualTo(429);
    assertThat(held.details().retryAfter()).isEqualTo(Duration.ofSeconds(100));
    assertThat(held.details().requestSent()).isEqualTo(Sent.NO);
    assertThat(held.details().attempts()).isEmpty();
  }

  @Test
  void aRetryThatThePauseHoldsBackCarriesItsOwn429() {
    quota = ApiQuota.builder().maxWaiting(1).clock(time.nanos()).build();
    wire.then(
        (request, onSend) -> {
          onSend.run();
          start(run(create(), settings().build()));
          return answer(429, "", "retry-after", "5", "cf-ray", "8f00-FRA").play(request, () -> {});
        },
        answer(429, "", "retry-after", "5", "cf-ray", "8f01-FRA"));
    Throttled own = failure(start(run(get(), settings().build())), Throttled.class);
    assertThat(own).hasMessageContaining("too many calls wait");
    assertThat(own.details().status()).isEqualTo(429);
    assertThat(own.details().retryAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(own.details().cfRay()).isEqualTo("8f00-FRA");
    assertThat(own.details().attempts()).hasSize(1);
  }

  /** An observer that writes down what it is notified of. */
  private static CallEvents noting(List<String> seen) {
    return new CallEvents() {
      @Override
      public void waiting(Call call, WaitReason reason, Duration expected) {
        seen.add("waiting " + reason);
      }

      @Override
      public void attempted(Call call, AttemptEnd end) {
        seen.add("attempt " + end.number() + " " + end.status());
      }

      @Override
      public void retrying(
          Call call, int attempt, Duration backoff, EmailSecurityException failure) {
        seen.add("retry " + attempt);
      }
    };
  }

  @Test
  void aResultThatIsTakenAndCancelledIsOneAttempt() {
    List<String> seen = new ArrayList<>();
    wire.then(policy());
    ClientSettings settings = settings().events(noting(seen)).build();
    StepVerifier.create(run(get(), settings).flux().take(1)).expectNextCount(1).verifyComplete();
    StepVerifier.create(run(get(), settings).flux(), 1).expectNextCount(1).thenCancel().verify();
    assertThat(seen).containsExactly("attempt 1 200", "attempt 1 200");
    allPermitsAreBack();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html>too many</html>"})
  void aWaitOfDaysThatSomethingInBetweenNamesEndsWithTheDocumentedBlock(String body) {
    wire.then(answer(429, body, "retry-after", "999999999"), policy());
    TestSubscriber<?> call = start(run(get()));
    time.advance(Duration.ofMillis(299_999));
    assertThat(wire.sent).hasSize(1);
    time.advance(Duration.ofMillis(1));
    assertThat(call.isTerminatedComplete()).isTrue();
  }

  @Test
  void aQuotaThatIsNotTheServicesHoldsNobodyBack() {
    wire.then(answer(404, "<html>", "ratelimit", "\"default\";r=0;t=999999999"), policy());
    failure(start(run(get())), Rejected.class);
    assertThat(start(run(get())).isTerminatedComplete()).isTrue();
  }

  @Test
  void aQuotaWithAResetInYearsHoldsNobodyBackForLongerThanTheDocumentedBlock() {
    wire.then(
        answer(
            404,
            "{\"success\":false,\"errors\":[],\"result\":null}",
            "ratelimit",
            "\"default\";r=0;t=999999999"),
        policy());
    failure(start(run(get())), Rejected.class);
    TestSubscriber<?> next = start(run(get()));
    assertThat(wire.sent).hasSize(1);
    time.advance(Duration.ofSeconds(301));
    assertThat(next.isTerminatedComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"success\":true,\"result\":null}",
        "{\"success\":true}",
        "{\"success\":true,\"result\":{}}",
        "{\"result\":{\"id\":\"p1\"}}",
        "{\"success\":true,\"result\":{\"id\":\"p2\",\"created_at\":"
            + "\"2026-01-01T00:00:00Z\",\"comments\":\"x\"}}",
        "{\"success\":true,\"result\":{\"id\":\"p1\",\"created_at\":"
            + "\"2026-01-01T00:00:00Z\",\"comments\":\"y\"}}"
      })
  void aWellFormedResponseThatDoesNotSayWhatWasRequestedIsNoReasonToSendAWriteAgain(String body) {
    wire.then(answer(200, body));
    failure(finish(run(edit())), OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>not found</html>",
        "{}",
        "{\"errors\":[{\"code\":1003,\"message\":\"no\"}]}",
        "{\"success\":false,\"errors\":[]}",
        "{\"success\":false,\"errors\":[\"not found\"]}",
        "{\"success\":false,\"errors\":[{\"code\":7000,\"message\":\"no route\"}]}",
        "{\"success\":false,\"errors\":[{\"code\":7003,\"message\":\"no object\"}]}"
      })
  void a404ThatIsNotTheServicesProvesNoDeletion(String body) {
    wire.then(lost(), answer(404, body));
    OutcomeUnknown failure = failure(finish(run(delete())), OutcomeUnknown.class);
    assertThat(failure.details().status()).isEqualTo(404);
  }

  @Test
  void closingEndsEveryWaitAtOnce() {
    wire.then(policy());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    quota.drainPermissions();
    TestSubscriber<?> waiting = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(waiting.isTerminated()).isFalse();
    pipeline.close();
    assertThat(waiting.expectTerminalError()).isInstanceOf(IllegalStateException.class);
    allPermitsAreBack();
  }

  @Test
  void closingEndsAWaitForTheUsersOwnLimiterAndSendsNothing() {
    wire.then(policy());
    RateLimiter own =
        RateLimiter.of(
            "own",
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofMinutes(1))
                .timeoutDuration(Duration.ofMinutes(5))
                .build());
    assertThat(own.acquirePermission()).isTrue();
    CallPipeline pipeline = Internals.pipeline(settings().rateLimiter(own).build(), wire);
    TestSubscriber<?> waiting = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(waiting.isTerminated()).isFalse();
    pipeline.close();
    assertThat(waiting.expectTerminalError()).isInstanceOf(IllegalStateException.class);
    time.advance(Duration.ofMinutes(10));
    assertThat(wire.sent).isEmpty();
  }

  /** A status, a body, and headers that would silence a client for years or confuse its clock. */
  static Stream<ScriptedTransport.Step> unbelievable() {
    String proxy = "<html>not found</html>";
    String refusal = "{\"success\":false,\"errors\":[{\"code\":1003,\"message\":\"no\"}]}";
    String date = "Sat, 21 Nov 2026 08:00:00 GMT";
    List<ScriptedTransport.Step> steps = new ArrayList<>();
    for (int status : new int[] {404, 403, 429, 503}) {
      for (String body : List.of(proxy, refusal, "")) {
        steps.add(answer(status, body, "ratelimit", "\"default\";r=0;t=999999999"));
        steps.add(answer(status, body, "ratelimit", "\"default\";r=0;t=-1"));
        for (String wait :
            List.of(
                "1000000000",
                "99999999999999999999",
                "-1",
                "-99999999999999999999",
                "1e9",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Sat, 01 Jan 0000 00:00:00 GMT",
                "Thu, 01 Jan 1970 00:00:00 GMT")) {
          steps.add(answer(status, body, "retry-after", wait, "date", date));
          steps.add(answer(status, body, "retry-after", wait));
        }
      }
    }
    steps.add(
        answer(
            200,
            "{\"success\":true,\"errors\":[],\"result\":{\"id\":\"p1\",\"created_at\":"
                + "\"2026-01-01T00:00:00Z\"}}",
            "ratelimit",
            "\"default\";r=0;t=999999999"));
    return steps.stream();
  }

  @ParameterizedTest
  @MethodSource("unbelievable")
  void whateverHeadersSayOneCallAsksAgainAfterTheDocumentedTime(ScriptedTransport.Step step) {
    wire.then(step, policy());
    CallPipeline pipeline =
        Internals.pipeline(settings().retries(retries -> retries.maxAttempts(1)).build(), wire);
    TestSubscriber<?> first = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(first.isTerminated()).isTrue();
    TestSubscriber<?> second = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    // The block, and the second that a reset may have been rounded down by.
    time.advance(Duration.ofSeconds(301));
    assertThat(second.isTerminated()).isTrue();
    assertThat(second.expectTerminalSignal().getThrowable()).isNull();
    assertThat(wire.sent).hasSize(2);
  }

  @Test
  void closingLeavesALostWriteUnconfirmed() {
    wire.then(lost());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    TestSubscriber<?> backoff = start(pipeline.call(edit(), CallPipeline.NO_DEADLINE));
    pipeline.close();
    failure(backoff, OutcomeUnknown.class);
    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void anotherCallIsHeldBackByThePauseThatTheFirstOneMet() {
    wire.then(answer(429, "", "retry-after", "60"), policy());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(wire.sent).hasSize(1);
    time.advance(Duration.ofSeconds(59));
    assertThat(wire.sent).hasSize(1);
    time.advance(Duration.ofSeconds(1));
    assertThat(wire.sent).hasSize(3);
  }

  @Test
  void theTimeLimitEndsACallInEveryPhase() {
    ClientSettings settings =
        settings().timeouts(limits -> limits.operation(Duration.ofSeconds(20))).build();
    wire.then(never());
    TestSubscriber<?> read = start(run(get(), settings));
    TestSubscriber<?> write = start(run(create(), settings));
    time.advance(Duration.ofSeconds(20));
    failure(read, Unavailable.class);
    failure(write, OutcomeUnknown.class);
    assertThat(wire.cancelled).isEqualTo(2);
    quota.drainPermissions();
    Throttled waiting = failure(start(run(get(), settings)), Throttled.class);
    assertThat(waiting.details().retryAfter()).isNotNull();
    allPermitsAreBack();
  }

  @Test
  void zeroMeansNoTimeLimit() {
    ClientSettings settings =
        settings().timeouts(limits -> limits.operation(Duration.ZERO)).build();
    wire.then(never());
    TestSubscriber<?> call = start(run(get(), settings));
    time.advance(Duration.ofDays(10));
    assertThat(call.isTerminated()).isFalse();
    call.cancel();
    allPermitsAreBack();
  }

  @Test
  void aCallThatIsCancelledBeforeAnyDemandGivesItsPermitBack() {
    wire.then(never());
    TestSubscriber<Object> idle = TestSubscriber.builder().initialRequest(0).build();
    run(get()).cast(Object.class).subscribe(idle);
    idle.cancel();
    assertThat(Internals.gate(quota).outstanding()).isZero();
  }

  @Test
  void cancelEndsEveryWaitAtOnce() {
    wire.then(never());
    TestSubscriber<?> inFlight = start(run(get()));
    inFlight.cancel();
    assertThat(wire.cancelled).isEqualTo(1);

    wire.then(lost());
    start(run(get())).cancel();
    ScriptedTransport failing = new ScriptedTransport().then(lost());
    TestSubscriber<ApiResult<AllowPolicy>> backoff = TestSubscriber.create();
    Internals.pipeline(settings().build(), failing)
        .call(get(), CallPipeline.NO_DEADLINE)
        .subscribe(backoff);
    assertThat(failing.sent).hasSize(1);
    backoff.cancel();
    time.advance(Duration.ofMinutes(1));
    assertThat(failing.sent).hasSize(1);

    quota.drainPermissions();
    int sent = wire.sent.size();
    TestSubscriber<?> waiting = start(run(get()));
    assertThat(Internals.gate(quota).waiting()).isEqualTo(1);
    waiting.cancel();
    time.advance(Duration.ofMinutes(10));
    assertThat(wire.sent).hasSize(sent);
    allPermitsAreBack();
  }

  @Test
  void eachAttemptTakesAPermitOfItsOwn() {
    wire.then(lost());
    finish(run(get()));
    assertThat(Internals.gate(quota).available()).isEqualTo(1196);
  }

  @Test
  void anOutageCostsSomeTensOfExtraCallsAndNotAMultiple() {
    wire.then(answer(503, ""));
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    for (int i = 0; i < 500; i++) {
      finish(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    }
    assertThat(wire.sent.size() - 500).isBetween(30, 40);
  }

  @Test
  void backoffIsBoundedInAll() {
    ClientSettings settings =
        settings()
            .retries(retries -> retries.maxAttempts(100).maxBackoff(Duration.ofSeconds(10)))
            .build();
    wire.then(lost());
    TestSubscriber<?> call = start(run(get(), settings));
    time.advance(Duration.ofSeconds(11));
    failure(call, Unavailable.class);
  }

  @Test
  void aCallersOwnLimiterIsAskedAndItsWaitEndsOnCancel() {
    RateLimiter own =
        RateLimiter.of(
            "own",
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofHours(1))
                .timeoutDuration(Duration.ofHours(2))
                .build());
    ClientSettings settings =
        settings().rateLimiter(own).timeouts(limits -> limits.operation(Duration.ZERO)).build();
    wire.then(policy());
    CallPipeline pipeline = Internals.pipeline(settings, wire);
    StepVerifier.create(pipeline.call(get(), CallPipeline.NO_DEADLINE))
        .expectNextCount(1)
        .expectComplete()
        .verify(Duration.ofSeconds(5));
    TestSubscriber<?> waiting = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(wire.sent).hasSize(1);
    waiting.cancel();
    time.advance(Duration.ofHours(3));
    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void aClosedPipelineSendsNothingMore() {
    wire.then(lost());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    TestSubscriber<?> backoff = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    pipeline.close();
    assertThat(backoff.expectTerminalError()).isInstanceOf(IllegalStateException.class);
    assertThat(wire.sent).hasSize(1);
    StepVerifier.create(pipeline.call(get(), CallPipeline.NO_DEADLINE))
        .expectError(IllegalStateException.class)
        .verify(Duration.ofSeconds(5));
    allPermitsAreBack();
  }

  @Test
  void theSubscribersContextReachesTheObserver() {
    List<String> seen = new ArrayList<>();
    CallEvents events =
        new CallEvents() {
          @Override
          public void waiting(Call call, WaitReason reason, Duration expected) {
            seen.add("waiting " + key(call.context()));
          }

          @Override
          public void attempted(Call call, AttemptEnd end) {
            seen.add("attempted " + key(call.context()));
          }

          @Override
          public void retrying(
              Call call, int attempt, Duration backoff, EmailSecurityException failure) {
            seen.add("retrying " + key(call.context()));
          }

          private String key(ContextView context) {
            return context.get("key");
          }
        };
    wire.then(answer(429, "", "retry-after", "1"), policy());
    finish(run(get(), settings().events(events).build()).contextWrite(Context.of("key", "value")));
    assertThat(seen)
        .containsExactly("attempted value", "retrying value", "waiting value", "attempted value");
  }

  @Test
  void anObserverThatFailsDoesNotFailTheCall() {
    CallEvents events =
        new CallEvents() {
          @Override
          public void attempted(Call call, AttemptEnd end) {
            throw new IllegalStateException("observer");
          }
        };
    wire.then(policy());
    StepVerifier.create(run(get(), settings().events(events).build()))
        .expectNextCount(1)
        .expectComplete()
        .verify(Duration.ofSeconds(5));
  }

  @Test
  void theTraceNamesTheOperation() {
    wire.then(refusal(404, 1003));
    assertThatThrownBy(() -> run(delete()).block(Duration.ofSeconds(5)))
        .isInstanceOf(Rejected.class)
        .satisfies(
            failure ->
                assertThat(Stream.of(failure.getSuppressed()).map(Throwable::toString))
                    .anyMatch(trace -> trace.contains("delete allow policy")));
  }

  @Test
  void deletedIsRead() {
    wire.then(deleted());
    StepVerifier.create(run(delete()).map(ApiResult::value))
        .expectNext(ID)
        .expectComplete()
        .verify(Duration.ofSeconds(5));
  }

  @Test
  void aCallThatStillWaitsForAConnectionIsHeldBackByARefusalOfAnother() {
    Sinks.Empty<Void> refusal = Sinks.empty();
    wire.then(
        (request, onSend) -> {
          onSend.run();
          return refusal.asMono().then(answer(429, "", "retry-after", "5").play(request, () -> {}));
        },
        (request, onSend) -> Mono.never(),
        policy());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    TestSubscriber<ApiResult<AllowPolicy>> first =
        start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    TestSubscriber<ApiResult<AllowPolicy>> waiting =
        start(pipeline.call(create(), CallPipeline.NO_DEADLINE));
    refusal.tryEmitEmpty().orThrow();
    assertThat(wire.cancelled).as("waits for a connection no more").isEqualTo(1);
    time.advance(Duration.ofMillis(4_999));
    assertThat(wire.sent).as("sent while the named wait runs").hasSize(1);
    time.advance(Duration.ofMillis(1));
    assertThat(first.isTerminatedComplete()).isTrue();
    assertThat(waiting.isTerminatedComplete()).isTrue();
    assertThat(wire.sent.get(1).method()).as("first come, first served").isEqualTo(Method.POST);
    assertThat(Internals.gate(quota).outstanding()).isZero();
  }

  @Test
  void aRefusalThatComesAtTheMomentOfTheSendStopsIt() {
    Sinks.Empty<Void> connected = Sinks.empty();
    wire.then(
        (request, onSend) ->
            connected
                .asMono()
                .then(
                    Mono.defer(
                        () -> {
                          Permit other =
                              Internals.gate(quota)
                                  .acquire(Callers.ANY, Long.MAX_VALUE / 8, (r, w) -> {})
                                  .block();
                          other.send();
                          other.refused(Duration.ofSeconds(5));
                          other.close();
                          return answer(200, "{}").play(request, onSend);
                        })),
        policy());
    TestSubscriber<ApiResult<AllowPolicy>> call = start(run(create()));
    connected.tryEmitEmpty().orThrow();
    time.advance(Duration.ofMillis(4_999));
    assertThat(wire.sent).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(call.isTerminatedComplete()).isTrue();
    assertThat(wire.sent).hasSize(1);
    assertThat(Internals.gate(quota).outstanding()).isZero();
  }
}
