package dev.allowflux.reactor.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.PageCursor;
import dev.allowflux.model.AllowPolicy;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * One listing of one subscriber: demand in, page requests out, pages back in order.
 *
 * <p>Pages are asked for one by one, by tokens: {@link #ask()} lets go as many as demand and
 * read-ahead allow, {@code flatMapSequential} turns each into a call and keeps their order, and the
 * cursor looks at the answers in that order. Whatever a page asked for ahead of demand turns out to
 * be, even a failure, counts only when its turn comes.
 */
public final class ForwardTraversal {

  private static final Boolean TOKEN = Boolean.TRUE;

  private final IntFunction<Mono<ApiResult<PageBody>>> fetch;
  private final PageDemand demand;
  private final int outstanding;
  private PageCursor cursor;
  private boolean totalIsExact;

  private @Nullable FluxSink<Boolean> tokens;
  private long asked;
  private long lastExpected = Long.MAX_VALUE;

  private ForwardTraversal(
      PageCursor first, int readAhead, IntFunction<Mono<ApiResult<PageBody>>> fetch) {
    this.cursor = first;
    this.totalIsExact = first.totalIsExact();
    this.demand = new PageDemand(readAhead);
    this.outstanding = Math.max(1, readAhead);
    this.fetch = fetch;
  }

  /**
   * The pages of a listing. The next ones are read ahead when a page is taken and its subscriber
   * has not cancelled.
   *
   * @param first the cursor of the first page
   * @param readAhead how many pages may be asked for beyond the one that was taken last
   * @param fetch the call for a page, by its number
   */
  public static Flux<ApiResult<Page>> pages(
      PageCursor first, int readAhead, IntFunction<Mono<ApiResult<PageBody>>> fetch) {
    return Flux.defer(
        () -> {
          ForwardTraversal traversal = new ForwardTraversal(first, readAhead, fetch);
          return traversal
              .inOrder()
              .concatMap(page -> traversal.emit(page.value(), List.of(page)), 0);
        });
  }

  /**
   * The policies of the pages; a page is demanded when a policy of it is. The next pages are read
   * ahead when half of a page is taken, so that the beginning of a listing costs no more than its
   * own pages.
   *
   * @param first the cursor of the first page
   * @param readAhead how many pages may be asked for beyond the one that was taken last
   * @param fetch the call for a page, by its number
   * @param delivered notified of each page before its policies are taken
   */
  public static Flux<AllowPolicy> policies(
      PageCursor first,
      int readAhead,
      IntFunction<Mono<ApiResult<PageBody>>> fetch,
      Consumer<Page> delivered) {
    return Flux.defer(
        () -> {
          ForwardTraversal traversal = new ForwardTraversal(first, readAhead, fetch);
          return traversal
              .inOrder()
              .map(ApiResult::value)
              .doOnNext(delivered)
              .concatMap(page -> traversal.emit(page, page.policies()), 0);
        });
  }

  private <T> Flux<T> emit(Page page, List<T> items) {
    // The last page ends the listing at once; the end of another one is looked for only when more
    // is demanded, or it would demand the next page.
    return page.last()
        ? Flux.fromIterable(items)
        : Flux.generate(() -> new Emission<>(page, items), Emission::next);
  }

  /** What is delivered of one page that is not the last, one by one. */
  private final class Emission<T> {
    private final Page page;
    private final Iterator<T> items;
    private final boolean empty;
    private int untilHalf;

    Emission(Page page, List<T> items) {
      this.page = page;
      this.items = items.iterator();
      this.empty = items.isEmpty();
      this.untilHalf = (items.size() + 1) / 2;
    }

    Emission<T> next(SynchronousSink<T> sink) {
      if (items.hasNext()) {
        sink.next(items.next());
        untilHalf--;
      } else {
        sink.complete();
      }
      // Whoever cancels with the item of the middle has no use for the next page.
      if (empty || untilHalf == 0) {
        untilHalf = -1;
        taken(page);
      }
      return this;
    }
  }

  private Flux<ApiResult<Page>> inOrder() {
    return Flux.create(this::open)
        .index((index, token) -> Math.toIntExact(index + 1))
        .flatMapSequential(this::answer, outstanding, 1)
        .handle(this::accept)
        .doOnRequest(this::demanded);
  }

  private void open(FluxSink<Boolean> sink) {
    synchronized (this) {
      tokens = sink;
    }
    ask();
  }

  private sealed interface Answer {}

  private record Read(ApiResult<PageBody> body) implements Answer {}

  private record Failed(Throwable failure) implements Answer {}

  private Mono<Answer> answer(int number) {
    return fetch
        .apply(number)
        .<Answer>map(Read::new)
        .onErrorResume(failure -> Mono.just(new Failed(failure)));
  }

  private void accept(Answer answer, SynchronousSink<ApiResult<Page>> sink) {
    if (answer instanceof Failed failed) {
      sink.error(failed.failure);
      return;
    }
    ApiResult<PageBody> body = ((Read) answer).body;
    PageCursor.Step step = cursor.next(body);
    sink.next(body.withValue(step.page()));
    PageCursor next = step.next();
    if (next == null) {
      sink.complete();
    } else {
      cursor = next;
    }
  }

  private void demanded(long pages) {
    demand.add(pages);
    ask();
  }

  private void taken(Page page) {
    if (page.last()) {
      return;
    }
    synchronized (this) {
      demand.take();
      Long total = page.totalCount();
      if (total == null) {
        totalIsExact = false;
      } else {
        lastExpected = (total + page.perPage() - 1) / page.perPage();
      }
    }
    ask();
  }

  /** Asks for what demand and read-ahead allow and was not asked for yet. */
  private void ask() {
    FluxSink<Boolean> sink;
    long more;
    synchronized (this) {
      sink = tokens;
      if (sink == null) {
        return;
      }
      more = Math.max(0, allowed() - asked);
      asked += more;
    }
    for (; more > 0; more--) {
      sink.next(TOKEN);
    }
  }

  /** How many pages may be asked for in all. */
  private long allowed() {
    long taken = demand.taken();
    if (taken == 0) {
      // The first page tells how many there are.
      return Math.min(demand.allowed(), 1);
    }
    // A page past the reported end may well be empty, so it is asked for only after a full page
    // before it. Where the report cannot be trusted, trust grows with the pages that were there.
    long trusted = totalIsExact ? lastExpected : Math.min(lastExpected, taken * 2);
    return Math.min(demand.allowed(), Math.min(taken + outstanding, Math.max(trusted, taken + 1)));
  }
}
