package dev.allowflux.kafka.connect;

import dev.allowflux.model.AccountId;
import dev.allowflux.model.TraversalPosition;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is in Connect's source offsets: where an account's traversal stands. */
final class Offsets {

  static final String ACCOUNT = "account";
  static final String TRAVERSAL = "traversal";
  static final String POSITION = "position";

  private static final String TOPIC = "topic";

  private Offsets() {}

  /**
   * Where a round stands.
   *
   * @param traversal when the round began, which is its name
   * @param position behind which page it goes on; null at its beginning
   */
  record Progress(Instant traversal, @Nullable TraversalPosition position) {

    boolean ended() {
      return position != null && position.end();
    }

    /** Reads what {@link #write} wrote; null if it is of another version, or nothing. */
    static @Nullable Progress read(@Nullable Map<String, ?> offset) {
      if (offset == null || !(offset.get(TRAVERSAL) instanceof String traversal)) {
        return null;
      }
      try {
        Object position = offset.get(POSITION);
        return new Progress(
            Instant.parse(traversal),
            position instanceof String text && !text.isEmpty()
                ? TraversalPosition.parse(text)
                : null);
      } catch (DateTimeException | IllegalArgumentException e) {
        return null;
      }
    }

    void write(Map<String, Object> offset) {
      offset.put(TRAVERSAL, traversal.toString());
      offset.put(POSITION, position == null ? "" : position.toString());
    }
  }

  /** Notes which topic the records of an offset went to. */
  static void writeTopic(Map<String, Object> offset, String topic) {
    offset.put(TOPIC, topic);
  }

  /** Whether an offset tells of this topic: what another one has, this one has not. */
  static boolean tellsOf(String topic, @Nullable Map<String, ?> offset) {
    return offset != null && topic.equals(offset.get(TOPIC));
  }

  /** Names an account: one key, as that of a chunk has, and for the same reason. */
  static Map<String, String> partition(AccountId account) {
    return Map.of(ACCOUNT, account.value());
  }
}
