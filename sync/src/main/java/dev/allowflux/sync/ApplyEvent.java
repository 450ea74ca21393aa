package dev.allowflux.sync;

import dev.allowflux.sync.ApplyReport.Batch;
import dev.allowflux.sync.ApplyReport.Progress;

/** What happens while a plan is applied. */
public sealed interface ApplyEvent {

  /**
   * Returns how far it has got, runs before this one included.
   *
   * @return the counts after this event
   */
  Progress progress();

  /**
   * The first event: the journal is open, what was in doubt is settled as far as it can be, and the
   * policies that are still to be changed were read again.
   *
   * @param progress the counts before the first batch
   */
  record Checked(Progress progress) implements ApplyEvent {}

  /**
   * The fate of a batch is in the journal.
   *
   * @param batch the batch
   * @param progress the counts after it
   */
  record BatchEnded(Batch batch, Progress progress) implements ApplyEvent {}

  /**
   * The last event.
   *
   * @param report what became of the plan
   */
  record Finished(ApplyReport report) implements ApplyEvent {
    @Override
    public Progress progress() {
      return report.progress();
    }
  }
}
