package dev.allowflux.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection of Lettuce, opened with the first command and again after one that could not be
 * opened. Lettuce itself opens it anew when it breaks.
 *
 * @param <C> the kind of connection
 */
final class LettuceLink<C extends StatefulConnection<String, String>> implements StoreLink {

  /** When a connection that could not be opened is tried again, in nanoseconds. */
  private static final long PAUSE_AFTER_FAILURE = 250_000_000L;

  private final String address;
  private final Supplier<CompletionStage<C>> connect;
  private final Function<C, RedisScriptingAsyncCommands<String, String>> commands;
  private final Runnable shutdown;
  private final LongSupplier nanos;
  private final String[] keys;

  private @Nullable CompletableFuture<C> connection;
  private long failedAt;
  private boolean closed;

  /**
   * Makes a link that is not connected yet.
   *
   * @param connect opens a connection
   * @param commands the commands of a connection
   * @param shutdown ends the client, once the connection is closed
   * @param name the name of the quota
   * @param nanos the clock
   */
  LettuceLink(
      String address,
      Supplier<CompletionStage<C>> connect,
      Function<C, RedisScriptingAsyncCommands<String, String>> commands,
      Runnable shutdown,
      String name,
      LongSupplier nanos) {
    this.address = address;
    this.connect = connect;
    this.commands = commands;
    this.shutdown = shutdown;
    this.keys = QuotaScript.keys(name).toArray(String[]::new);
    this.nanos = nanos;
  }

  @Override
  public CompletionStage<List<Object>> run(List<String> arguments) {
    CompletableFuture<C> opened = connection();
    if (opened == null || opened.isCompletedExceptionally()) {
      return CompletableFuture.failedFuture(
          new NotSentException(opened == null ? "it is closed" : reason(opened)));
    }
    String[] values = arguments.toArray(String[]::new);
    return opened
        .exceptionallyCompose(
            failure -> CompletableFuture.failedFuture(new NotSentException(message(failure))))
        .thenCompose(open -> run(open, values));
  }

  private CompletionStage<List<Object>> run(C open, String[] values) {
    if (!open.isOpen()) {
      // Not queued until the server is back: then nobody would want the places any more.
      return CompletableFuture.failedFuture(new NotSentException("the connection is lost"));
    }
    RedisScriptingAsyncCommands<String, String> script = commands.apply(open);
    return script
        .<List<Object>>evalsha(QuotaScript.SHA1, ScriptOutputType.MULTI, keys, values)
        .exceptionallyCompose(
            failure ->
                unwrapped(failure) instanceof RedisNoScriptException
                    ? script.eval(QuotaScript.TEXT, ScriptOutputType.MULTI, keys, values)
                    : CompletableFuture.failedFuture(failure));
  }

  private synchronized @Nullable CompletableFuture<C> connection() {
    if (closed) {
      return null;
    }
    CompletableFuture<C> opened = connection;
    if (opened != null
        && (!opened.isCompletedExceptionally()
            || nanos.getAsLong() - failedAt < PAUSE_AFTER_FAILURE)) {
      return opened;
    }
    // Its completion is noted on another thread, so it is known by then.
    CompletableFuture<C> opening = connect.get().toCompletableFuture();
    connection = opening;
    var unused = opening.whenComplete((open, failure) -> opened(open));
    return opening;
  }

  private void opened(@Nullable C open) {
    boolean tooLate;
    synchronized (this) {
      failedAt = nanos.getAsLong();
      tooLate = closed;
    }
    if (tooLate && open != null) {
      var unused = open.closeAsync();
    }
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void close() {
    CompletableFuture<C> opened;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      opened = connection;
    }
    if (opened == null || opened.isCompletedExceptionally() || !opened.isDone()) {
      // A connection that is being opened ends with its client; one of a client that stays open is
      // closed once it is there.
      shutdown.run();
    } else {
      var unused = opened.join().closeAsync().whenComplete((done, failure) -> shutdown.run());
    }
  }

  private static String reason(CompletableFuture<?> failed) {
    try {
      failed.join();
      return "it is connected";
    } catch (RuntimeException e) {
      return message(e);
    }
  }

  private static String message(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
