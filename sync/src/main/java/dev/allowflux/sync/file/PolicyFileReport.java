package dev.allowflux.sync.file;

import java.util.List;

/**
 * What was read from a file of desired policies.
 *
 * @since 0.1
 */
public final class PolicyFileReport {
  private final long policies;
  private final long skipped;
  private final List<InputNote> notes;
  private final long noteCount;

  PolicyFileReport(long policies, long skipped, List<InputNote> notes, long noteCount) {
    this.policies = policies;
    this.skipped = skipped;
    this.notes = List.copyOf(notes);
    this.noteCount = noteCount;
  }

  /**
   * Returns how many desired policies there are.
   *
   * @return 0 or more
   */
  public long policies() {
    return policies;
  }

  /**
   * Returns how many exported policies were left out because nobody can write their kind.
   *
   * @return 0 or more
   */
  public long skipped() {
    return skipped;
  }

  /**
   * Returns what somebody should know about the file.
   *
   * @return the first 50 notes, in the order of the file
   */
  public List<InputNote> notes() {
    return notes;
  }

  /**
   * Returns how many notes there are.
   *
   * @return as many as {@link #notes()}, or more
   */
  public long noteCount() {
    return noteCount;
  }
}
