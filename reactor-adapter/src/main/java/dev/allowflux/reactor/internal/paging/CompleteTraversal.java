package dev.allowflux.reactor.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.DescendingCursor;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.TraversedPage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * One complete traversal of one subscriber. Which page comes next is known only from the one
 * before, so there is one call at a time; read-ahead makes it while the page before is consumed.
 */
public final class CompleteTraversal {

  private static final Boolean TOKEN = Boolean.TRUE;

  private final DescendingCursor cursor;
  private final Function<DescendingCursor, Mono<ApiResult<PageBody>>> fetch;
  private final int readAhead;

  private @Nullable FluxSink<Boolean> tokens;
  private long demanded;
  private long taken;
  private long asked;

  private CompleteTraversal(
      DescendingCursor cursor,
      int readAhead,
      Function<DescendingCursor, Mono<ApiResult<PageBody>>> fetch) {
    this.cursor = cursor;
    this.readAhead = Math.min(1, readAhead);
    this.fetch = fetch;
  }

  /**
   * The pages of a traversal, at least one.
   *
   * @param start makes the cursor of one subscription; it has not ended
   * @param readAhead whether, if it is not 0, a page may be asked for before it is demanded
   * @param fetch the call for the page that a cursor names
   */
  public static Flux<TraversedPage> pages(
      Supplier<DescendingCursor> start,
      int readAhead,
      Function<DescendingCursor, Mono<ApiResult<PageBody>>> fetch) {
    return Flux.defer(() -> new CompleteTraversal(start.get(), readAhead, fetch).oneByOne());
  }

  private Flux<TraversedPage> oneByOne() {
    return Flux.create(this::open)
        .flatMapSequential(token -> page(), 1, 1)
        .handle(this::accept)
        .doOnNext(page -> taken())
        .doOnRequest(this::demanded);
  }

  private void open(FluxSink<Boolean> sink) {
    synchronized (this) {
      tokens = sink;
    }
    ask();
  }

  /** Reads on until an answer has more to give than a hint where to look. */
  private Mono<TraversedPage> page() {
    return Mono.defer(() -> fetch.apply(cursor))
        .<TraversedPage>handle(
            (answer, sink) -> {
              TraversedPage page = cursor.next(answer);
              if (page != null) {
                sink.next(page);
              }
            })
        .switchIfEmpty(Mono.defer(this::page));
  }

  private void accept(TraversedPage page, SynchronousSink<TraversedPage> sink) {
    sink.next(page);
    if (page.position() == null || page.position().end()) {
      sink.complete();
    }
  }

  private void demanded(long pages) {
    synchronized (this) {
      demanded = demanded + pages < 0 ? Long.MAX_VALUE : demanded + pages;
    }
    ask();
  }

  private void taken() {
    synchronized (this) {
      taken++;
    }
    if (!cursor.ended()) {
      ask();
    }
  }

  /** Asks for a page if it is demanded or may be read ahead, and the one before was taken. */
  private void ask() {
    FluxSink<Boolean> sink;
    synchronized (this) {
      long wanted = taken == 0 ? demanded : Math.max(demanded, taken + readAhead);
      sink = tokens;
      if (sink == null || asked > taken || asked >= wanted) {
        return;
      }
      asked++;
    }
    sink.next(TOKEN);
  }
}
