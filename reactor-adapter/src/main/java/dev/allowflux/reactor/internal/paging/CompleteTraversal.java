package dev.allowflux.reactor.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.internal.paging.DescendingCursor;
import dev.allowflux.internal.paging.FencedCursor;
import dev.allowflux.internal.paging.PageRequest;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * One complete traversal of one subscriber: demand in, requests out, pages back in order. Which
 * requests are sent and which pages are delivered, {@link FencedCursor} decides; responses are
 * given to it one by one, in the order in which they come.
 */
public final class CompleteTraversal {

  /** How many pages are held at most until it is certain that they miss nothing. */
  private static final int MAX_HELD = 40;

  /** What a policy in memory is taken to need, and which part of the heap they may fill. */
  private static final long BYTES_PER_POLICY = 512;

  private static final int PART_OF_THE_HEAP = 8;

  /** Fewer pages than this are not worth a fence. */
  private static final int FEW = 4;

  /** Responses that wait for the cursor. */
  private static final int QUEUE = 16;

  private final FencedCursor cursor;
  private final Function<PageRequest, Mono<ApiResult<PageBody>>> fetch;
  private final LongSupplier nanoTime;
  private final int inFlight;
  private final PageDemand demand;

  private @Nullable FluxSink<FencedCursor.Sent> requests;
  private long delivered;

  private CompleteTraversal(
      DescendingCursor cursor,
      int readAhead,
      int maxHeld,
      LongSupplier nanoTime,
      Function<PageRequest, Mono<ApiResult<PageBody>>> fetch) {
    this.inFlight = maxHeld < FEW ? 1 : Math.max(1, readAhead);
    this.cursor = FencedCursor.of(cursor, inFlight, maxHeld);
    this.demand = new PageDemand(readAhead);
    this.nanoTime = nanoTime;
    this.fetch = fetch;
  }

  /**
   * The pages of a traversal, at least one.
   *
   * @param start makes the cursor of one subscription; it has not ended
   * @param readAhead how many pages may be requested before they are demanded, and be in flight
   * @param maxHeld how many pages may be held or in flight
   * @param nanoTime a clock that never goes back
   * @param fetch the call for a page
   */
  public static Flux<Page> pages(
      Supplier<DescendingCursor> start,
      int readAhead,
      int maxHeld,
      LongSupplier nanoTime,
      Function<PageRequest, Mono<ApiResult<PageBody>>> fetch) {
    return Flux.defer(
        () -> new CompleteTraversal(start.get(), readAhead, maxHeld, nanoTime, fetch).inOrder());
  }

  /**
   * How many pages of a size are held at most: 40, and fewer where they would fill more than an
   * eighth of the heap.
   *
   * @param perPage how many policies a page has
   */
  public static int maxHeld(int perPage) {
    long fit = Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP / (perPage * BYTES_PER_POLICY);
    return (int) Math.max(1, Math.min(MAX_HELD, fit));
  }

  private Flux<Page> inOrder() {
    return Flux.create(this::open)
        .flatMap(this::exchange, inFlight, 1)
        .concatMapIterable(this::take, QUEUE)
        .handle(CompleteTraversal::endAtTheEnd)
        .doOnNext(page -> taken())
        .doOnRequest(this::demanded);
  }

  private void open(FluxSink<FencedCursor.Sent> sink) {
    synchronized (this) {
      requests = sink;
    }
    send();
  }

  private sealed interface Arrival {}

  private record Response(FencedCursor.Sent sent, ApiResult<PageBody> result, long nanos)
      implements Arrival {}

  private record Failure(FencedCursor.Sent sent, Throwable cause) implements Arrival {}

  private Mono<Arrival> exchange(FencedCursor.Sent sent) {
    return fetch
        .apply(sent.page())
        .<Arrival>map(result -> new Response(sent, result, nanoTime.getAsLong()))
        .onErrorResume(cause -> Mono.just(new Failure(sent, cause)));
  }

  private List<Page> take(Arrival arrival) {
    List<Page> pages;
    synchronized (this) {
      if (arrival instanceof Response response) {
        pages = cursor.take(response.sent, response.result, response.nanos);
      } else {
        Failure failure = (Failure) arrival;
        if (cursor.fails(failure.sent)) {
          throw Exceptions.propagate(failure.cause);
        }
        pages = List.of();
      }
      delivered += pages.size();
    }
    send();
    return pages;
  }

  private static void endAtTheEnd(Page page, SynchronousSink<Page> sink) {
    sink.next(page);
    if (page.last()) {
      sink.complete();
    }
  }

  private void demanded(long pages) {
    demand.add(pages);
    send();
  }

  private void taken() {
    demand.take();
    send();
  }

  /** Sends the requests that may be sent now. */
  private void send() {
    while (true) {
      FencedCursor.Sent next;
      FluxSink<FencedCursor.Sent> sink;
      synchronized (this) {
        sink = requests;
        next =
            sink == null ? null : cursor.next(demand.allowed() - delivered, nanoTime.getAsLong());
      }
      if (sink == null || next == null) {
        return;
      }
      sink.next(next);
    }
  }
}
