package dev.allowflux.sync;

import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Progress;

/**
 * What happens while a plan is applied.
 *
 * @since 0.1
 */
public sealed interface ApplyEvent {

  /**
   * Returns how far it has got, earlier runs included.
   *
   * @return the counts after this event
   */
  Progress progress();

  /**
   * The first event: the journal is open, batches that an earlier run left unconfirmed were looked
   * up, and the policies that are still to be changed were read again.
   *
   * @since 0.1
   */
  final class Checked implements ApplyEvent {
    private final Progress progress;

    Checked(Progress progress) {
      this.progress = progress;
    }

    @Override
    public Progress progress() {
      return progress;
    }

    /** Returns the counts. */
    @Override
    public String toString() {
      return "Checked[" + progress + "]";
    }
  }

  /**
   * The outcome of a batch is in the journal.
   *
   * @since 0.1
   */
  final class BatchEnded implements ApplyEvent {
    private final Batch batch;
    private final Progress progress;

    BatchEnded(Batch batch, Progress progress) {
      this.batch = batch;
      this.progress = progress;
    }

    /**
     * Returns the batch.
     *
     * @return its number, size and outcome
     */
    public Batch batch() {
      return batch;
    }

    @Override
    public Progress progress() {
      return progress;
    }

    /** Returns the batch and the counts. */
    @Override
    public String toString() {
      return "BatchEnded[" + batch + ", " + progress + "]";
    }
  }

  /**
   * The last event: the account was looked at, and the report is made from what was seen.
   *
   * @since 0.1
   */
  final class Finished implements ApplyEvent {
    private final ApplyReport report;

    Finished(ApplyReport report) {
      this.report = report;
    }

    /**
     * Returns the report.
     *
     * @return the state of every change
     */
    public ApplyReport report() {
      return report;
    }

    @Override
    public Progress progress() {
      return report.progress();
    }

    /** Returns the counts. */
    @Override
    public String toString() {
      return "Finished[" + progress() + "]";
    }
  }
}
