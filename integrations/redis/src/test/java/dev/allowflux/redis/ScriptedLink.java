package dev.allowflux.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A server that replies what a test says, or nothing, or that is away. */
final class ScriptedLink implements StoreLink {

  final List<List<String>> received = new ArrayList<>();
  final Queue<CompletableFuture<List<Object>>> replies = new ArrayDeque<>();

  /** Replies with nothing where the test says nothing else. */
  boolean responsive;

  boolean away;
  boolean closed;

  @Override
  public CompletionStage<List<Object>> run(List<String> arguments) {
    if (away) {
      return CompletableFuture.failedFuture(new NotSentException("the connection is lost"));
    }
    received.add(arguments);
    CompletableFuture<List<Object>> reply = replies.poll();
    if (reply == null && responsive) {
      return CompletableFuture.completedFuture(ok("g1", 0, 0, 0));
    }
    return reply == null ? new CompletableFuture<>() : reply;
  }

  /** Replies to the next exchange at once. */
  void reply(int interactive, int bulk, int standby) {
    replies.add(CompletableFuture.completedFuture(ok("g1", interactive, bulk, standby)));
  }

  /** Replies to the next exchange with the question for everything. */
  void askForAll() {
    replies.add(CompletableFuture.completedFuture(List.of("REPORT")));
  }

  static List<Object> ok(String generation, int interactive, int bulk, int standby) {
    return List.of(
        "OK",
        generation,
        (long) interactive,
        (long) bulk,
        "30000",
        "QUOTA",
        (long) standby,
        "0",
        "1",
        "me you ",
        2L,
        9L);
  }

  List<String> last() {
    return received.get(received.size() - 1);
  }

  @Override
  public String address() {
    return "test:6379";
  }

  @Override
  public void close() {
    closed = true;
  }
}
