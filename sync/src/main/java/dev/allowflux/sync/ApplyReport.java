package dev.allowflux.sync;

import dev.allowflux.model.AccountId;
import dev.allowflux.plan.PolicyChange;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a plan: the record for an audit. It is made from the journal, so it tells of all
 * runs of the plan with that journal, not only of the last.
 *
 * @param account the account
 * @param digest what the plan is known by
 * @param progress how many changes are done and how many are not
 * @param batches every batch that was sent, in order
 * @param open every change that is not done, in the plan's order
 */
public record ApplyReport(
    AccountId account, String digest, Progress progress, List<Batch> batches, List<Open> open) {

  /**
   * Copies the lists.
   *
   * @param account the account
   * @param digest what the plan is known by
   * @param progress the counts
   * @param batches the batches
   * @param open what is not done
   */
  public ApplyReport {
    batches = List.copyOf(batches);
    open = List.copyOf(open);
  }

  /**
   * How far it has got. The parts add up to the total.
   *
   * @param total changes of the plan
   * @param done changes that were carried out or found to be so already
   * @param skipped changes whose policy is no longer as the plan saw it
   * @param refused changes that the service refuses
   * @param unclear changes of batches of which nobody knows whether they were carried out
   * @param left changes that were not sent yet, or have to be sent again
   */
  public record Progress(int total, int done, int skipped, int refused, int unclear, int left) {
    /**
     * Tells whether another run with the same journal would send nothing and look at nothing.
     *
     * @return true if nothing is unclear or left
     */
    public boolean isFinished() {
      return unclear == 0 && left == 0;
    }
  }

  /**
   * One batch.
   *
   * @param number its number in the journal, from 1
   * @param changes how many changes it had
   * @param endedAt when its fate was recorded
   * @param outcome what became of it
   * @param cfRay the id that Cloudflare's support asks for; {@code null} if no answer had one
   * @param why why it was not simply done, in one line; {@code null} if it was
   */
  public record Batch(
      int number,
      int changes,
      Instant endedAt,
      Outcome outcome,
      @Nullable String cfRay,
      @Nullable String why) {}

  /** What becomes of a batch. */
  public enum Outcome {
    /** The service says that it was carried out. */
    DONE,

    /** No usable answer came; its policies show that it was carried out. */
    FOUND_DONE,

    /** It was not carried out; what is in it is sent again. */
    NOT_DONE,

    /** The service refused it, and so nothing of it was carried out. */
    REFUSED,

    /** No usable answer came, and its policies do not tell. */
    UNCLEAR;

    /** The word in the journal. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A change that is not done.
   *
   * @param change the change
   * @param state why it is open
   * @param why the reason in one line; {@code null} if its turn has not come
   */
  public record Open(PolicyChange change, State state, @Nullable String why) {}

  /** Why a change is open. */
  public enum State {
    /** Its policy is no longer as the plan saw it. Final: plan again. */
    SKIPPED,

    /** The service refuses it. Final: plan something else. */
    REFUSED,

    /** Nobody knows whether it was carried out; the next run looks again. */
    UNCLEAR,

    /** The next run sends it. */
    LEFT
  }
}
