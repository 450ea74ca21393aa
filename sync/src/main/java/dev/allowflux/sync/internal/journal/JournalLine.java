package dev.allowflux.sync.internal.journal;

import dev.allowflux.model.PolicyId;
import dev.allowflux.sync.ApplyReport.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a journal. Changes are named by their index in the plan, batches by their number,
 * from 1.
 */
public sealed interface JournalLine {

  /** The version of the journals that are written and read. */
  int VERSION = 2;

  /**
   * The first line: whose journal it is.
   *
   * @param plan the digest of the plan
   * @param account the account of the plan
   * @param run a random id, made with the journal
   */
  record Head(String plan, String account, String run) implements JournalLine {}

  /**
   * Changes that need not be made: the account was seen to be as they make it.
   *
   * @param changes the changes
   * @param at when that was recorded
   */
  record Found(List<Integer> changes, Instant at) implements JournalLine {}

  /**
   * Changes that are not made, since their policy is no longer as the plan saw it.
   *
   * @param changes the changes
   * @param why the reason in one line
   * @param at when that was recorded
   */
  record Skipped(List<Integer> changes, String why, Instant at) implements JournalLine {}

  /**
   * A batch is about to be sent.
   *
   * @param batch its number
   * @param changes what is in it
   * @param at when it was sent
   */
  record Sending(int batch, List<Integer> changes, Instant at) implements JournalLine {}

  /**
   * What became of a batch. What is neither done nor refused is still to be made, or, if the
   * outcome is unconfirmed, still to be found out.
   *
   * @param batch its number
   * @param outcome the outcome
   * @param isLost whether no usable response came, so that it may yet be carried out
   * @param done the changes of the batch that were carried out
   * @param refused the changes of the batch that the service refuses
   * @param created the ids of the policies that the response says were created, by change
   * @param cfRay the id of the response for support, if one came
   * @param why why it was not simply done, in one line
   * @param at when that was recorded
   */
  record Ended(
      int batch,
      Outcome outcome,
      boolean isLost,
      List<Integer> done,
      List<Integer> refused,
      Map<Integer, PolicyId> created,
      @Nullable String cfRay,
      @Nullable String why,
      Instant at)
      implements JournalLine {}

  /**
   * Copies of this run's own policies are about to be deleted.
   *
   * @param copies their ids, by the change that made them
   * @param at when they were deleted
   */
  record Removing(Map<Integer, List<PolicyId>> copies, Instant at) implements JournalLine {}

  /**
   * The account was looked at after the last batch.
   *
   * @param missing changes that were reported as done and are not to be seen
   * @param changed changes that were made, and whose policy somebody has changed since
   * @param duplicates the policies of each change that is there more than once
   * @param unconfirmed changes that could not be looked at
   * @param at when that was recorded
   */
  record Verified(
      List<Integer> missing,
      List<Integer> changed,
      Map<Integer, List<PolicyId>> duplicates,
      List<Integer> unconfirmed,
      Instant at)
      implements JournalLine {

    /**
     * Tells whether everything is as planned.
     *
     * @return true if nothing is missing, changed, there twice or unconfirmed
     */
    public boolean isClean() {
      return missing.isEmpty()
          && changed.isEmpty()
          && duplicates.isEmpty()
          && unconfirmed.isEmpty();
    }
  }
}
