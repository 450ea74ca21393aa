package dev.allowflux.kafka.connect;

import dev.allowflux.model.Page;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;

/**
 * Where the reactive client meets {@code poll()}: the one class that subscribes, and in which a
 * thread waits. That thread is Connect's own, one for each task, which is made to wait in {@code
 * poll()}.
 *
 * <p>Each account that is read has one subscription, which demands one page at a time: the next one
 * is demanded when the page before it was taken over. So no more than a page of each account is
 * held here.
 */
final class PageExchange implements AutoCloseable {

  private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

  /** One permit for each arrival: giving one takes no lock, on which an event loop would park. */
  private final Semaphore arrived = new Semaphore(0);

  private final Set<Reading> readings = ConcurrentHashMap.newKeySet();
  private final Set<Pending<?>> asked = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * What came of a reading.
   *
   * @param reading of which account
   * @param page the page, or null if there is none
   * @param cfRay the id of the last response before it
   * @param failure why the reading ended, or null
   */
  record Arrival(
      Reading reading, @Nullable Page page, @Nullable String cfRay, @Nullable Throwable failure) {}

  /** Subscribes to the pages of an account and demands the first one. Nothing is waited for. */
  Reading read(AccountReader account, Flux<Page> pages) {
    Reading reading = new Reading(account);
    readings.add(reading);
    if (closed.get()) {
      readings.remove(reading);
      return reading;
    }
    pages.subscribe(reading);
    return reading;
  }

  /** Subscribes to what comes once. Nothing is waited for: it is done when it says so. */
  <T> Pending<T> ask(Mono<T> answer) {
    Pending<T> pending = new Pending<>();
    asked.add(pending);
    answer.subscribe(pending);
    return pending;
  }

  /**
   * Waits on the caller's thread for what comes next.
   *
   * @return null after the wait, and at once after {@link #close()}
   */
  @Nullable Arrival take(Duration wait) throws InterruptedException {
    while (!closed.get()) {
      if (!arrived.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        return null;
      }
      Arrival arrival = arrivals.poll();
      if (arrival != null && (arrival.page() != null || readings.remove(arrival.reading()))) {
        return arrival;
      }
    }
    return null;
  }

  private void add(Arrival arrival) {
    arrivals.add(arrival);
    arrived.release();
  }

  /** Cancels every subscription, so that nothing more is sent, and ends a wait at once. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      readings.forEach(Reading::cancel);
      readings.clear();
      asked.forEach(Pending::cancel);
      asked.clear();
      arrivals.clear();
      arrived.release();
    }
  }

  /**
   * What was asked for.
   *
   * @param <T> what comes
   */
  final class Pending<T> extends BaseSubscriber<T> {

    private volatile @Nullable T value;
    private volatile @Nullable Throwable failure;

    private Pending() {}

    boolean isDone() {
      return value != null || failure != null;
    }

    /** What came; null if it failed. */
    @Nullable T value() {
      return value;
    }

    /** Why nothing came; null if something did. */
    @Nullable Throwable failure() {
      return failure;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      if (closed.get()) {
        cancel();
      } else {
        requestUnbounded();
      }
    }

    @Override
    protected void hookOnNext(T came) {
      value = came;
    }

    @Override
    protected void hookOnError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    protected void hookFinally(SignalType type) {
      asked.remove(this);
    }
  }

  /** The subscription of one account. */
  final class Reading extends BaseSubscriber<Page> {

    private final AccountReader account;
    private final AtomicReference<String> cfRay = new AtomicReference<>();

    private Reading(AccountReader account) {
      this.account = account;
    }

    AccountReader account() {
      return account;
    }

    @Override
    public Context currentContext() {
      return Context.of(CfRays.KEY, cfRay);
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      if (closed.get()) {
        cancel();
      } else {
        request(1);
      }
    }

    @Override
    protected void hookOnNext(Page page) {
      add(new Arrival(this, page, cfRay.get(), null));
    }

    @Override
    protected void hookOnError(Throwable failure) {
      add(new Arrival(this, null, cfRay.get(), failure));
    }

    @Override
    protected void hookOnComplete() {
      // The last page has said so.
      readings.remove(this);
    }

    /** Demands the next page. */
    void next() {
      request(1);
    }
  }
}
