package dev.allowflux.reactor.file;

import dev.allowflux.reactor.ApiQuota;
import dev.allowflux.reactor.QuotaStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * A quota that the processes of one machine share through a file, without a server.
 *
 * <p>The file is mapped into memory, and each place of the quota is one number of it that a process
 * takes by one comparison and exchange. There is no lock to wait for: a process that is stopped or
 * killed, wherever it is, holds up nobody, and what it had taken comes back one window after the
 * end of its lease, which is twice the longest attempt limit of its calls (by default a minute, and
 * four once it has called {@code batch}). The kernel keeps what was written when a process dies;
 * nothing is forced to the disk.
 *
 * <p>Times are those of the machine's monotonic clock, {@link System#nanoTime()}, which on Linux,
 * macOS and Windows all Java processes of a machine share; the wall clock does not matter. After a
 * restart of the machine the quota counts as used up, for one window: on Linux the kernel's boot id
 * tells, elsewhere a clock that reads less than it did before.
 *
 * <p>The file must be on a local disk: processes of several machines do not see each other through
 * it. It is created for its owner alone. Deleting it forgets what was sent, unless a process that
 * used it makes it anew: then it counts as used up, for one window. All processes must be given the
 * same quota and window; the exchange of one that differs fails and says so.
 *
 * <p>File work happens on one daemon thread of this object, never on the thread of a call, and
 * begins with the first exchange. A file that cannot be used refuses the calls that wait, with the
 * reason: no call is sent that was not counted.
 *
 * <p>Give it to {@link ApiQuota.Builder#store}, and close it when no client uses that quota any
 * more.
 *
 * @since 0.1
 */
public final class FileQuotaStore implements QuotaStore, AutoCloseable {

  /** How long another process may take to set the file up, which takes it a millisecond. */
  private static final int SET_UP_TRIES = 200;

  private static final Duration SET_UP_WAIT = Duration.ofMillis(10);
  private static final int MOST_QUEUED = 10_000;
  private static final int IDLE_SECONDS = 60;

  private final Path path;
  private final Scheduler thread;
  private @Nullable QuotaFile file;

  private FileQuotaStore(Path path) {
    this.path = path;
    this.thread =
        Schedulers.newBoundedElastic(1, MOST_QUEUED, "allowflux-quota", IDLE_SECONDS, true);
  }

  /**
   * Makes a store. The file is opened, or created with its folders, by the first exchange.
   *
   * @param path the file
   * @return a new store
   */
  public static FileQuotaStore at(Path path) {
    return new FileQuotaStore(Objects.requireNonNull(path, "path"));
  }

  @Override
  public Mono<Reply> exchange(Exchange exchange) {
    return Mono.fromCallable(() -> opened(exchange.limits()).exchange(exchange))
        .subscribeOn(thread)
        .retryWhen(
            Retry.fixedDelay(SET_UP_TRIES, SET_UP_WAIT)
                .filter(QuotaFile.BeingSetUpException.class::isInstance)
                .onRetryExhaustedThrow((spec, signal) -> signal.failure()));
  }

  /** Only on the thread of this object. */
  private QuotaFile opened(Limits limits) throws IOException {
    QuotaFile open = file;
    if (open == null || !open.isCurrent()) {
      open = QuotaFile.open(path, limits, open != null);
      file = open;
    }
    return open;
  }

  /** Ends the thread, once the exchanges under way are done. Their calls may be over already. */
  @Override
  public void close() {
    thread.dispose();
  }

  /**
   * Ends the thread, once the exchanges under way are done.
   *
   * @return completes when they are, and does nothing before subscription
   */
  public Mono<Void> closeGracefully() {
    return thread.disposeGracefully();
  }

  /** Shows the path. */
  @Override
  public String toString() {
    return "FileQuotaStore[" + path + "]";
  }
}
