package dev.allowflux.reactor;

import dev.allowflux.error.EmailSecurityException;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Throttled;
import dev.allowflux.error.Sent;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.reactor.ExpectedOutcome.Kind;
import dev.allowflux.reactor.internal.transport.HttpTransport;
import dev.allowflux.simulator.ApiSimulator;
import dev.allowflux.simulator.ApiSimulatorBuilder;
import dev.allowflux.simulator.FaultScript;
import dev.allowflux.simulator.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A simulator and a client of it that make one faulty call after the other, and compare the result
 * of each call with what the simulator did. Connections are kept from call to call, so that what
 * one call leaves behind meets the next one; retry quota and gate are new for each call.
 */
final class FaultyApi implements AutoCloseable {

  static final Duration OPERATION_LIMIT = Duration.ofSeconds(60);

  /** Beyond the operation's own limit: a call that is not over by then hangs. */
  private static final Duration HUNG = OPERATION_LIMIT.plusSeconds(30);

  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Duration IMPATIENT = Duration.ofSeconds(1);
  private static final Duration UNHURRIED = Duration.ofSeconds(8);
  private static final String ANOTHER_ENDING = "ended as ";
  private static final long SETTLE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final int PAGE_SIZE = 10;
  private static final JsonMapper JSON = new JsonMapper();

  private final ApiSimulator api;
  private final AccountId account;
  private final Credential credential;
  private final UnaryOperator<ClientSettings.Builder> customizer;
  private final Counts counts;
  private HttpTransport patient;
  private HttpTransport impatient;
  private int calls;
  private int works;

  /** How the last call failed, or null. */
  EmailSecurityException lastFailure;

  /** What was tried and what came of it; shared by many. */
  static final class Counts {
    final LongAdder calls = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder hung = new LongAdder();
    final LongAdder partial = new LongAdder();
    final LongAdder twice = new LongAdder();
    final LongAdder slow = new LongAdder();
    final Map<Kind, Long> endings = new ConcurrentHashMap<>();
  }

  /**
   * Starts a simulator and connects to it.
   *
   * @param builder what knows the credential
   * @param customizer what the client has beyond the settings that the matrix needs
   */
  FaultyApi(
      ApiSimulatorBuilder builder,
      Credential credential,
      UnaryOperator<ClientSettings.Builder> customizer,
      Counts counts) {
    api = builder.policies(40).seed(7).noRateLimit().recordedRequests(1000).start();
    account = new AccountId(api.accountId());
    this.credential = credential;
    this.customizer = customizer;
    this.counts = counts;
    connect();
  }

  private void connect() {
    patient = Internals.transport(settings(PATIENT).build());
    impatient = Internals.transport(settings(IMPATIENT).build());
  }

  private ClientSettings.Builder settings(Duration limit) {
    return customizer.apply(
        ClientSettings.builder(credential)
            .baseUrl(api.baseUrl())
            .pageSize(PAGE_SIZE)
            .connections(
                connections ->
                    connections
                        .maxBodyBytes(FaultCase.MAX_BODY)
                        .maxHeaderBytes(FaultCase.MAX_HEADERS))
            .retries(
                retries ->
                    retries
                        .maxAttempts(ExpectedOutcome.MAX_ATTEMPTS)
                        .firstBackoff(Duration.ofMillis(2)))
            .timeouts(
                limits ->
                    limits
                        .attempt(limit)
                        .batchAttempt(limit)
                        .stall(limit)
                        .operation(OPERATION_LIMIT)));
  }

  int calls() {
    return calls;
  }

  /**
   * Makes the call; returns what is wrong with how it ended, or null.
   *
   * <p>Where a time limit ends an attempt, a busy machine may be too slow for another one. Then the
   * call is made once more with a limit that is generous, and that counts.
   */
  String run(FaultyCall call) {
    calls++;
    counts.calls.increment();
    if (!call.slow()) {
      return run(call, patient);
    }
    String wrong = run(call, impatient);
    if (wrong == null || !wrong.startsWith(ANOTHER_ENDING)) {
      return wrong;
    }
    counts.slow.increment();
    HttpTransport unhurried = Internals.transport(settings(UNHURRIED).build());
    try {
      return run(call, unhurried);
    } finally {
      unhurried.startClose();
    }
  }

  private String run(FaultyCall call, HttpTransport transport) {
    ApiQuota quota = ApiQuota.standard();
    ClientSettings settings =
        settings(PATIENT)
            .rateLimiter(quota)
            .readAhead(calls % 2)
            .resolveUnknownCreates(call.readBack())
            .build();
    DefaultAllowPolicyClient client = new DefaultAllowPolicyClient(settings, transport);
    Map<String, String> before = stored();
    List<String> ids = List.copyOf(before.keySet());
    Work work = new Work(client, call, ids.subList(0, Math.min(4, ids.size())), ++works);
    Set<ExpectedOutcome> expected = ExpectedOutcome.expected(call);
    api.takeRequests();
    api.faults(call.script());
    Object value = null;
    EmailSecurityException failure = null;
    try {
      value = work.mono().block(HUNG);
    } catch (EmailSecurityException e) {
      failure = e;
    } catch (RuntimeException e) {
      boolean hung = String.valueOf(e.getMessage()).startsWith("Timeout on blocking read");
      if (hung) {
        counts.hung.increment();
      }
      return "neither a value nor a declared failure: " + e;
    }
    lastFailure = failure;
    int least = expected.stream().mapToInt(ExpectedOutcome::requests).min().orElseThrow();
    await(() -> seen(call).size() >= least);
    await(() -> Internals.gate(quota).outstanding() == 0 && Internals.gate(quota).waiting() == 0);
    api.faults(FaultScript.none());
    List<RecordedRequest> requests = seen(call);
    counts.requests.add(requests.size());
    Truth truth = new Truth(call, work, before, stored(), requests);
    ExpectedOutcome ending =
        failure == null
            ? new ExpectedOutcome(Kind.VALUE, requests.size(), null, null)
            : new ExpectedOutcome(
                ExpectedOutcome.kindOf(failure),
                requests.size(),
                failure instanceof Rejected rejected ? rejected.reason() : null,
                failure.details().status());
    counts.endings.merge(ending.kind(), 1L, Long::sum);
    if (call.faults().stream().anyMatch(FaultCase::closesUntold)) {
      reconnect();
    }
    List<String> faults = new ArrayList<>();
    if (Internals.gate(quota).outstanding() != 0 || Internals.gate(quota).waiting() != 0) {
      faults.add("permits are out");
    }
    if (truth.doneTwice()) {
      counts.twice.increment();
      faults.add("carried out twice: " + requests);
    }
    String wrong =
        failure == null ? truth.wrongValue(value) : truth.wrongFailure(failure, requests.size());
    if (wrong != null) {
      if (failure == null && !call.isWrite()) {
        counts.partial.increment();
      }
      faults.add(wrong);
    }
    if (expected.stream().noneMatch(ending::fits)) {
      faults.add(ANOTHER_ENDING + ending + ", expected " + expected);
    }
    return faults.isEmpty() ? null : String.join("; ", faults) + ", reported: " + failure;
  }

  private void reconnect() {
    patient.startClose();
    impatient.startClose();
    connect();
  }

  /** The requests for what was faulty. */
  private List<RecordedRequest> seen(FaultyCall call) {
    return api.requests().stream()
        .filter(request -> request.operation() == call.simulated())
        .filter(
            request ->
                call.operation() != Operation.LIST
                    || ("&" + request.query() + "&").contains("&page=" + call.page() + "&"))
        .toList();
  }

  private Map<String, String> stored() {
    Map<String, String> stored = new LinkedHashMap<>();
    for (String id : api.policyIds()) {
      stored.put(id, api.policyJson(id));
    }
    return stored;
  }

  static boolean await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > SETTLE_NANOS) {
        return false;
      }
      LockSupport.parkNanos(200_000);
    }
    return true;
  }

  /** Closes the client and tells whether the simulator sees no connection of it any more. */
  boolean closesEveryConnection() {
    patient.close().block(Duration.ofSeconds(20));
    impatient.close().block(Duration.ofSeconds(20));
    return await(() -> api.openConnections() == 0);
  }

  @Override
  public void close() {
    patient.startClose();
    impatient.startClose();
    api.close();
  }

  private static NewAllowPolicy policy(String pattern) {
    return TrustedSenders.of(pattern, PatternType.EMAIL).comments("made by a test \u00e9").build();
  }

  /** The operation with arguments, and what it is meant to do. */
  private final class Work {

    private final DefaultAllowPolicyClient client;
    private final FaultyCall call;
    private final List<String> targets;
    private final String mark;
    private final String pattern;

    Work(DefaultAllowPolicyClient client, FaultyCall call, List<String> targets, int number) {
      this.client = client;
      this.call = call;
      this.targets = targets;
      this.mark = "mark " + number;
      this.pattern = "user" + number + "@new.example";
    }

    private AccountId account() {
      return account;
    }

    private PolicyId target(int i) {
      return new PolicyId(targets.get(i));
    }

    private AllowPolicyEdit edit() {
      return AllowPolicyEdit.builder().comments(mark).build();
    }

    Mono<?> mono() {
      return switch (call.operation()) {
        case LIST -> client.list(account).collectList();
        case LIST_ACCOUNTS -> client.accounts().collectList();
        case GET -> client.get(account, target(0));
        case CREATE -> client.create(account, policy(pattern));
        case EDIT -> client.edit(account, target(0), edit());
        case DELETE -> client.deleteWithResponse(account, target(0));
        case BATCH ->
            client.batch(
                account,
                AllowPolicyBatch.builder()
                    .delete(target(0))
                    .edit(target(1), edit())
                    .replace(target(2), policy(pattern))
                    .create(policy("more-" + pattern))
                    .build());
      };
    }

    /** Whether the policies changed exactly as was asked for. */
    boolean done(Map<String, String> before, Map<String, String> after) {
      Map<String, String> rest = new LinkedHashMap<>(after);
      Map<String, String> old = new LinkedHashMap<>(before);
      boolean good =
          switch (call.operation()) {
            case LIST, GET, LIST_ACCOUNTS -> true;
            case CREATE -> takeNew(rest, old, pattern);
            case EDIT -> takeEdited(rest, old, 0);
            case DELETE -> takeDeleted(rest, old);
            case BATCH ->
                takeDeleted(rest, old)
                    && takeEdited(rest, old, 1)
                    && isPolicy(rest.remove(targets.get(2)), pattern)
                    && old.remove(targets.get(2)) != null
                    && takeNew(rest, old, "more-" + pattern);
          };
      return good && rest.equals(old);
    }

    private boolean takeDeleted(Map<String, String> after, Map<String, String> before) {
      return before.remove(targets.get(0)) != null && !after.containsKey(targets.get(0));
    }

    private boolean takeEdited(Map<String, String> after, Map<String, String> before, int target) {
      String id = targets.get(target);
      String json = after.remove(id);
      before.remove(id);
      return json != null && mark.equals(JSON.readTree(json).path("comments").asString());
    }

    private boolean takeNew(Map<String, String> after, Map<String, String> before, String desired) {
      List<String> added = after.keySet().stream().filter(id -> !before.containsKey(id)).toList();
      return added.size() == 1 && isPolicy(after.remove(added.get(0)), desired);
    }

    private boolean isPolicy(String json, String desired) {
      NewAllowPolicy policy = policy(desired);
      JsonNode node = JSON.readTree(json);
      return desired.equals(node.path("pattern").asString())
          && "EMAIL".equals(node.path("pattern_type").asString())
          && Objects.equals(policy.comments(), node.path("comments").asString())
          && node.path("is_trusted_sender").asBoolean()
          && !node.path("is_regex").asBoolean()
          && !node.path("is_acceptable_sender").asBoolean()
          && !node.path("is_exempt_recipient").asBoolean()
          && node.path("verify_sender").asBoolean();
    }
  }

  /** What the simulator did for one call. */
  private record Truth(
      FaultyCall call,
      Work work,
      Map<String, String> before,
      Map<String, String> after,
      List<RecordedRequest> requests) {

    private long carriedOut() {
      return requests.stream().filter(RecordedRequest::carriedOut).count();
    }

    /** Edits may be: the second one changes nothing. */
    boolean doneTwice() {
      return call.isWrite() && call.operation() != Operation.EDIT && carriedOut() > 1;
    }

    String wrongValue(Object value) {
      if (call.isWrite()) {
        // Answered but not done is a lie that nobody can see through.
        if (carriedOut() == 0 && call.faultCase(requests.size()).fault().isDone()) {
          return "a value for a write that was not carried out";
        }
        return wrongStore(carriedOut() > 0) ? "the stored policies are wrong" : wrongAnswer(value);
      }
      if (call.operation() == Operation.GET) {
        return equal((AllowPolicy) value, before.get(work.targets.get(0)))
            ? null
            : "another policy: " + value;
      }
      if (call.operation() == Operation.LIST_ACCOUNTS) {
        List<Account> own = List.of(new Account(work.account(), "Account " + work.account()));
        return own.equals(value) ? null : "other accounts: " + value;
      }
      @SuppressWarnings("unchecked")
      List<AllowPolicy> list = (List<AllowPolicy>) value;
      List<String> ids = list.stream().map(policy -> policy.id().value()).toList();
      if (!ids.equals(List.copyOf(before.keySet()))) {
        return "a list of " + ids.size() + " for " + before.size() + ", or in another order";
      }
      return list.stream().allMatch(policy -> equal(policy, before.get(policy.id().value())))
          ? null
          : "a list with other policies";
    }

    private String wrongAnswer(Object value) {
      boolean right =
          switch (call.operation()) {
            case CREATE -> work.pattern.equals(((AllowPolicy) value).pattern());
            case EDIT ->
                work.mark.equals(((AllowPolicy) value).comments())
                    && ((AllowPolicy) value).id().equals(work.target(0));
            case DELETE -> ((ApiResult<?>) value).value().equals(work.target(0));
            case BATCH -> {
              BatchResult result = (BatchResult) value;
              yield result.deletes().equals(List.of(work.target(0)))
                  && result.edits().size() == 1
                  && work.mark.equals(result.edits().get(0).comments())
                  && result.replacements().size() == 1
                  && result.replacements().get(0).id().equals(work.target(2))
                  && result.creates().size() == 1;
            }
            default -> false;
          };
      return right ? null : "a wrong answer: " + value;
    }

    String wrongFailure(EmailSecurityException failure, int sent) {
      boolean lied =
          requests.stream().anyMatch(RecordedRequest::carriedOut)
              && call.faults().stream().limit(sent).anyMatch(FaultCase::lies);
      if (call.isWrite()) {
        if (!(failure instanceof OutcomeUnknown) && carriedOut() > 0 && !lied) {
          return "carried out, but the failure leaves no doubt";
        }
        if (wrongStore(carriedOut() > 0)) {
          return "the stored policies are wrong";
        }
      }
      String message = String.valueOf(failure.getMessage());
      if (failure.details().operation() != call.operation()
          || !message.startsWith(call.operation().label() + ": ")
          || message.lines().count() != 1) {
        return "the message or operation is wrong: " + message;
      }
      if (failure.details().attempts().size() != sent && failure.details().status() != null) {
        return failure.details().attempts().size() + " attempts reported";
      }
      if (failure.details().requestSent() == Sent.NO) {
        return "it claims that nothing was sent";
      }
      return failure instanceof Throttled
              && failure.details().retryAfter() == null
              && call.faultCase(sent).fault().toString().contains("retry-after")
          ? "no wait is reported"
          : null;
    }

    private boolean wrongStore(boolean done) {
      return done ? !work.done(before, after) : !before.equals(after);
    }

    private static boolean equal(AllowPolicy policy, String json) {
      JsonNode node = JSON.readTree(json);
      return policy.id().value().equals(node.path("id").asString())
          && Objects.equals(policy.pattern(), text(node, "pattern"))
          && Objects.equals(policy.comments(), text(node, "comments"))
          && Objects.equals(policy.patternTypeName(), text(node, "pattern_type"))
          && policy.createdAt().equals(time(node, "created_at"))
          && Objects.equals(policy.modifiedAt(), time(node, "modified_at"))
          && Objects.equals(policy.isRegex(), flag(node, "is_regex"))
          && Objects.equals(policy.isTrustedSender(), flag(node, "is_trusted_sender"))
          && Objects.equals(policy.isAcceptableSender(), flag(node, "is_acceptable_sender"))
          && Objects.equals(policy.isExemptRecipient(), flag(node, "is_exempt_recipient"))
          && Objects.equals(policy.verifySender(), flag(node, "verify_sender"));
    }

    private static String text(JsonNode node, String name) {
      return node.hasNonNull(name) ? node.path(name).asString() : null;
    }

    private static Boolean flag(JsonNode node, String name) {
      return node.hasNonNull(name) ? (Boolean) node.path(name).asBoolean() : null;
    }

    private static Instant time(JsonNode node, String name) {
      return node.hasNonNull(name)
          ? OffsetDateTime.parse(node.path(name).asString()).toInstant()
          : null;
    }
  }
}
