package dev.allowflux.sync;

import dev.allowflux.error.EmailSecurityException.Malformed;
import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.error.EmailSecurityException.Unavailable;
import dev.allowflux.error.FailureDetails;
import dev.allowflux.error.RejectionReason;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.AllowPolicyFilter.Direction;
import dev.allowflux.model.ApiError;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.Page;
import dev.allowflux.model.PatternType;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import dev.allowflux.plan.AccountRead;
import dev.allowflux.plan.DesiredPolicy;
import dev.allowflux.plan.SafetyRule;
import dev.allowflux.plan.SyncLimits;
import dev.allowflux.plan.SyncMode;
import dev.allowflux.plan.SyncPlan;
import dev.allowflux.plan.SyncPlanner;
import dev.allowflux.reactor.AccessCheck;
import dev.allowflux.reactor.AllowPolicyClient;
import dev.allowflux.reactor.CallOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** An account without a wire, whose batches end as a test wrote down and whose reads may lag. */
final class FakeAccount implements AllowPolicyClient {
  static final AccountId ID = new AccountId("acc");
  static final Instant START = Instant.parse("2026-11-21T08:00:00Z");

  /** What the service does with a batch, and what it answers. */
  enum Behaviour {
    ANSWERED,
    ANSWERED_WITHOUT_RESULTS,
    ANSWERED_NOT_DONE,
    ANSWERED_DONE_TWICE,
    LOST_DONE,
    LOST_DONE_AFTER_40_SECONDS,
    LOST_DONE_AFTER_TWO_MINUTES,
    LOST_HALF_DONE,
    LOST_NOT_DONE,
    CONTRADICTED,
    REFUSED_HALF_DONE,
    PAGE_OF_A_PROXY,
    CREDENTIAL_REFUSED
  }

  final List<AllowPolicyBatch> batches = new ArrayList<>();
  final Deque<Behaviour> behaviours = new ArrayDeque<>();
  final Set<String> refused = new HashSet<>();
  boolean namesWhatItRefuses = true;
  boolean normalises;
  boolean isDown;
  private boolean isClosed;
  Duration lag = Duration.ZERO;
  long pages = 1;
  boolean completes = true;
  int gets;
  int lists;
  private final TreeMap<Long, Map<PolicyId, AllowPolicy>> history = new TreeMap<>();
  private long offset;
  private final Sinks.Empty<Void> closed = Sinks.empty();
  private int made;

  FakeAccount() {
    history.put(Long.MIN_VALUE, new LinkedHashMap<>());
  }

  // ---------------------------------------------------------------- time

  /** Virtual time begins anew with each run, and that of the account must not. */
  void startRun() {
    offset += Duration.ofHours(1).toMillis();
  }

  private long elapsed() {
    return offset + Schedulers.parallel().now(TimeUnit.MILLISECONDS);
  }

  /** The clock of the account, and of whoever looks at it. */
  Clock clock() {
    return new Clock() {
      @Override
      public Instant instant() {
        return START.plusMillis(elapsed());
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }
    };
  }

  // ---------------------------------------------------------------- state

  Map<PolicyId, AllowPolicy> now() {
    return history.lastEntry().getValue();
  }

  private Map<PolicyId, AllowPolicy> seen() {
    return history.floorEntry(elapsed() - lag.toMillis()).getValue();
  }

  FakeAccount add(String pattern, PatternType type, String comments) {
    AllowPolicy policy =
        builder(new PolicyId("id-" + ++made), START)
            .pattern(pattern)
            .patternTypeName(type.name())
            .isRegex(false)
            .isTrustedSender(false)
            .isAcceptableSender(true)
            .isExemptRecipient(false)
            .verifySender(false)
            .comments(comments)
            .build();
    now().put(policy.id(), policy);
    return this;
  }

  /** As a service may show a policy: nothing but id and time is required. */
  void addWithoutFlags(String pattern, String comments) {
    AllowPolicy policy =
        builder(new PolicyId("id-" + ++made), START.plusMillis(elapsed()))
            .pattern(pattern)
            .patternTypeName(PatternType.DOMAIN.name())
            .comments(comments)
            .build();
    now().put(policy.id(), policy);
  }

  void comment(String pattern, String comments) {
    now()
        .replaceAll(
            (id, policy) ->
                pattern.equals(policy.pattern())
                    ? edited(policy, AllowPolicyEdit.builder().comments(comments).build())
                    : policy);
  }

  void remove(String pattern) {
    now().values().removeIf(policy -> pattern.equals(policy.pattern()));
  }

  List<String> patterns() {
    return now().values().stream().map(AllowPolicy::pattern).sorted().collect(Collectors.toList());
  }

  SyncPlan plan(DesiredPolicy... desired) {
    SyncPlanner planner =
        SyncPlanner.of(
            ID,
            new SyncMode.All(),
            SyncLimits.builder()
                .maxDeletePercent(100)
                .maxDeletes(10_000)
                .maxEditPercent(100)
                .allow(SafetyRule.EMPTY_DESIRED)
                .build(),
            ExposureCheck.rules());
    List.of(desired).forEach(planner::desired);
    now().values().forEach(planner::existing);
    return planner.plan(
        new AccountRead(START, START, START, "complete", completes, now().size(), 0, pages));
  }

  static DesiredPolicy desired(String pattern, PatternType type, String comments) {
    return DesiredPolicy.builder()
        .pattern(pattern)
        .patternType(type)
        .isAcceptableSender(true)
        .comments(comments)
        .build();
  }

  // ---------------------------------------------------------------- calls

  @Override
  public Mono<ApiResult<BatchResult>> batchWithResponse(AccountId account, AllowPolicyBatch batch) {
    return Mono.defer(
        () -> {
          batches.add(batch);
          return carryOut(
              batch, behaviours.isEmpty() ? Behaviour.ANSWERED : behaviours.removeFirst());
        });
  }

  private Mono<ApiResult<BatchResult>> carryOut(AllowPolicyBatch batch, Behaviour behaviour) {
    switch (behaviour) {
      case CREDENTIAL_REFUSED -> {
        return Mono.error(refusal(Operation.BATCH, RejectionReason.CREDENTIAL, null));
      }
      case LOST_NOT_DONE -> {
        return Mono.error(lost());
      }
      case CONTRADICTED -> {
        return Mono.error(contradicted());
      }
      case PAGE_OF_A_PROXY -> {
        return Mono.error(
            new Rejected(
                FailureDetails.builder(Operation.BATCH, ID).status(404).build(),
                RejectionReason.NOT_FOUND));
      }
      case LOST_DONE_AFTER_40_SECONDS -> commitIn(Duration.ofSeconds(40), batch);
      case LOST_DONE_AFTER_TWO_MINUTES -> commitIn(Duration.ofMinutes(2), batch);
      case LOST_HALF_DONE -> commit(half(batch));
      case REFUSED_HALF_DONE -> {
        commit(half(batch));
        return Mono.error(refusal(Operation.BATCH, RejectionReason.OTHER, null));
      }
      case ANSWERED_NOT_DONE -> {
        return Mono.just(result(resultOf(batch, made + 1)));
      }
      default -> {
        for (int i = 0; i < batch.creates().size(); i++) {
          if (refused.contains(batch.creates().get(i).pattern())) {
            return Mono.error(
                refusal(
                    Operation.BATCH, RejectionReason.INVALID_REQUEST, "/posts/" + i + "/pattern"));
          }
        }
        for (PolicyId id : batch.deletes()) {
          if (!now().containsKey(id)) {
            return Mono.error(refusal(Operation.BATCH, RejectionReason.NOT_FOUND, null));
          }
        }
        int first = made + 1;
        commit(batch);
        if (behaviour == Behaviour.ANSWERED_DONE_TWICE) {
          commit(batch);
        }
        BatchResult none = new BatchResult(List.of(), List.of(), List.of(), List.of());
        return behaviour == Behaviour.LOST_DONE
            ? Mono.error(lost())
            : Mono.just(
                result(
                    behaviour == Behaviour.ANSWERED_WITHOUT_RESULTS
                        ? none
                        : resultOf(batch, first)));
      }
    }
    return Mono.error(lost());
  }

  private void commitIn(Duration delay, AllowPolicyBatch batch) {
    Disposable unused =
        Schedulers.parallel()
            .schedule(() -> commit(batch), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The first half of the creates, and nothing else. */
  private static AllowPolicyBatch half(AllowPolicyBatch batch) {
    AllowPolicyBatch.Builder half = AllowPolicyBatch.builder();
    batch.creates().subList(0, batch.creates().size() / 2).forEach(half::create);
    return half.build();
  }

  private BatchResult resultOf(AllowPolicyBatch batch, int firstId) {
    List<AllowPolicy> creates = new ArrayList<>();
    for (int i = 0; i < batch.creates().size(); i++) {
      creates.add(created(new PolicyId("id-" + (firstId + i)), batch.creates().get(i)));
    }
    List<AllowPolicy> edits =
        batch.edits().stream().map(edit -> now().get(edit.id())).filter(Objects::nonNull).toList();
    return new BatchResult(batch.deletes(), edits, List.of(), creates);
  }

  private void commit(AllowPolicyBatch batch) {
    Map<PolicyId, AllowPolicy> after = new LinkedHashMap<>(now());
    batch.deletes().forEach(after::remove);
    batch.edits().forEach(e -> after.computeIfPresent(e.id(), (id, p) -> edited(p, e.edit())));
    for (NewAllowPolicy policy : batch.creates()) {
      PolicyId id = new PolicyId("id-" + ++made);
      after.put(id, created(id, policy));
    }
    history.put(elapsed(), after);
  }

  private static Throwable down(Operation operation) {
    return new Unavailable(
        FailureDetails.builder(operation, ID).build(), "the service is down", null);
  }

  private static Throwable lost() {
    return OutcomeUnknown.from(
        new Unavailable(
            FailureDetails.builder(Operation.BATCH, ID).build(), "connection lost", null),
        "look");
  }

  private static Throwable contradicted() {
    return OutcomeUnknown.from(
        new Malformed(
            FailureDetails.builder(Operation.BATCH, ID).status(200).build(),
            "posts of the result lack a pattern",
            true),
        "look");
  }

  private Rejected refusal(Operation operation, RejectionReason reason, String pointer) {
    String named = namesWhatItRefuses ? pointer : null;
    return new Rejected(
        FailureDetails.builder(operation, ID)
            .status(400)
            .cfRay("ray-" + batches.size())
            .serviceEnvelope(true)
            .errors(List.of(new ApiError(10_001, "no", named, null, List.of())))
            .build(),
        reason);
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> getWithResponse(AccountId account, PolicyId id) {
    return Mono.defer(
        () -> {
          gets++;
          if (isClosed) {
            return Mono.error(new IllegalStateException("closed"));
          }
          if (isDown) {
            return Mono.error(down(Operation.GET));
          }
          AllowPolicy policy = seen().get(id);
          return policy == null
              ? Mono.error(refusal(Operation.GET, RejectionReason.NOT_FOUND, null))
              : Mono.just(result(policy));
        });
  }

  @Override
  public Flux<Account> accounts() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Flux<AllowPolicy> list(AccountId account, AllowPolicyFilter filter) {
    return pages(account, filter).concatMapIterable(Page::policies);
  }

  @Override
  public Flux<ApiResult<Page>> pagesWithResponse(AccountId account, AllowPolicyFilter filter) {
    return Flux.defer(
        () -> {
          lists++;
          if (isClosed) {
            return Flux.error(new IllegalStateException("closed"));
          }
          if (isDown) {
            return Flux.error(down(Operation.LIST));
          }
          String pattern = filter.pattern();
          Comparator<AllowPolicy> order = Comparator.comparing(AllowPolicy::createdAt);
          List<AllowPolicy> policies =
              seen().values().stream()
                  .filter(policy -> pattern == null || pattern.equals(policy.pattern()))
                  .sorted(filter.direction() == Direction.DESC ? order.reversed() : order)
                  .toList();
          long seen = policies.size();
          TraversalReport report =
              TraversalReport.builder().expected(seen).seen(seen).matched(seen).pages(1).build();
          return Flux.just(
              result(
                  Page.builder(policies, report)
                      .perPage(1000)
                      .totalCount(seen)
                      .last(true)
                      .build()));
        });
  }

  @Override
  public Flux<Page> traverse(AccountId account, AllowPolicyFilter filter, Traversal traversal) {
    return pages(account, AllowPolicyFilter.builder().direction(Direction.DESC).build())
        .map(
            page -> {
              List<AllowPolicy> policies = page.policies();
              long seen = policies.size();
              TraversalReport report =
                  TraversalReport.builder()
                      .expected(seen)
                      .seen(seen)
                      .matched(seen)
                      .pages(1)
                      .drift(!completes)
                      .complete(completes)
                      .build();
              return Page.builder(completes ? policies : List.<AllowPolicy>of(), report)
                  .last(true)
                  .build();
            });
  }

  @Override
  public Flux<Page> traverseFrom(
      AccountId account, AllowPolicyFilter filter, TraversalPosition position) {
    throw new UnsupportedOperationException();
  }

  private static <T> ApiResult<T> result(T value) {
    return new ApiResult<>(value, 200, List.of(), "ray", null);
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> createWithResponse(AccountId account, NewAllowPolicy policy) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> editWithResponse(
      AccountId account, PolicyId id, AllowPolicyEdit edit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Mono<ApiResult<PolicyId>> deleteWithResponse(AccountId account, PolicyId id) {
    throw new UnsupportedOperationException();
  }

  /** Has no limits that could be others. */
  @Override
  public AllowPolicyClient with(CallOptions options) {
    return this;
  }

  @Override
  public Mono<AccessCheck> check(AccountId account) {
    return Mono.just(new AccessCheck(account, null));
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  @Override
  public void close() {
    isClosed = true;
    closed.tryEmitEmpty();
  }

  @Override
  public Mono<Void> onClose() {
    return closed.asMono();
  }

  // ---------------------------------------------------------------- policies

  private static AllowPolicy.Builder builder(PolicyId id, Instant createdAt) {
    return AllowPolicy.builder().id(id).createdAt(createdAt);
  }

  private AllowPolicy created(PolicyId id, NewAllowPolicy policy) {
    return builder(id, START.plusMillis(elapsed()))
        .pattern(normalises ? policy.pattern().toLowerCase(Locale.ROOT) : policy.pattern())
        .patternTypeName(policy.patternType().name())
        .isRegex(policy.isRegex())
        .isTrustedSender(policy.isTrustedSender())
        .isAcceptableSender(policy.isAcceptableSender())
        .isExemptRecipient(policy.isExemptRecipient())
        .verifySender(policy.verifySender())
        .comments(
            normalises && policy.comments() != null ? policy.comments().strip() : policy.comments())
        .build();
  }

  /** Edits of these tests are of comments only. */
  private static AllowPolicy edited(AllowPolicy policy, AllowPolicyEdit edit) {
    return builder(policy.id(), policy.createdAt())
        .pattern(policy.pattern())
        .patternTypeName(policy.patternTypeName())
        .isRegex(policy.isRegex())
        .isTrustedSender(policy.isTrustedSender())
        .isAcceptableSender(policy.isAcceptableSender())
        .isExemptRecipient(policy.isExemptRecipient())
        .verifySender(policy.verifySender())
        .comments(edit.comments())
        .build();
  }
}
