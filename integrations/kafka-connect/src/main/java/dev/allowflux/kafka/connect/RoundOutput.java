package dev.allowflux.kafka.connect;

import dev.allowflux.kafka.connect.Offsets.Progress;
import dev.allowflux.model.Page;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Makes records of the rounds of one account. Used by the thread of the task alone. */
interface RoundOutput {

  /** Where the last round stood when the task started; null if there was none. */
  @Nullable Progress stored();

  /**
   * A round begins, or goes on after a restart.
   *
   * @param traversal its name
   * @param fromStart whether all of it is read by this task
   */
  void begin(Instant traversal, boolean fromStart);

  /** The records of a page, in the order in which they must be sent. */
  List<SourceRecord> page(Page page, @Nullable String cfRay);

  /**
   * What remains to be sent after the last page, in parts.
   *
   * @return the next part; empty if nothing remains
   */
  List<SourceRecord> remaining();

  /** The account is not read for a while: what is held of it takes less memory from now on. */
  void pause();
}
