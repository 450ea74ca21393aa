package dev.allowflux.reactor;

import static java.util.Objects.requireNonNull;

import dev.allowflux.error.EmailSecurityException.OutcomeUnknown;
import dev.allowflux.error.EmailSecurityException.Rejected;
import dev.allowflux.internal.http.ApiCalls;
import dev.allowflux.internal.http.ApiRequest;
import dev.allowflux.internal.http.ResponseReader;
import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.AccountCursor;
import dev.allowflux.internal.paging.DescendingCursor;
import dev.allowflux.internal.paging.PageCursor;
import dev.allowflux.model.Account;
import dev.allowflux.model.AccountId;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.AllowPolicyBatch;
import dev.allowflux.model.AllowPolicyEdit;
import dev.allowflux.model.AllowPolicyFilter;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.BatchResult;
import dev.allowflux.model.NewAllowPolicy;
import dev.allowflux.model.Operation;
import dev.allowflux.model.Page;
import dev.allowflux.model.PolicyId;
import dev.allowflux.model.Traversal;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.plan.PolicyMatch;
import dev.allowflux.reactor.internal.call.ApiCall;
import dev.allowflux.reactor.internal.call.CallPipeline;
import dev.allowflux.reactor.internal.call.Reports;
import dev.allowflux.reactor.internal.call.Transport;
import dev.allowflux.reactor.internal.paging.AccountTraversal;
import dev.allowflux.reactor.internal.paging.CompleteTraversal;
import dev.allowflux.reactor.internal.paging.ForwardTraversal;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Describes each operation as a call of the pipeline. */
final class DefaultAllowPolicyClient implements AllowPolicyClient {

  private static final String AGAIN = "list again";

  private final ClientSettings settings;
  private final Transport transport;
  private final CallPipeline pipeline;
  private final CallEvents events;
  private final CallOptions options;
  private final Duration timeLimit;
  private final int pageSize;
  private final int readAhead;

  DefaultAllowPolicyClient(ClientSettings settings, Transport transport) {
    this(
        settings,
        transport,
        new CallPipeline(settings.calls(), ApiQuota.access(settings.rateLimiter()), transport),
        settings.guardedEvents(),
        CallOptions.builder().build());
  }

  private DefaultAllowPolicyClient(
      ClientSettings settings,
      Transport transport,
      CallPipeline pipeline,
      CallEvents events,
      CallOptions options) {
    this.settings = settings;
    this.transport = transport;
    this.pipeline = pipeline;
    this.events = events;
    this.options = options;
    this.timeLimit =
        options.timeLimit == null ? settings.timeouts().operation() : options.timeLimit;
    this.pageSize = options.pageSize == null ? settings.pageSize() : options.pageSize;
    this.readAhead = options.readAhead == null ? settings.readAhead() : options.readAhead;
  }

  @Override
  public AllowPolicyClient with(CallOptions others) {
    return new DefaultAllowPolicyClient(
        settings, transport, pipeline, events, others.over(options));
  }

  @Override
  public Mono<AccessCheck> check(AccountId account) {
    return call(ApiCall.of(
            ApiCalls.list(account, AllowPolicyFilter.all(), 1, 1), ResponseReader.PAGE, AGAIN))
        .map(page -> new AccessCheck(account, null))
        .onErrorResume(Rejected.class, refusal -> Mono.just(new AccessCheck(account, refusal)));
  }

  @Override
  public Flux<Account> accounts() {
    return withinStreamTimeout(
        Operation.LIST_ACCOUNTS,
        null,
        run ->
            AccountTraversal.accounts(
                number ->
                    call(
                        ApiCall.of(
                                ApiCalls.listAccounts(number, AccountCursor.PAGE_SIZE),
                                ResponseReader.ACCOUNTS,
                                AGAIN)
                            .with(number == 1 ? Priority.INTERACTIVE : Priority.BULK, run),
                        run.deadline)));
  }

  @Override
  public Flux<AllowPolicy> list(AccountId account, AllowPolicyFilter filter) {
    requireNonNull(account, "account");
    requireNonNull(filter, "filter");
    return withinStreamTimeout(
        account,
        run ->
            Flux.deferContextual(
                context ->
                    ForwardTraversal.policies(
                        PageCursor.first(account, pageSize, filter.selectsAll()),
                        readAhead,
                        number -> listed(account, filter, number, Priority.INTERACTIVE, run),
                        page -> notify(account, Traversal.FAST, page, context))));
  }

  @Override
  public Flux<ApiResult<Page>> pagesWithResponse(AccountId account, AllowPolicyFilter filter) {
    requireNonNull(account, "account");
    requireNonNull(filter, "filter");
    return forward(account, filter, Priority.INTERACTIVE);
  }

  /** Reads forward; pages beyond the first are bulk. */
  private Flux<ApiResult<Page>> forward(
      AccountId account, AllowPolicyFilter filter, Priority firstPage) {
    return withinStreamTimeout(
        account,
        run ->
            observed(
                account,
                Traversal.FAST,
                ForwardTraversal.pages(
                    PageCursor.first(account, pageSize, filter.selectsAll()),
                    readAhead,
                    number -> listed(account, filter, number, firstPage, run)),
                ApiResult::value));
  }

  private Mono<ApiResult<PageBody>> listed(
      AccountId account, AllowPolicyFilter filter, int number, Priority firstPage, StreamRun run) {
    return page(
        ApiCalls.list(account, filter, number, pageSize),
        number == 1 ? firstPage : Priority.BULK,
        run);
  }

  private Mono<ApiResult<PageBody>> page(ApiRequest request, Priority priority, StreamRun run) {
    return call(ApiCall.of(request, ResponseReader.PAGE, AGAIN).with(priority, run), run.deadline);
  }

  /** Notifies the observer of the pages that are delivered. */
  private <T> Flux<T> observed(
      AccountId account, Traversal traversal, Flux<T> pages, Function<T, Page> page) {
    return events == CallEvents.none()
        ? pages
        : Flux.deferContextual(
            context ->
                pages.doOnNext(
                    delivered -> notify(account, traversal, page.apply(delivered), context)));
  }

  private void notify(AccountId account, Traversal traversal, Page page, ContextView context) {
    events.page(
        new Reports.PageDelivery(account, traversal, page.policies().size(), page.last(), context));
  }

  /** One subscription to a stream of pages: a job of its own in the line of the quota. */
  private static final class StreamRun {
    private final long deadline;

    StreamRun(long deadline) {
      this.deadline = deadline;
    }
  }

  private <T> Flux<T> withinStreamTimeout(AccountId account, Function<StreamRun, Flux<T>> pages) {
    return withinStreamTimeout(Operation.LIST, account, pages);
  }

  private <T> Flux<T> withinStreamTimeout(
      Operation operation, @Nullable AccountId account, Function<StreamRun, Flux<T>> pages) {
    Duration limit = settings.timeouts().stream();
    return Flux.defer(
        () -> {
          Flux<T> inTime = pages.apply(new StreamRun(pipeline.deadlineIn(limit)));
          return limit.isZero()
              ? inTime
              : inTime.takeUntilOther(
                  Mono.delay(limit)
                      .then(
                          Mono.error(
                              () -> CallPipeline.streamOutOfTime(operation, account, limit))));
        });
  }

  @Override
  public Flux<Page> traverse(AccountId account, AllowPolicyFilter filter, Traversal traversal) {
    requireNonNull(account, "account");
    requireNonNull(filter, "filter");
    requireNonNull(traversal, "traversal");
    return switch (traversal) {
      case FAST -> forward(account, filter, Priority.BULK).map(ApiResult::value);
      case COMPLETE -> descend(account, () -> DescendingCursor.first(account, filter, pageSize));
    };
  }

  @Override
  public Flux<Page> traverseFrom(
      AccountId account, AllowPolicyFilter filter, TraversalPosition position) {
    requireNonNull(account, "account");
    requireNonNull(filter, "filter");
    requireNonNull(position, "position");
    Supplier<DescendingCursor> start =
        () -> DescendingCursor.from(account, filter, pageSize, position);
    return position.end()
        ? Flux.just(
            Page.builder(List.of(), position.report()).perPage(pageSize).position(position).build())
        : descend(account, start);
  }

  private Flux<Page> descend(AccountId account, Supplier<DescendingCursor> start) {
    // An argument that cannot be is refused here and not at subscription.
    requireNonNull(start.get(), "cursor");
    return withinStreamTimeout(
        account,
        run ->
            observed(
                account,
                Traversal.COMPLETE,
                CompleteTraversal.pages(
                    start,
                    readAhead,
                    CompleteTraversal.maxHeld(pageSize),
                    System::nanoTime,
                    request ->
                        page(
                            ApiCalls.list(
                                account,
                                DescendingCursor.LISTING,
                                request.page(),
                                request.perPage()),
                            Priority.BULK,
                            run)),
                Function.identity()));
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> getWithResponse(AccountId account, PolicyId id) {
    return call(
        ApiCall.of(ApiCalls.get(account, id), ResponseReader.get(id), "get it again").about(id));
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> createWithResponse(AccountId account, NewAllowPolicy policy) {
    Mono<ApiResult<AllowPolicy>> created =
        call(
            ApiCall.of(
                ApiCalls.create(account, policy),
                ResponseReader.create(policy),
                "list the policies with exactly this pattern and look whether it is there"));
    return settings.resolveUnknownCreates()
        ? created.onErrorResume(OutcomeUnknown.class, unknown -> readBack(account, policy, unknown))
        : created;
  }

  /** Looks for the policy that a create of unknown outcome may have created. */
  private Mono<ApiResult<AllowPolicy>> readBack(
      AccountId account, NewAllowPolicy requested, OutcomeUnknown unknown) {
    AllowPolicyFilter samePattern =
        AllowPolicyFilter.builder().pattern(requested.pattern()).build();
    return pagesWithResponse(account, samePattern)
        .concatMap(
            page ->
                Flux.fromIterable(page.value().policies())
                    .mapNotNull(found -> accepted(requested, found, page)),
            0)
        .next()
        .onErrorMap(
            failure -> {
              unknown.addSuppressed(failure);
              return unknown;
            })
        .switchIfEmpty(Mono.error(unknown));
  }

  private static @Nullable ApiResult<AllowPolicy> accepted(
      NewAllowPolicy requested, AllowPolicy found, ApiResult<Page> page) {
    PolicyMatch match = PolicyMatch.of(requested, found);
    return match.isSame() ? page.withValue(found).withNotes(match.notes()) : null;
  }

  @Override
  public Mono<ApiResult<AllowPolicy>> editWithResponse(
      AccountId account, PolicyId id, AllowPolicyEdit edit) {
    return call(
        ApiCall.of(
                ApiCalls.edit(account, id, edit),
                ResponseReader.edit(id, edit),
                "get policy " + id + " and compare")
            .about(id));
  }

  @Override
  public Mono<ApiResult<PolicyId>> deleteWithResponse(AccountId account, PolicyId id) {
    return call(
        ApiCall.of(
                ApiCalls.delete(account, id),
                ResponseReader.delete(id),
                "get policy " + id + ": not found means that it is deleted")
            .about(id)
            .confirmedWhenGone(id));
  }

  @Override
  public Mono<ApiResult<BatchResult>> batchWithResponse(AccountId account, AllowPolicyBatch batch) {
    return call(
        ApiCall.of(
                ApiCalls.batch(account, batch),
                ResponseReader.batch(batch),
                "look for one of its changes: a batch is carried out whole or not at all")
            .with(Priority.BULK, this));
  }

  private <T> Mono<ApiResult<T>> call(ApiCall<T> call) {
    return call(call, CallPipeline.NO_DEADLINE);
  }

  private <T> Mono<ApiResult<T>> call(ApiCall<T> call, long deadline) {
    Priority priority = options.priority;
    return pipeline.call(
        priority == null ? call : call.withPriority(priority, this), deadline, timeLimit);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.defer(
        () -> {
          pipeline.close();
          return transport.close();
        });
  }

  @Override
  public Mono<Void> onClose() {
    return pipeline.whenClosed();
  }

  @Override
  public void close() {
    pipeline.close();
    transport.startClose();
  }
}
