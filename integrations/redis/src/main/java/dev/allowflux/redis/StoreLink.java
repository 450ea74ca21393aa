package dev.allowflux.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The way to the server that keeps the quota. Nothing here blocks. */
interface StoreLink {

  /**
   * Runs the script.
   *
   * @return its reply; failed with {@link NotSentException} if it was not sent
   */
  CompletionStage<List<Object>> run(List<String> arguments);

  /** Returns where the server is, for messages; no password. */
  String address();

  /** Gives back what it holds, once the commands under way have ended. */
  void close();

  /** The server cannot be reached now, so nothing was sent to it. */
  final class NotSentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotSentException(String message) {
      super(message, null, false, false);
    }
  }
}
