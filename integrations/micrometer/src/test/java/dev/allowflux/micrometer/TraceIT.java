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
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** A trace from the subscriber through waits, retries and pages to the server. */
@Timeout(240)
class TraceIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int POLICIES = 40;

  private final InMemorySpanExporter exported = InMemorySpanExporter.create();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exported)).build();
  private final ObservationRegistry registry = registry();
  private final ApiSimulator api = ApiSimulator.builder().policies(POLICIES).noRateLimit().start();
  private final AccountId account = new AccountId(api.accountId());

  /** A quota whose third call waits. */
  private final ApiQuota quota =
      ApiQuota.builder().quota(2).window(Duration.ofMillis(150)).burstPerSecond(1_000).build();

  private final AllowPolicyClient client =
      AllowPolicyClient.create(
          ClientSettings.builder(Credential.apiToken(api.token()))
              .baseUrl(api.baseUrl())
              .rateLimiter(quota)
              .retries(retries -> retries.firstBackoff(Duration.ofMillis(5)))
              .pageSize(10)
              .readAhead(2)
              .events(CallObservations.of(registry))
              .build());

  private ObservationRegistry registry() {
    Tracer otel = provider.get("test");
    OtelCurrentTraceContext current = new OtelCurrentTraceContext();
    OtelTracer tracer = new OtelTracer(otel, current, event -> {});
    OtelPropagator propagator =
        new OtelPropagator(
            ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(
            new ObservationHandler.FirstMatchingCompositeObservationHandler(
                new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)));
    return observations;
  }

  @AfterEach
  void stop() {
    client.close();
    api.close();
    provider.close();
  }

  private List<SpanData> spans(String namePart) {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getName().contains(namePart))
        .toList();
  }

  private List<SpanData> clientSpans() {
    return exported.getFinishedSpanItems().stream()
        .filter(span -> span.getKind() == SpanKind.CLIENT)
        .toList();
  }

  @Test
  void aTraceIsWholeThroughWaitsRetriesAndPages() {
    api.faults(FaultScript.inOrder(Fault.refusal(503, 1000), Fault.throttled(971)));
    Observation job = Observation.start("job", registry);
    Long listed =
        Flux.defer(() -> client.pages(account, AllowPolicyFilter.all()))
            .map(page -> (long) page.policies().size())
            .reduce(0L, Long::sum)
            .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, job))
            .block(PATIENCE);
    job.stop();
    assertThat(listed).isEqualTo(POLICIES);

    SpanData root = spans("job").get(0);
    List<SpanData> calls = spans("list allow policies");
    List<SpanData> attempts = clientSpans();
    assertThat(exported.getFinishedSpanItems())
        .as("one trace")
        .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(root.getTraceId()));
    assertThat(calls)
        .as("the calls of the listing")
        .hasSizeGreaterThanOrEqualTo(POLICIES / 10)
        .allSatisfy(
            call -> {
              assertThat(call.getParentSpanId()).isEqualTo(root.getSpanId());
              assertThat(call.getKind()).isEqualTo(SpanKind.INTERNAL);
            });
    assertThat(calls)
        .as("a call that waited")
        .anySatisfy(
            call ->
                assertThat(call.getEvents()).anyMatch(event -> event.getName().equals("waiting")));
    Set<String> callIds = calls.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
    assertThat(attempts)
        .hasSize(calls.size() + 2)
        .allSatisfy(attempt -> assertThat(callIds).contains(attempt.getParentSpanId()));
    assertThat(attempts)
        .filteredOn(attempt -> attempt.getStatus().getStatusCode() == StatusCode.ERROR)
        .hasSize(2);
    assertThat(traceParents(root.getTraceId()))
        .as("each request carries the span of its own attempt")
        .isEqualTo(attempts.stream().map(SpanData::getSpanId).collect(Collectors.toSet()));
  }

  /** The span ids that the server got, each once. */
  private Set<String> traceParents(String traceId) {
    Set<String> spanIds = new HashSet<>();
    for (RecordedRequest request : api.requests()) {
      List<String> header = request.headers().get("traceparent");
      assertThat(header).as("traceparent").hasSize(1);
      assertThat(header.get(0)).matches("00-" + traceId + "-[0-9a-f]{16}-01");
      assertThat(spanIds.add(header.get(0).substring(36, 52))).as("a span id of its own").isTrue();
    }
    return spanIds;
  }

  @Test
  void aCallWithoutAParentIsATraceOfItsOwn() {
    client.get(account, new PolicyId(api.policyIds().get(0))).block(PATIENCE);
    client.get(account, new PolicyId(api.policyIds().get(1))).block(PATIENCE);
    assertThat(spans("get allow policy"))
        .hasSize(2)
        .allSatisfy(call -> assertThat(call.getParentSpanContext().isValid()).isFalse());
    assertThat(clientSpans()).extracting(SpanData::getTraceId).doesNotHaveDuplicates().hasSize(2);
  }
}
