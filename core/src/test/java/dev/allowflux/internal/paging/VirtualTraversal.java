package dev.allowflux.internal.paging;

import dev.allowflux.internal.json.PageBody;
import dev.allowflux.model.ApiResult;
import dev.allowflux.model.Page;
import dev.allowflux.model.TraversalPosition;
import dev.allowflux.model.TraversalReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries out the requests of a traversal in virtual time. */
final class VirtualTraversal {

  /** A request on its way: its page is the list as it is at a moment within the latency. */
  private static final class Exchange {
    final FencedCursor.Sent sent;
    final long evaluated;
    final long arrives;
    @Nullable ApiResult<PageBody> response;

    Exchange(FencedCursor.Sent sent, long evaluated, long arrives) {
      this.sent = sent;
      this.evaluated = evaluated;
      this.arrives = arrives;
    }

    long due() {
      return response == null ? evaluated : arrives;
    }
  }

  private final Random random;
  private final VirtualAccount account;
  private final long minLatency;
  private final long maxLatency;
  final List<Page> pages = new ArrayList<>();

  /** Which requests fail once they are due. */
  Predicate<PageRequest> fails = page -> false;

  int calls;
  int mostInFlight;
  long now;

  VirtualTraversal(Random random, VirtualAccount account, double minSeconds, double maxSeconds) {
    this.random = random;
    this.account = account;
    this.minLatency = (long) (minSeconds * 1e9);
    this.maxLatency = (long) (maxSeconds * 1e9);
  }

  TraversalReport report() {
    return pages.get(pages.size() - 1).report();
  }

  /** Reads until the end or until so many pages came. */
  void read(FencedCursor cursor, int most) {
    PriorityQueue<Exchange> exchanges =
        new PriorityQueue<>(Comparator.comparingLong(Exchange::due));
    int target = most == Integer.MAX_VALUE ? most : pages.size() + most;
    while (!cursor.ended() && pages.size() < target) {
      FencedCursor.Sent sent;
      while ((sent = cursor.next(Long.MAX_VALUE, now)) != null) {
        calls++;
        long latency = minLatency + random.nextLong(maxLatency - minLatency + 1);
        exchanges.add(new Exchange(sent, now + random.nextLong(latency + 1), now + latency));
        mostInFlight = Math.max(mostInFlight, exchanges.size());
      }
      Exchange exchange = exchanges.remove();
      now = exchange.due();
      account.advance(now);
      if (fails.test(exchange.sent.page())) {
        if (cursor.fails(exchange.sent)) {
          throw new IllegalStateException(
              "the failure of " + exchange.sent.page() + " ends it all");
        }
        continue;
      }
      ApiResult<PageBody> response = exchange.response;
      if (response == null) {
        exchange.response = account.read(exchange.sent.page());
        exchanges.add(exchange);
        continue;
      }
      pages.addAll(cursor.take(exchange.sent, response, now));
    }
    while (pages.size() > target) {
      pages.remove(pages.size() - 1);
    }
  }

  void rest(double seconds) {
    now += (long) (seconds * 1e9);
    account.advance(now);
  }

  TraversalPosition position() {
    TraversalPosition position = pages.get(pages.size() - 1).position();
    if (position == null) {
      throw new AssertionError("a complete traversal has positions");
    }
    return TraversalPosition.parse(position.toString());
  }
}
