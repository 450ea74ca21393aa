package dev.allowflux.reactor.internal.call;

import static dev.allowflux.reactor.internal.call.ScriptedTransport.answer;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.lost;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.never;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.policy;
import static dev.allowflux.reactor.internal.call.ScriptedTransport.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.CallEvents;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.reactor.Internals;
import dev.allowflux.reactor.OutgoingRequest;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.subscriber.TestSubscriber;

@Timeout(240)
class CallWatchTest {

  private static final AccountId ACCOUNT = new AccountId("account");
  private static final PolicyId ID = new PolicyId("p1");

  private final ScriptedTransport wire = new ScriptedTransport();
  private final Notes notes = new Notes();
  private VirtualTime time;
  private ApiQuota quota;

  /** Writes down what it is notified of, and keeps the ends. */
  private static final class Notes implements CallEvents {
    private final List<String> seen = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<AttemptEnd> attempts = new ArrayList<>();
    private final List<CallEnd> ends = new ArrayList<>();
    private final List<QuotaState> quotas = new ArrayList<>();

    private void note(Call call, String what) {
      calls.add(call);
      seen.add(what);
    }

    @Override
    public void started(Call call) {
      note(call, "started");
    }

    @Override
    public void waiting(Call call, WaitReason reason, Duration expected) {
      note(call, "waiting " + reason);
    }

    @Override
    public void sending(Call call, OutgoingRequest request) {
      note(call, "sending " + request.attempt());
    }

    @Override
    public void attempted(Call call, AttemptEnd end) {
      attempts.add(end);
      note(call, "attempted " + end.number() + " " + end.status());
    }

    @Override
    public void quota(Call call, QuotaState state) {
      calls.add(call);
      quotas.add(state);
    }

    @Override
    public void retrying(Call call, int attempt, Duration backoff, EmailSecurityException failure) {
      note(call, "retrying " + attempt);
    }

    @Override
    public void ended(Call call, CallEnd end) {
      ends.add(end);
      note(call, "ended " + end.outcome());
    }

    private CallEnd end() {
      assertThat(ends).as("ends of the call").hasSize(1);
      return ends.get(0);
    }
  }

  @BeforeEach
  void stopTheClock() {
    time = new VirtualTime();
    quota = ApiQuota.builder().quota(2).burstPerSecond(2).clock(time.nanos()).build();
  }

  @AfterEach
  void restoreTheClock() {
    time.close();
  }

  private ClientSettings.Builder settings() {
    return ClientSettings.builder(Credential.apiToken("canary-token"))
        .rateLimiter(quota)
        .retries(retries -> retries.firstBackoff(Duration.ofSeconds(8)))
        .events(notes);
  }

  private static ApiCall<AllowPolicy> get() {
    return ApiCall.of(ApiCalls.get(ACCOUNT, ID), ResponseReader.get(ID), "look").about(ID);
  }

  private Mono<ApiResult<AllowPolicy>> run(ClientSettings settings) {
    return Internals.pipeline(settings, wire).call(get(), CallPipeline.NO_DEADLINE);
  }

  private static <T> TestSubscriber<T> start(Mono<T> call) {
    TestSubscriber<T> subscriber = TestSubscriber.create();
    call.subscribe(subscriber);
    return subscriber;
  }

  @Test
  void aCallThatSucceedsStartsAndEndsOnce() {
    wire.then(answer(200, body(), "cf-ray", "8f00-FRA", "ratelimit", "\"default\";r=1100;t=60"));
    Mono<ApiResult<AllowPolicy>> call = run(settings().build());
    assertThat(notes.seen).as("before subscription").isEmpty();
    start(call);
    assertThat(notes.seen)
        .containsExactly("started", "sending 1", "attempted 1 200", "ended SUCCESS");
    assertThat(notes.attempts.get(0).cfRay()).isEqualTo("8f00-FRA");
    assertThat(notes.quotas).hasSize(1);
    assertThat(notes.quotas.get(0).available()).isEqualTo(1);
    assertThat(notes.quotas.get(0).server().remaining()).isEqualTo(1100);
    assertThat(notes.calls).as("one call").containsOnly(notes.calls.get(0));
    assertThat(notes.calls.get(0).policy()).isEqualTo(ID);
    assertThat(notes.end().attempts()).isEqualTo(1);
    assertThat(notes.end().waits()).isEmpty();
    assertThat(notes.end().failure()).isNull();
  }

  private static String body() {
    return "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":"
        + "{\"id\":\"p1\",\"created_at\":\"2026-01-01T00:00:00Z\",\"pattern\":\"a@b.example\"}}";
  }

  @Test
  void theEndTellsWhereTheTimeWent() {
    wire.then(lost(), answer(429, "", "retry-after", "7"), policy(), policy(), policy(), policy());
    TestSubscriber<?> first = start(run(settings().build()));
    List<Duration> backoff = new ArrayList<>();
    while (notes.attempts.size() < 2) {
      time.advance(Duration.ofMillis(1));
      backoff.add(Duration.ofMillis(1));
    }
    // The pause of 7 s is over long before the window of the quota of two is.
    for (int i = 0; i < 400; i++) {
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(first.isTerminatedComplete()).isTrue();
    assertThat(notes.seen)
        .containsExactly(
            "started",
            "sending 1",
            "attempted 1 null",
            "retrying 1",
            "sending 2",
            "attempted 2 429",
            "retrying 2",
            "waiting THROTTLED",
            "waiting QUOTA",
            "sending 3",
            "attempted 3 200",
            "ended SUCCESS");
    CallEvents.CallEnd end = notes.end();
    assertThat(end.attempts()).isEqualTo(3);
    assertThat(end.backoff()).isEqualTo(Duration.ofMillis(backoff.size()));
    assertThat(end.waits())
        .containsOnlyKeys(CallEvents.WaitReason.THROTTLED, CallEvents.WaitReason.QUOTA);
    assertThat(end.waits().get(CallEvents.WaitReason.THROTTLED)).isEqualTo(Duration.ofSeconds(7));
    Duration waited = end.waits().values().stream().reduce(end.backoff(), Duration::plus);
    assertThat(waited).as("all of the time was spent waiting").isEqualTo(end.elapsed());
  }

  @Test
  void aCancelWhileItWaitsEndsTheCallOnce() {
    wire.then(policy());
    start(run(settings().build()));
    start(run(settings().build()));
    notes.seen.clear();
    notes.ends.clear();
    Disposable waiting = run(settings().build()).subscribe();
    time.advance(Duration.ofSeconds(3));
    waiting.dispose();
    time.advance(Duration.ofMinutes(10));
    assertThat(notes.seen).containsExactly("started", "waiting QUOTA", "ended CANCELLED");
    assertThat(notes.end().waits())
        .isEqualTo(Map.of(CallEvents.WaitReason.QUOTA, Duration.ofSeconds(3)));
    assertThat(notes.end().attempts()).isZero();
  }

  @Test
  void aCancelOfAnAttemptEndsTheAttemptAndThenTheCall() {
    wire.then(never());
    Disposable call = run(settings().build()).subscribe();
    call.dispose();
    assertThat(notes.seen)
        .containsExactly("started", "sending 1", "attempted 1 null", "ended CANCELLED");
    assertThat(notes.attempts.get(0).failure()).isNull();
  }

  @Test
  void aCancelInTheBackoffTellsHowLongItReallyWas() {
    wire.then(lost());
    Disposable call = run(settings().build()).subscribe();
    assertThat(notes.seen).endsWith("retrying 1");
    time.advance(Duration.ofNanos(1));
    call.dispose();
    assertThat(notes.end().backoff()).isEqualTo(Duration.ofNanos(1));
  }

  @Test
  void theTimeLimitEndsTheAttemptAndThenTheCall() {
    wire.then(never());
    start(run(settings().timeouts(limits -> limits.operation(Duration.ofSeconds(2))).build()));
    time.advance(Duration.ofSeconds(2));
    assertThat(notes.seen)
        .containsExactly("started", "sending 1", "attempted 1 null", "ended UNAVAILABLE");
    assertThat(notes.end().elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void aCloseEndsTheCallsThatWait() {
    wire.then(lost());
    CallPipeline pipeline = Internals.pipeline(settings().build(), wire);
    start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    pipeline.close();
    assertThat(notes.seen).endsWith("retrying 1", "ended CLOSED");
    start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    assertThat(notes.seen).endsWith("started", "ended CLOSED");
  }

  @Test
  void aRefusedCallEndsWithItsFailure() {
    wire.then(refusal(404, 1003));
    TestSubscriber<?> call = start(run(settings().build()));
    assertThat(notes.end().outcome()).isEqualTo(CallEvents.Outcome.REJECTED);
    assertThat(notes.end().failure() == call.expectTerminalError()).as("what is seen").isTrue();
  }

  @Test
  void aRetryThatTheGateRefusesIsNotReported() {
    quota = ApiQuota.builder().maxWaiting(1).clock(time.nanos()).build();
    Sinks.Empty<Void> refusal = Sinks.empty();
    wire.then(
        (request, onSend) -> {
          onSend.run();
          return refusal.asMono().then(answer(429, "", "retry-after", "5").play(request, () -> {}));
        },
        (request, onSend) -> {
          onSend.run();
          return answer(429, "", "retry-after", "5").play(request, () -> {});
        });
    ClientSettings settings = settings().build();
    CallPipeline pipeline = Internals.pipeline(settings, wire);
    TestSubscriber<?> first = start(pipeline.call(get(), CallPipeline.NO_DEADLINE));
    CallPipeline others =
        Internals.pipeline(settings.toBuilder().events(CallEvents.none()).build(), wire);
    start(others.call(get(), CallPipeline.NO_DEADLINE));
    refusal.tryEmitEmpty().orThrow();
    assertThat(first.expectTerminalError()).isInstanceOf(Throttled.class);
    assertThat(notes.seen)
        .as("the queue has room for one call, which waits there already")
        .containsExactly("started", "sending 1", "attempted 1 429", "ended THROTTLED");
  }

  @Test
  void anAttemptWhosePermitIsCalledBackIsReportedOnce() {
    Sinks.Empty<Void> refusal = Sinks.empty();
    quota = ApiQuota.builder().clock(time.nanos()).build();
    wire.then(
        (request, onSend) -> {
          onSend.run();
          return refusal.asMono().then(answer(429, "", "retry-after", "5").play(request, () -> {}));
        },
        (request, onSend) -> Mono.never(),
        policy());
    ClientSettings settings = settings().build();
    CallPipeline silent =
        Internals.pipeline(settings.toBuilder().events(CallEvents.none()).build(), wire);
    start(silent.call(get(), CallPipeline.NO_DEADLINE));
    List<Map<String, String>> sent = new ArrayList<>();
    CallEvents header =
        new CallEvents() {
          @Override
          public void sending(Call call, OutgoingRequest request) {
            request.header("traceparent", "00-1-" + request.attempt());
            sent.add(request.headers());
          }
        };
    start(
        Internals.pipeline(settings.toBuilder().events(notes.andThen(header)).build(), wire)
            .call(get(), CallPipeline.NO_DEADLINE));
    refusal.tryEmitEmpty().orThrow();
    time.advance(Duration.ofSeconds(5));
    assertThat(notes.seen)
        .containsExactly(
            "started", "sending 1", "waiting THROTTLED", "attempted 1 200", "ended SUCCESS");
    assertThat(sent).as("asked for headers once").hasSize(1);
    ApiRequest last = wire.sent.get(wire.sent.size() - 1);
    assertThat(wire.sent).anySatisfy(r -> assertThat(r.headers()).isEqualTo(sent.get(0)));
    assertThat(last.headers().getOrDefault("traceparent", "00-1-1")).isEqualTo("00-1-1");
  }

  @Test
  void eachAttemptHasHeadersOfItsOwn() {
    wire.then(lost(), policy());
    CallEvents header =
        new CallEvents() {
          @Override
          public void sending(Call call, OutgoingRequest request) {
            request.header("Traceparent", "attempt-" + request.attempt());
          }
        };
    start(
        run(
            settings()
                .retries(retries -> retries.firstBackoff(Duration.ZERO))
                .events(header)
                .build()));
    assertThat(wire.sent)
        .extracting(ApiRequest::headers)
        .containsExactly(Map.of("traceparent", "attempt-1"), Map.of("traceparent", "attempt-2"));
  }

  @Test
  void anObserverThatThrowsHurtsNeitherTheCallNorTheOthers() {
    wire.then(lost(), policy());
    CallEvents broken =
        new CallEvents() {
          @Override
          public void started(Call call) {
            throw new AssertionError("broken");
          }

          @Override
          public void sending(Call call, OutgoingRequest request) {
            request.header("x-one", "1");
            request.header("Authorization", "mine");
          }

          @Override
          public void attempted(Call call, AttemptEnd end) {
            throw new NoClassDefFoundError("broken");
          }

          @Override
          public void ended(Call call, CallEnd end) {
            throw new IllegalStateException("broken");
          }
        };
    TestSubscriber<?> call =
        start(
            run(
                settings()
                    .retries(retries -> retries.firstBackoff(Duration.ZERO))
                    .events(broken.andThen(notes))
                    .build()));
    assertThat(call.isTerminatedComplete()).isTrue();
    assertThat(notes.seen)
        .containsExactly(
            "started",
            "sending 1",
            "attempted 1 null",
            "retrying 1",
            "sending 2",
            "attempted 2 200",
            "ended SUCCESS");
    assertThat(wire.sent.get(0).headers()).isEqualTo(Map.of("x-one", "1"));
  }

  @Test
  void aCallThatItsObserverCancelsEndsOnce() {
    wire.then(lost(), policy());
    Disposable.Swap running = reactor.core.Disposables.swap();
    CallEvents cancels =
        new CallEvents() {
          @Override
          public void attempted(Call call, AttemptEnd end) {
            running.dispose();
          }
        };
    Sinks.Empty<Void> go = Sinks.empty();
    running.update(
        go.asMono().then(run(settings().events(cancels.andThen(notes)).build())).subscribe());
    go.tryEmitEmpty().orThrow();
    time.advance(Duration.ofMinutes(1));
    assertThat(notes.seen)
        .containsExactly("started", "sending 1", "attempted 1 null", "ended CANCELLED");
  }

  @Test
  void theWaitForALimiterOfTheUsersOwnIsTold() {
    RateLimiter limiter =
        RateLimiter.of(
            "own",
            RateLimiterConfig.custom()
                .limitForPeriod(1)
                .limitRefreshPeriod(Duration.ofDays(1))
                .timeoutDuration(Duration.ZERO)
                .build());
    wire.then(policy());
    ClientSettings settings = settings().rateLimiter(limiter).build();
    start(run(settings));
    start(run(settings));
    assertThat(notes.seen)
        .containsExactly(
            "started",
            "sending 1",
            "attempted 1 200",
            "ended SUCCESS",
            "started",
            "ended THROTTLED");
  }
}
