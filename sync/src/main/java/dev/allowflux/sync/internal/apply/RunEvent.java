package dev.allowflux.sync.internal.apply;

/** What happens in a run; the ledger has the state after it. */
public sealed interface RunEvent {

  /** What earlier runs left and what the plan touches was looked at. */
  record Checked() implements RunEvent {}

  /**
   * The outcome of a batch is recorded.
   *
   * @param batch its number
   */
  record BatchEnded(int batch) implements RunEvent {}

  /** The run is over. */
  record Finished() implements RunEvent {}
}
