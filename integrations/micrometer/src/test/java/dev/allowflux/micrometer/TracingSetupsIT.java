package dev.allowflux.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.ClientSettings;
import dev.allowflux.reactor.Credential;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.Fault;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.test.SampleTestRunner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** Micrometer's own test of an instrumentation: the same spans on OpenTelemetry and on Brave. */
@Timeout(240)
class TracingSetupsIT extends SampleTestRunner {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int POLICIES = 40;

  TracingSetupsIT() {
    super(SampleRunnerConfig.builder().build());
  }

  /** The others need servers. */
  @Override
  public TracingSetup[] getTracingSetup() {
    return new TracingSetup[] {TracingSetup.IN_MEMORY_OTEL, TracingSetup.IN_MEMORY_BRAVE};
  }

  @Override
  public SampleTestRunnerConsumer yourCode() {
    return (tracing, meters) -> {
      Span parent = tracing.getTracer().currentSpan();
      assertThat(parent).isNotNull();
      String traceId = parent.context().traceId();
      try (ApiSimulator api = ApiSimulator.builder().policies(POLICIES).noRateLimit().start()) {
        call(api);
        assertSpans(tracing.getFinishedSpans(), traceId, api);
      }
      assertThat(meters.get("allowflux.call").tag("allowflux.operation", "list").timers())
          .isNotEmpty();
      assertThat(meters.get("http.client.request.duration").timers()).isNotEmpty();
    };
  }

  private void call(ApiSimulator api) {
    AccountId account = new AccountId(api.accountId());
    ApiQuota quota =
        ApiQuota.builder().quota(2).window(Duration.ofMillis(150)).burstPerSecond(1_000).build();
    try (AllowPolicyClient client =
        AllowPolicyClient.create(
            ClientSettings.builder(Credential.apiToken(api.token()))
                .baseUrl(api.baseUrl())
                .rateLimiter(quota)
                .pageSize(10)
                .events(CallObservations.of(getObservationRegistry()))
                .build())) {
      api.faults(FaultScript.inOrder(Fault.refusal(503, 1000)));
      client.get(account, new PolicyId(api.policyIds().get(0))).block(PATIENCE);
      assertThat(client.list(account).count().contextCapture().block(PATIENCE)).isEqualTo(POLICIES);
    }
  }

  private static void assertSpans(List<FinishedSpan> spans, String traceId, ApiSimulator api) {
    List<FinishedSpan> attempts =
        spans.stream().filter(span -> span.getKind() == Span.Kind.CLIENT).toList();
    List<FinishedSpan> calls =
        spans.stream()
            .filter(
                span ->
                    span.getName().endsWith("allow policies")
                        || span.getName().equals("get allow policy"))
            .toList();
    assertThat(spans).as("one trace").allMatch(span -> span.getTraceId().equals(traceId));
    assertThat(attempts).as("attempts").hasSize(Math.toIntExact(api.requestCount()));
    assertThat(calls)
        .as("calls: all attempts but the one that was retried")
        .hasSize(attempts.size() - 1);
    assertThat(attempts)
        .extracting(FinishedSpan::getParentId)
        .isSubsetOf(calls.stream().map(FinishedSpan::getSpanId).toList());
    assertThat(attempts).filteredOn(span -> span.getError() != null).hasSize(1);
    for (RecordedRequest request : api.requests()) {
      assertThat(request.headers().toString()).as("the trace goes on").contains(traceId);
    }
  }
}
